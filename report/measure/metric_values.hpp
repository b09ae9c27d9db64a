// How metrics are computed from the Measures of a run. Internal to the registry in metrics.cpp.
//
// Families: pairs and order (metrics_pairs.cpp), what faults cost (metrics_faults.cpp), latency
// (metrics_latency.cpp), bytes and load per node (metrics_cluster.cpp), connections and recovery
// (metrics_connections.cpp).
// Every function answers one Question; empty means no data.
#pragma once

#include <cstdint>
#include <optional>

#include "report/measure/metrics.hpp"

namespace squall::metric {

using Value = std::optional<double>;
using CellCount = Count Cell::*;
using CellHistogram = Samples Cell::*;

inline constexpr std::int64_t kSecond = 1'000'000'000;  // ns

// Whether the question is about this fault of the run.
inline bool selected(const Filter& filter, std::size_t fault) {
  if (filter.during && *filter.during != fault) return false;
  return !(filter.outside && *filter.outside == fault);
}

// ceil(quantile * samples), from 1 to samples.
std::uint64_t rank_of(Quantile quantile, std::uint64_t samples);

using MaybeSpread = std::optional<Spread>;

// What the cells that match the filter add up to.
std::uint64_t sum(const Question& question, CellCount field);
Histogram merged(const Question& question, CellHistogram field);
std::uint64_t delivered_pairs(const Question& question);
__int128 stage_sum(const Question& question, Stage stage);  // ns

// Pairs and order.
Value unattributed_pairs(const Question& question);
Value count(const Question& question, CellCount field);
Value count_of_owed(const Question& question, CellCount field);       // empty when nothing is owed
Value count_of_delivered(const Question& question, CellCount field);  // empty without deliveries
Value share(const Question& question, CellCount part, CellCount whole);
Value share_of_delivered(const Question& question, CellCount part);
MaybeSpread losses_of_endpoints(const Question& question);
Value worst_percent_share(const Question& question);
Value room_divergence(const Question& question);

Value unnoticed(const Question& question);

// What faults cost.
Value loss_per_event(const Question& question);
Value loss_per_day(const Question& question);
Value storm_self_sustaining(const Question& question);
Value storm_stuck(const Question& question);
Value blast_endpoints(const Question& question);

// Latency.
MaybeSpread obliged(const Question& question);
MaybeSpread spread(const Question& question, CellHistogram field);
Value stage_mean(const Question& question, Stage stage);

// Bytes and load per node.
Value client_rate(const Question& question);
Value cluster_rate(const Question& question);
Value link_rate(const Question& question, Link link);
Value amplification(const Question& question);
Value wasted_payload(const Question& question);
Value connections_cv(const Question& question);
Value connections_max_over_mean(const Question& question);
Value connections_peak(const Question& question);
Value connections_final(const Question& question);
Value deliveries_cv(const Question& question);
Value cpu_max_over_mean(const Question& question);
Value cpu_max(const Question& question);
Value cpu_mean(const Question& question);
Value memory_peak(const Question& question);
Value oom_kills(const Question& question);
Value probe_kills(const Question& question);

// Connections and recovery.
Value reconnects_per_client(const Question& question);
MaybeSpread ready_again(const Question& question);
Value never_ready_again(const Question& question);
MaybeSpread first_login(const Question& question);
Value never_logged_in(const Question& question);
Value deaf_share(const Question& question);
MaybeSpread deaf_intervals(const Question& question);
Value reachable_share(const Question& question);
Value ghost_time(const Question& question);
Value route_fraction(const Question& question, Count Measures::*part);
Value recover_max(const Question& question);

}  // namespace squall::metric
