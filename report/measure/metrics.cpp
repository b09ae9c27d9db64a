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
                          std::string_view may, std::string_view meaning, Metric* value) {
  const auto has = [may](char letter) { return may.find(letter) != std::string_view::npos; };
  return {name, unit, better, has('T'), has('S'), has('C'), meaning, value, nullptr, 0};
}

// A quantile of samples; lower is better.
constexpr MetricRow tail(std::string_view name, std::string_view unit, std::string_view may,
                         Quantile quantile, std::string_view meaning, MetricOfSamples* spread) {
  MetricRow row = entry(name, unit, kLower, may, meaning, nullptr);
  row.spread = spread;
  row.quantile = quantile;
  return row;
}

// What is counted of a run as a whole, whoever asks.
template <auto field>
Value of_run(const Question& question) {
  return static_cast<double>(question.run.*field);
}

MaybeSpread delivered(const Question& question) { return spread(question, &Cell::latency); }
MaybeSpread service(const Question& question) { return spread(question, &Cell::service); }
MaybeSpread complete_rooms(const Question& question) {
  return spread(question, &Cell::room_complete);
}
MaybeSpread skew(const Question& question) { return spread(question, &Cell::skew); }

constexpr MetricRow kRows[] = {
    entry("ledger.unattributed", "1", kLower, "", "lost pairs without a cause: a bug in squall",
          unattributed_pairs),
    entry("ledger.unresolved", "1", kLower, "", "pairs still on their way at the end of drain",
          [](Q q) { return count(q, &Cell::unresolved); }),
    entry("pairs.owed", "1", kNeither, "TS", "(message, recipient) pairs that had to be delivered",
          [](Q q) { return count(q, &Cell::owed); }),
    entry("messages.owed", "1", kNeither, "TS", "messages that were owed to somebody",
          [](Q q) { return count(q, &Cell::messages_owed); }),
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
    entry("loss.unnoticed", "ratio", kLower, "TS",
          "lost although nobody's connection ended over it, so that no client can know / owed",
          unnoticed),
    entry("loss.per_event", "ns", kLower, "S",
          "what one fault costs: the time in which as many pairs are owed as were lost to it, mean "
          "over faults; during a fault: that fault",
          loss_per_event),
    entry("loss.per_day", "ns", kLower, "",
          "the same, summed over a day of the faults that say how often they come (\"per\")",
          loss_per_day),
    tail("loss.endpoint.max", "1", "", kWhole, "pairs lost by the unluckiest endpoint",
         losses_of_endpoints),
    tail("loss.endpoint.p99", "1", "", 9900,
         "pairs lost per endpoint, p99 over all endpoints, zeros included", losses_of_endpoints),
    entry("loss.worst_1pct_share", "ratio", kNeither, "",
          "share of all losses carried by the unluckiest 1 % of endpoints", worst_percent_share),

    entry("late", "ratio", kLower, "TS", "delivered after the deadline / owed",
          [](Q q) { return share(q, &Cell::late, &Cell::owed); }),
    tail("latency.obliged.p50", "ns", "TS", 5000,
         "intended send to app, median over owed pairs; a lost pair is infinitely late", obliged),
    tail("latency.obliged.p90", "ns", "TS", 9000,
         "intended send to app, p90 over owed pairs; a lost pair is infinitely late", obliged),
    tail("latency.obliged.p99", "ns", "TS", 9900,
         "intended send to app, p99 over owed pairs; a lost pair is infinitely late", obliged),
    tail("latency.obliged.p99.9", "ns", "TS", 9990,
         "intended send to app, p99.9 over owed pairs; a lost pair is infinitely late", obliged),
    tail("latency.obliged.max", "ns", "TS", kWhole,
         "intended send to app, longest of the owed pairs; a lost pair is infinitely late",
         obliged),
    tail("latency.delivered.p50", "ns", "TS", 5000,
         "intended send to app, median over delivered pairs only", delivered),
    tail("latency.delivered.p99", "ns", "TS", 9900,
         "intended send to app, p99 over delivered pairs only", delivered),
    tail("latency.delivered.max", "ns", "TS", kWhole,
         "intended send to app, longest of the delivered pairs", delivered),
    tail("latency.service.p50", "ns", "TS", 5000,
         "actual write to app, median over delivered pairs", service),
    tail("latency.service.p99", "ns", "TS", 9900, "actual write to app, p99 over delivered pairs",
         service),
    tail("latency.room_complete.p50", "ns", "TS", 5000,
         "intended send until the last owed recipient has it, median over messages without loss",
         complete_rooms),
    tail("latency.room_complete.p99", "ns", "TS", 9900,
         "intended send until the last owed recipient has it, p99 over messages without loss",
         complete_rooms),
    tail("latency.skew.p99", "ns", "TS", 9900,
         "first to last recipient of one message, p99: is the room treated alike", skew),
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
    entry("delivered.recovered", "ratio", kNeither, "TS",
          "replayed out of a history after a reconnect / owed",
          [](Q q) { return share(q, &Cell::recovered, &Cell::owed); }),
    entry("resume.yes", "1", kNeither, "", "welcomes that said \"recovered: yes\"",
          of_run<&Measures::resumes>),
    entry("resume.no", "1", kLower, "",
          "welcomes that said \"recovered: no\": the history did not reach back",
          of_run<&Measures::resumes_refused>),
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
    entry("bytes.unheard.rate", "bytes/s", kLower, "",
          "bytes towards clients that came to nobody, per second: to dead connections, or lost on "
          "the way",
          unheard_rate),
    entry("bytes.amplification", "ratio", kLower, "",
          "bytes on all links / useful payload bytes that reached a client", amplification),
    entry("bytes.wasted", "ratio", kLower, "",
          "wasted and redundant payload / all payload on the client links", wasted_payload),

    entry("reconnects.per_client", "1", kLower, "SC",
          "involuntary disconnections per endpoint; during a fault: those billed to it",
          reconnects_per_client),
    tail("ready_again.p50", "ns", "S", 5000,
         "disconnection to reachable again, median; never again is infinite", ready_again),
    tail("ready_again.p99", "ns", "S", 9900,
         "disconnection to reachable again, p99; never again is infinite", ready_again),
    tail("ready_again.max", "ns", "S", kWhole,
         "disconnection to reachable again, longest; never again is infinite", ready_again),
    entry("ready_again.never", "1", kLower, "S", "disconnections not healed at the end of drain",
          never_ready_again),
    tail("first_login.p99", "ns", "", 9900,
         "login to first ready, p99 over all who waited in measure; never is infinite",
         first_login),
    entry("first_login.never", "1", kLower, "",
          "logins that waited in measure, and in vain until the end of drain", never_logged_in),

    entry("deaf.share", "ratio", kLower, "",
          "share of online time in which the client shows green and nothing can reach it",
          deaf_share),
    tail("deaf.p99", "ns", "", 9900, "length of a deaf interval, p99", deaf_intervals),
    tail("deaf.max", "ns", "", kWhole, "longest deaf interval", deaf_intervals),
    entry("reachable.share", "ratio", kHigher, "",
          "share of online time in which the endpoint could be reached", reachable_share),
    entry("ghost.time", "ns", kLower, "",
          "time that nodes believed in connections that were dead, summed", ghost_time),
    entry("ghost.pushes", "1", kLower, "", "frames written to dead connections",
          of_run<&Measures::ghost_pushes>),
    entry("route.stale_fraction", "ratio", kLower, "", "lookups answered with a wrong node",
          [](Q q) { return route_fraction(q, &Measures::route_stale); }),
    entry("route.missing_fraction", "ratio", kLower, "",
          "lookups that found nothing although the recipient was connected",
          [](Q q) { return route_fraction(q, &Measures::route_missing); }),

    entry("imbalance.connections.cv", "1", kLower, "C",
          "spread of the time-weighted connections of the nodes: deviation / mean", connections_cv),
    entry("imbalance.connections.max_over_mean", "1", kLower, "",
          "connections of the fullest node / mean, time-weighted", connections_max_over_mean),
    entry("imbalance.connections.peak", "1", kLower, "",
          "most connections that one node ever had / mean over nodes and time", connections_peak),
    entry("imbalance.connections.final", "1", kLower, "",
          "connections of the fullest node / mean, at the end of measure", connections_final),
    entry("imbalance.deliveries.cv", "1", kLower, "",
          "spread of the frames pushed by the nodes: deviation / mean", deliveries_cv),
    entry("imbalance.cpu.max_over_mean", "1", kLower, "", "busy time of the busiest node / mean",
          cpu_max_over_mean),
    entry("node.cpu.max", "ratio", kLower, "", "utilisation of the busiest node", cpu_max),
    entry("node.cpu.mean", "ratio", kLower, "", "utilisation of the nodes, mean", cpu_mean),
    entry("memory.peak", "bytes", kLower, "",
          "most that the process of one node held at once; no data where memory is not counted",
          memory_peak),
    entry("oom.kills", "1", kLower, "", "processes killed over the memory limit of their node",
          oom_kills),
    entry("probe.kills", "1", kLower, "",
          "processes killed as they did not answer whether they live; no data where nobody asks",
          probe_kills),
    entry("connections.attempts", "1", kLower, "", "connection attempts",
          of_run<&Measures::connection_attempts>),
    entry(
        "recover.max", "ns", kLower, "S",
        "end of a fault until 5 seconds in a row lose no more than before the first fault, but for "
        "chance and 0.1 %, slowest fault; infinite when never",
        recover_max),
    entry("blast.endpoints", "ratio", kLower, "S",
          "share of the endpoints whose connection a fault ended, widest fault; during a fault: "
          "that fault",
          blast_endpoints),
    entry("storm.stuck", "ratio", kLower, "S",
          "disconnections billed to faults and not healed at the end of drain / all of them",
          storm_stuck),
    entry("storm.self_sustaining", "1", kLower, "",
          "1 when all faults are over and those whom they threw out do not become fewer, else 0",
          storm_self_sustaining),
};

}  // namespace

std::span<const MetricRow> metric_rows() { return kRows; }

const MetricRow* metric_named(std::string_view name) {
  for (const MetricRow& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::optional<Spread> spread_of(const MetricRow& metric, const Measures& run,
                                const Filter& filter) {
  return metric.spread == nullptr ? std::nullopt : metric.spread(Question{run, filter});
}

std::optional<double> measure(const MetricRow& metric, const Measures& run, const Filter& filter) {
  const Question question{run, filter};
  std::optional<double> value;
  if (metric.spread == nullptr) {
    value = metric.value(question);
  } else if (const std::optional<Spread> spread = metric.spread(question)) {
    value = spread->at(metric.quantile);
  }
  return value ? std::optional<double>(rounded(*value)) : std::nullopt;
}

}  // namespace squall
