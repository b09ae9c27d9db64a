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

// Most metrics want nothing but the question.
using Metric = Value(const Question&);
using MetricOfSamples = MaybeSpread(const Question&);

// Pairs and order.
Metric unattributed_pairs, worst_percent_share, room_divergence, unnoticed;
MetricOfSamples losses_of_endpoints;
Value count(const Question& question, CellCount field);
Value count_of_owed(const Question& question, CellCount field);       // empty when nothing is owed
Value count_of_delivered(const Question& question, CellCount field);  // empty without deliveries
Value share(const Question& question, CellCount part, CellCount whole);
Value share_of_delivered(const Question& question, CellCount part);

// What faults cost.
Metric loss_per_event, loss_per_day, storm_self_sustaining, storm_stuck, blast_endpoints;
Metric recover_max;

// Latency.
MetricOfSamples obliged;
MaybeSpread spread(const Question& question, CellHistogram field);
Value stage_mean(const Question& question, Stage stage);

// Bytes and load per node.
Metric client_rate, cluster_rate, unheard_rate, amplification, wasted_payload;
Metric connections_cv, connections_max_over_mean, connections_peak, connections_final;
Metric deliveries_cv, cpu_max_over_mean, cpu_max, cpu_mean, memory_peak, oom_kills, probe_kills;
Value link_rate(const Question& question, Link link);

// Connections and recovery.
Metric reconnects_per_client, never_ready_again, never_logged_in;
Metric deaf_share, reachable_share, ghost_time;
MetricOfSamples ready_again, first_login, deaf_intervals;
Value route_fraction(const Question& question, Count Measures::*part);

}  // namespace squall::metric
