// Holds each quantity against its limit, and looks for the likely reason of a miss.
// What is to agree, and how far, stands in parity.hpp and judgement.hpp.
#include "sim/cli/agreement/judgement.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/measure/comparison.hpp"
#include "report/measure/pooled.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/calibration.hpp"
#include "scenarios/predict/prediction.hpp"

namespace squall {
namespace {

using Ruling = JudgedQuantity::Ruling;

std::string share(double limit) { return decimal(limit * 100, 0) + " %"; }

std::optional<double> closed_form_of(std::string_view metric, const Seen& seen) {
  return predict::predicted(metric, {seen.scenario, seen.strategy});
}

JudgedQuantity from_metric(const std::string& name, std::string_view metric, const Seen& seen) {
  JudgedQuantity quantity;
  quantity.name = name;
  const MetricValues* const row = find_metric(seen.simulated, metric);
  quantity.unit = row == nullptr ? "1" : row->unit;
  quantity.closed_form = closed_form_of(metric, seen);
  quantity.simulated = mean_of(seen.simulated, metric);
  quantity.measured = mean_of(seen.measured, metric);
  return quantity;
}

// Within this share of what was measured.
void hold(JudgedQuantity& quantity, double limit) {
  quantity.limit = share(limit);
  const std::optional<double> error = quantity.error();
  if (!error) {
    quantity.why = "one of the two has no data";
    return;
  }
  quantity.verdict = std::abs(*error) <= limit ? Ruling::holds : Ruling::misses;
}

std::string costs_reason(const Seen& seen) {
  const NodeConfig& nodes = seen.scenario.cluster.nodes;
  const Calibration* const profile = calibration_named(nodes.cost_profile);
  if (profile == nullptr) return "costs are uncalibrated (" + nodes.cost_profile + ")";
  const std::vector<std::string> beyond = not_validated(seen.scenario);
  if (!beyond.empty()) return "not validated here: " + beyond.front();
  return "costs of " + profile->name + " do not fit this load";
}

// Of p50 and p99: where the time may come from that the simulation does not know.
std::string latency_reason(const Seen& seen) {
  const Calibration* const profile = calibration_named(seen.scenario.cluster.nodes.cost_profile);
  if (profile == nullptr || profile->one_way == Duration{0}) {
    return "the way between two processes is uncalibrated";
  }
  return "generator and servers share the processors of this machine";
}

JudgedQuantity loss_of(const Seen& seen, const ParityRow& row) {
  JudgedQuantity loss = from_metric("loss", "loss.intent", seen);
  loss.interval = row.loss_interval;
  loss.limit = "1 point, or the joint interval";
  loss.verdict = row.loss_agrees ? Ruling::holds : Ruling::misses;
  if (loss.verdict == Ruling::misses) {
    loss.why = row.cause_simulated == row.cause_live
                   ? "both lose most by " + row.cause_live + ", but not as much"
                   : fmt::format("most is lost by {} there, by {} here", row.cause_simulated,
                                 row.cause_live);
  }
  return loss;
}

JudgedQuantity bytes_of(const Seen& seen) {
  JudgedQuantity bytes = from_metric("bytes at the clients", "bytes.client.rate", seen);
  // What servers of others send to a path that is dead is theirs to know.
  const auto unheard = mean_of(seen.simulated, "bytes.unheard.rate");
  if (seen.foreign && bytes.simulated && unheard) *bytes.simulated -= *unheard;
  if (seen.foreign && overhead_of(seen.scenario) == ProtocolOverhead{}) {
    bytes.why =
        "what this protocol puts around a message is not known: squall calibrate --target finds it";
    return bytes;
  }
  hold(bytes, kBytesTolerance);
  if (bytes.verdict == Ruling::misses) bytes.why = "more or fewer frames, or their headers";
  return bytes;
}

JudgedQuantity latency_of(const char* name, const char* metric, double limit, const Seen& seen) {
  JudgedQuantity quantity = from_metric(name, metric, seen);
  quantity.of_latency = true;
  for (const StrategyResult* const side : {&seen.simulated, &seen.measured}) {
    const MetricValues* const values = find_metric(*side, metric);
    if (values == nullptr || supported(*values)) continue;
    quantity.why = fmt::format("{} pairs do not tell it: more seeds, -n, or a longer measure",
                               values->pooled->samples);
    return quantity;
  }
  hold(quantity, limit);
  if (quantity.verdict == Ruling::misses) quantity.why = latency_reason(seen);
  return quantity;
}

JudgedQuantity nodes_cpu(const Seen& seen) {
  JudgedQuantity cpu;
  cpu.name = "CPU of the nodes", cpu.unit = "ratio";
  cpu.simulated = seen.cpu_simulated, cpu.measured = seen.cpu_measured;
  if (seen.foreign) {
    cpu.why = "what a message costs there depends on how many come at once, and here it does not";
    return cpu;
  }
  hold(cpu, kCpuTolerance);
  if (cpu.verdict == Ruling::misses) cpu.why = costs_reason(seen);
  return cpu;
}

// From outside nobody tells a push to somebody who is gone from none at all.
std::string seen_from_outside(const std::string& cause) {
  return cause == "pushed_to_ghost" ? "reconnect_gap" : cause;
}

JudgedQuantity cause_of(const Seen& seen, const ParityRow& row) {
  const std::string simulated =
      seen.foreign ? seen_from_outside(row.cause_simulated) : row.cause_simulated;
  JudgedQuantity cause;
  cause.name = "top cause";
  cause.limit = "the same";
  if (row.cause_live == "foreign_system") {
    cause.why = "inside of somebody else's servers: the door does not say why";
  } else {
    const bool agrees = row.cause_agrees || simulated == row.cause_live;
    cause.verdict = agrees ? Ruling::holds : Ruling::misses;
    if (!agrees) cause.why = row.cause_simulated + " / " + row.cause_live;
  }
  return cause;
}

bool faultless(const Scenario& scenario) {
  const bool churn = std::ranges::any_of(
      scenario.people, [](const Population& people) { return !people.drop.is_never(); });
  return scenario.script.empty() && !churn;
}

std::string why_not_counted(const Scenario& scenario) {
  const Calibration* const profile = calibration_named(scenario.cluster.nodes.cost_profile);
  if (profile != nullptr &&
      std::ranges::find(profile->scenarios, scenario.name) != profile->scenarios.end()) {
    return "the profile was made from it";
  }
  return faultless(scenario) ? "nothing fails in it" : "";
}

}  // namespace

std::optional<double> JudgedQuantity::error() const {
  if (!simulated || !measured) return std::nullopt;
  if (*simulated == *measured) return 0;
  if (*measured == 0) return std::nullopt;
  return *simulated / *measured - 1;
}

bool AgreementPair::misses() const {
  return std::ranges::any_of(
      quantities, [](const JudgedQuantity& one) { return one.verdict == Ruling::misses; });
}

AgreementPair judge_agreement(const Seen& seen) {
  const ParityRow row = compare_strategies_of(seen.simulated, seen.measured);
  AgreementPair pair;
  pair.scenario = seen.scenario.name;
  pair.strategy = seen.simulated.strategy;
  pair.measured_by = seen.measured.strategy;
  pair.cause_simulated = row.cause_simulated, pair.cause_measured = row.cause_live;
  pair.quantities = {
      loss_of(seen, row),
      cause_of(seen, row),
      bytes_of(seen),
      latency_of("latency p50", "latency.delivered.p50", kP50Tolerance, seen),
      latency_of("latency p99", "latency.delivered.p99", kP99Tolerance, seen),
      latency_of("ready again p50", "ready_again.p50", kP50Tolerance, seen),
      latency_of("ready again p99", "ready_again.p99", kP99Tolerance, seen),
      nodes_cpu(seen),
  };
  for (const std::string& beyond : not_validated(seen.scenario)) {
    pair.remarks.push_back("not validated here: " + beyond);
  }
  if (!seen.measured.invalid.empty()) pair.invalid = seen.measured.invalid.front();
  pair.not_counted = pair.invalid.empty() ? why_not_counted(seen.scenario) : "INVALID";
  return pair;
}

double mean_of_all(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double cpu_of_nodes(const std::vector<RunRecord>& runs) {
  std::vector<double> by_run;
  for (const RunRecord& run : runs) {
    double ns = 0;
    for (const NodeRow& row : run.node_rows) {
      ns += static_cast<double>(static_cast<__int128>(row.busy));
    }
    by_run.push_back(ns / static_cast<double>(run.measure.count()));
  }
  return mean_of_all(by_run);
}

Tally tally_of(const std::vector<AgreementPair>& pairs) {
  Tally tally;
  for (const AgreementPair& pair : pairs) {
    if (!pair.invalid.empty()) ++tally.invalid;
    if (!pair.not_counted.empty()) continue;
    ++tally.counted;
    bool holds = true, latency_judged = false, latency_holds = true;
    for (const JudgedQuantity& one : pair.quantities) {
      if (one.verdict == Ruling::not_judged) continue;
      const bool held = one.verdict == Ruling::holds;
      if (one.of_latency) {
        latency_judged = true, latency_holds = latency_holds && held;
      } else {
        holds = holds && held;
      }
    }
    tally.hold += holds;
    tally.latency_judged += latency_judged;
    tally.latency_hold += latency_judged && latency_holds;
  }
  return tally;
}

}  // namespace squall
