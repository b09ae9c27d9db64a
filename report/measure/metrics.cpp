// The metric registry as one table. What a row computes is written in metrics_*.cpp.
//
// To add a metric: one value function, one row here. The loader, the judge, `squall list metrics`
// and every renderer find it by themselves.
#include "report/measure/metrics.hpp"

#include "report/measure/metric_values.hpp"
#include "report/measure/statistics.hpp"

namespace squall {
namespace {

using namespace metric;
using Q = const Question&;

constexpr Better kLower = Better::lower;
constexpr Better kHigher = Better::higher;
constexpr Better kNeither = Better::neither;

// `may`: T - per traffic class, S - per span of the script, C - has a closed form.
constexpr MetricRow entry(std::string_view name, std::string_view unit, Better better,
                          std::string_view may, std::string_view meaning,
                          Value (*value)(const Question&)) {
  const auto has = [may](char letter) { return may.find(letter) != std::string_view::npos; };
  return {name, unit, better, has('T'), has('S'), has('C'), meaning, value};
}

constexpr MetricRow kRows[] = {
    entry("ledger.unattributed", "1", kLower, "", "lost pairs without a cause: a bug in squall",
          unattributed_pairs),
    entry("ledger.unresolved", "1", kLower, "", "pairs still on their way at the end of drain",
          [](Q q) { return count(q, &Cell::unresolved); }),
    entry("pairs.owed", "1", kNeither, "TS", "(message, recipient) pairs that had to be delivered",
          [](Q q) { return count(q, &Cell::owed); }),
    entry("pairs.lost", "1", kLower, "TS", "owed pairs that were lost",
          [](Q q) { return count_of_owed(q, &Cell::lost); }),

    entry("loss.intent", "ratio", kLower, "TSC", "lost / owed, whoever was connected",
          [](Q q) { return share(q, &Cell::lost, &Cell::owed); }),
    entry("loss.connected", "ratio", kLower, "TS",
          "lost / owed among the recipients that were connected when the message was meant",
          [](Q q) { return share(q, &Cell::lost_connected, &Cell::owed_connected); }),
    entry("loss.broken_promises", "ratio", kLower, "TS",
          "lost although the sender was told OK / owed",
          [](Q q) { return share(q, &Cell::broken_promises, &Cell::owed); }),
    entry("loss.refused", "ratio", kLower, "TS", "lost and the sender was told no / owed",
          [](Q q) { return share(q, &Cell::lost_refused, &Cell::owed); }),
    entry("loss.silent", "ratio", kLower, "TS", "lost and the sender was told nothing / owed",
          [](Q q) { return share(q, &Cell::lost_silent, &Cell::owed); }),
    entry("loss.endpoint.max", "1", kLower, "", "pairs lost by the unluckiest endpoint",
          worst_endpoint),
    entry("loss.endpoint.p99", "1", kLower, "",
          "pairs lost per endpoint, p99 over all endpoints, zeros included", endpoint_loss_p99),
    entry("loss.worst_1pct_share", "ratio", kNeither, "",
          "share of all losses carried by the unluckiest 1 % of endpoints", worst_percent_share),

    entry("late", "ratio", kLower, "TS", "delivered after the deadline / owed",
          [](Q q) { return share(q, &Cell::late, &Cell::owed); }),
    entry("latency.obliged.p50", "ns", kLower, "TS",
          "intended send to app, median over owed pairs; a lost pair is infinitely late",
          [](Q q) { return obliged(q, 5000); }),
    entry("latency.obliged.p90", "ns", kLower, "TS",
          "intended send to app, p90 over owed pairs; a lost pair is infinitely late",
          [](Q q) { return obliged(q, 9000); }),
    entry("latency.obliged.p99", "ns", kLower, "TS",
          "intended send to app, p99 over owed pairs; a lost pair is infinitely late",
          [](Q q) { return obliged(q, 9900); }),
    entry("latency.obliged.p99.9", "ns", kLower, "TS",
          "intended send to app, p99.9 over owed pairs; a lost pair is infinitely late",
          [](Q q) { return obliged(q, 9990); }),
    entry("latency.obliged.max", "ns", kLower, "TS",
          "intended send to app, longest of the owed pairs; a lost pair is infinitely late",
          [](Q q) { return obliged(q, kWhole); }),
    entry("latency.delivered.p50", "ns", kLower, "TS",
          "intended send to app, median over delivered pairs only",
          [](Q q) { return quantile(q, &Cell::latency, 5000); }),
    entry("latency.delivered.p99", "ns", kLower, "TS",
          "intended send to app, p99 over delivered pairs only",
          [](Q q) { return quantile(q, &Cell::latency, 9900); }),
    entry("latency.delivered.max", "ns", kLower, "TS",
          "intended send to app, longest of the delivered pairs",
          [](Q q) { return quantile(q, &Cell::latency, kWhole); }),
    entry("latency.service.p50", "ns", kLower, "TS",
          "actual write to app, median over delivered pairs",
          [](Q q) { return quantile(q, &Cell::service, 5000); }),
    entry("latency.service.p99", "ns", kLower, "TS",
          "actual write to app, p99 over delivered pairs",
          [](Q q) { return quantile(q, &Cell::service, 9900); }),
    entry("latency.room_complete.p50", "ns", kLower, "TS",
          "intended send until the last owed recipient has it, median over messages without loss",
          [](Q q) { return quantile(q, &Cell::room_complete, 5000); }),
    entry("latency.room_complete.p99", "ns", kLower, "TS",
          "intended send until the last owed recipient has it, p99 over messages without loss",
          [](Q q) { return quantile(q, &Cell::room_complete, 9900); }),
    entry("latency.skew.p99", "ns", kLower, "TS",
          "first to last recipient of one message, p99: is the room treated alike",
          [](Q q) { return quantile(q, &Cell::skew, 9900); }),
    entry("latency.stage.client_wait.mean", "ns", kLower, "TS",
          "mean time between the intended send and the client's write",
          [](Q q) { return stage_mean(q, Stage::client_wait); }),
    entry("latency.stage.uplink.mean", "ns", kLower, "TS", "mean time from client to node",
          [](Q q) { return stage_mean(q, Stage::uplink); }),
    entry("latency.stage.ingress_cpu.mean", "ns", kLower, "TS",
          "mean queue and work of the ingress node",
          [](Q q) { return stage_mean(q, Stage::ingress_cpu); }),
    entry("latency.stage.backplane.mean", "ns", kLower, "TS",
          "mean time between nodes: lookup, broker, peer link, queue of the egress node",
          [](Q q) { return stage_mean(q, Stage::backplane); }),
    entry("latency.stage.fan_out.mean", "ns", kLower, "TS",
          "mean wait for the turn in the batch and in the egress queue",
          [](Q q) { return stage_mean(q, Stage::fan_out); }),
    entry("latency.stage.downlink.mean", "ns", kLower, "TS", "mean time from node to client",
          [](Q q) { return stage_mean(q, Stage::downlink); }),

    entry("dup.surfaced", "ratio", kLower, "TS", "second copies the app saw / delivered",
          [](Q q) { return share_of_delivered(q, &Cell::dup_surfaced); }),
    entry("dup.suppressed", "ratio", kNeither, "TS",
          "second copies the client library removed / delivered",
          [](Q q) { return share_of_delivered(q, &Cell::dup_suppressed); }),
    entry("dup.redundant", "ratio", kNeither, "TS", "deliberate extra copies / delivered",
          [](Q q) { return share_of_delivered(q, &Cell::redundant); }),
    entry("order.fifo_violations", "1", kLower, "TS",
          "deliveries overtaken by a later message of the same sender to the same address",
          [](Q q) { return count_of_delivered(q, &Cell::fifo_violations); }),
    entry("order.room_divergence", "ratio", kLower, "",
          "message pairs that two members of a room saw in opposite orders (sampled)",
          room_divergence),
    entry("delivered.bonus", "1", kNeither, "TS",
          "deliveries to endpoints whose join was not acknowledged yet",
          [](Q q) { return count(q, &Cell::bonus); }),
    entry("delivered.spurious", "1", kLower, "TS",
          "deliveries to endpoints that are no members: a privacy defect",
          [](Q q) { return count(q, &Cell::spurious); }),

    entry("bytes.client.rate", "bytes/s", kLower, "",
          "bytes between clients and balancer, both ways, per second", client_rate),
    entry("bytes.cluster.rate", "bytes/s", kLower, "",
          "bytes between nodes, broker and registry per second", cluster_rate),
    entry("bytes.broker_to_node.rate", "bytes/s", kLower, "",
          "bytes the broker sends to nodes per second",
          [](Q q) { return link_rate(q, Link::broker_to_node); }),
    entry("bytes.lb_to_client.rate", "bytes/s", kLower, "",
          "bytes the balancer sends to clients per second",
          [](Q q) { return link_rate(q, Link::lb_to_client); }),
    entry("bytes.amplification", "ratio", kLower, "",
          "bytes on all links / useful payload bytes that reached a client", amplification),
    entry("bytes.wasted", "ratio", kLower, "",
          "wasted and redundant payload / all payload on the client links", wasted_payload),

    entry("reconnects.per_client", "1", kLower, "SC",
          "involuntary disconnections per endpoint; during a fault: those billed to it",
          reconnects_per_client),
    entry("ready_again.p50", "ns", kLower, "S",
          "disconnection to reachable again, median; never again is infinite",
          [](Q q) { return ready_again(q, 5000); }),
    entry("ready_again.p99", "ns", kLower, "S",
          "disconnection to reachable again, p99; never again is infinite",
          [](Q q) { return ready_again(q, 9900); }),
    entry("ready_again.max", "ns", kLower, "S",
          "disconnection to reachable again, longest; never again is infinite",
          [](Q q) { return ready_again(q, kWhole); }),
    entry("ready_again.never", "1", kLower, "S", "disconnections not healed at the end of drain",
          never_ready_again),
    entry("first_login.p99", "ns", kLower, "", "login to first ready, p99", first_login_p99),

    entry("deaf.share", "ratio", kLower, "",
          "share of online time in which the client shows green and nothing can reach it",
          deaf_share),
    entry("deaf.p99", "ns", kLower, "", "length of a deaf interval, p99",
          [](Q q) { return deaf_interval(q, 9900); }),
    entry("deaf.max", "ns", kLower, "", "longest deaf interval",
          [](Q q) { return deaf_interval(q, kWhole); }),
    entry("reachable.share", "ratio", kHigher, "",
          "share of online time in which the endpoint could be reached", reachable_share),
    entry("ghost.time", "ns", kLower, "",
          "time that nodes believed in connections that were dead, summed", ghost_time),
    entry("ghost.pushes", "1", kLower, "", "frames written to dead connections",
          [](Q q) -> Value { return static_cast<double>(q.run.ghost_pushes); }),
    entry("route.stale_fraction", "ratio", kLower, "", "lookups answered with a wrong node",
          [](Q q) { return route_fraction(q, &RunRecord::route_stale); }),
    entry("route.missing_fraction", "ratio", kLower, "",
          "lookups that found nothing although the recipient was connected",
          [](Q q) { return route_fraction(q, &RunRecord::route_missing); }),

    entry("imbalance.connections.cv", "1", kLower, "C",
          "spread of the time-weighted connections of the nodes: deviation / mean", connections_cv),
    entry("imbalance.connections.max_over_mean", "1", kLower, "",
          "connections of the fullest node / mean, time-weighted", connections_max_over_mean),
    entry("imbalance.deliveries.cv", "1", kLower, "",
          "spread of the frames pushed by the nodes: deviation / mean", deliveries_cv),
    entry("imbalance.cpu.max_over_mean", "1", kLower, "", "busy time of the busiest node / mean",
          cpu_max_over_mean),
    entry("node.cpu.max", "ratio", kLower, "", "utilisation of the busiest node", cpu_max),
    entry("node.cpu.mean", "ratio", kLower, "", "utilisation of the nodes, mean", cpu_mean),
    entry("connections.attempts", "1", kLower, "", "connection attempts, the whole run",
          [](Q q) -> Value { return static_cast<double>(q.run.attempts); }),
    entry("recover.max", "ns", kLower, "S",
          "end of a fault until 5 seconds in a row lose no more than before the first fault plus "
          "0.1 %, slowest fault; infinite when never",
          recover_max),
};

}  // namespace

std::span<const MetricRow> metric_rows() { return kRows; }

const MetricRow* metric_named(std::string_view name) {
  for (const MetricRow& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::optional<double> measure(const MetricRow& metric, const RunRecord& run, const Filter& filter) {
  const std::optional<double> value = metric.value(Question{run, filter});
  return value ? std::optional<double>(rounded(*value)) : std::nullopt;
}

}  // namespace squall
