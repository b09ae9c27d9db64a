// How metrics are computed from a RunRecord. Internal to the registry in metrics.cpp.
//
// Families: pairs and order (metrics_pairs.cpp), latency (metrics_latency.cpp), bytes and load per
// node (metrics_cluster.cpp), connections and recovery (metrics_connections.cpp).
// Every function answers one Question; empty means no data.
#pragma once

#include <cstdint>
#include <optional>

#include "report/measure/metrics.hpp"

namespace squall::metric {

using Value = std::optional<double>;
using CellCount = std::uint64_t Cell::*;
using CellHistogram = Histogram Cell::*;

// A quantile as parts of 10 000, so that ranks are exact integers: 9900 is p99, 10000 the maximum.
using Quantile = std::uint32_t;
inline constexpr Quantile kWhole = 10000;
// ceil(quantile * samples), from 1 to samples.
std::uint64_t rank_of(Quantile quantile, std::uint64_t samples);
// Over `seen` plus `missing` samples that never came (infinitely late). Empty without any.
Value quantile_with_missing(const Histogram& seen, std::uint64_t missing, Quantile quantile);

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
Value worst_endpoint(const Question& question);
Value endpoint_loss_p99(const Question& question);
Value worst_percent_share(const Question& question);
Value room_divergence(const Question& question);

// Latency.
Value obliged(const Question& question, Quantile quantile);
Value quantile(const Question& question, CellHistogram field, Quantile quantile);
Value stage_mean(const Question& question, Stage stage);

// Bytes and load per node.
Value client_rate(const Question& question);
Value cluster_rate(const Question& question);
Value link_rate(const Question& question, Link link);
Value amplification(const Question& question);
Value wasted_payload(const Question& question);
Value connections_cv(const Question& question);
Value connections_max_over_mean(const Question& question);
Value deliveries_cv(const Question& question);
Value cpu_max_over_mean(const Question& question);
Value cpu_max(const Question& question);
Value cpu_mean(const Question& question);

// Connections and recovery.
Value reconnects_per_client(const Question& question);
Value ready_again(const Question& question, Quantile quantile);
Value never_ready_again(const Question& question);
Value first_login_p99(const Question& question);
Value deaf_share(const Question& question);
Value deaf_interval(const Question& question, Quantile quantile);
Value reachable_share(const Question& question);
Value ghost_time(const Question& question);
Value route_fraction(const Question& question, std::uint64_t RunRecord::*part);
Value recover_max(const Question& question);

}  // namespace squall::metric
