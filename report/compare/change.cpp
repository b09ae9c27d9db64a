// Whether two results may be compared, and what follows for the exit code.
// The statistics are in gate.cpp.
#include "report/compare/change.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "report/compare/gate_sample.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostDifferences = 20;

// Metrics a reader wants to see although no gate asks about them.
const std::vector<std::string> kInformation = {
    "loss.intent",     "loss.broken_promises",  "latency.obliged.p50", "latency.obliged.p99",
    "ready_again.p99", "reconnects.per_client", "bytes.client.rate",   "bytes.cluster.rate",
};

// Sections that say what happens to the system; all others are the system.
bool is_stimulus(const std::string& pointer) {
  for (const char* section : {"/time", "/people", "/clients", "/rooms", "/traffic", "/script"}) {
    const std::string prefix = section;
    if (pointer == prefix || pointer.starts_with(prefix + "/")) return true;
  }
  return false;
}

bool is_behavior(const std::string& pointer) {
  for (const char* section : {"/expect", "/gates", "/why", "/name", "/$schema"}) {
    if (pointer.starts_with(section)) return false;
  }
  return true;
}

// A patch appends to a list with "-", which is no place in any document. `appended` counts what it
// appended to each list so far: the first comes where the list ended before.
std::string place_of(const std::string& pointer, const Json& before,
                     std::map<std::string, std::size_t>& appended) {
  if (!pointer.ends_with("/-")) return pointer;
  const std::string list = pointer.substr(0, pointer.size() - 2);
  const Json::json_pointer place(list);
  if (!before.contains(place) || !before.at(place).is_array()) return pointer;
  return fmt::format("{}/{}", list, before.at(place).size() + appended[list]++);
}

std::string value_words(const Json& document, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  if (!document.contains(place)) return "nothing";
  const std::string text = document.at(place).dump(-1, ' ', false, Json::error_handler_t::replace);
  return shortened(printable(text), 60);
}

std::string about(const ChangeSide& side) {
  const std::size_t reps = side.result.seeds.size();
  std::string text = side.version.empty() ? "" : "squall " + side.version + ", ";
  if (!side.started.empty()) text += side.started + ", ";
  return text + how_many(reps, "replication");
}

std::vector<std::uint64_t> common_seeds(const Result& base, const Result& fresh) {
  std::vector<std::uint64_t> seeds;
  for (const std::uint64_t seed : base.seeds) {
    if (std::ranges::find(fresh.seeds, seed) != fresh.seeds.end()) seeds.push_back(seed);
  }
  return seeds;
}

bool same_behavior(const StrategyResult& base, const StrategyResult& fresh) {
  if (base.fingerprints != fresh.fingerprints) return false;
  return std::ranges::equal(base.metrics, fresh.metrics,
                            [](const MetricValues& a, const MetricValues& b) {
                              return a.name == b.name && a.per_seed == b.per_seed;
                            });
}

// A sentence when nothing that follows would mean anything.
std::string obstacle(const ChangeSide& base, const ChangeSide& fresh, const ChangeReport& report,
                     bool accept_scenario) {
  for (const ChangeSide* side : {&base, &fresh}) {
    for (const StrategyResult& strategy : side->result.strategies) {
      if (strategy.invalid.empty()) continue;
      return fmt::format("{} is not valid: {}: {}", side->name, strategy.strategy,
                         strategy.invalid.front());
    }
    if (side->result.complete) continue;
    return side->name + " is not complete: " +
           (side->result.problems.empty() ? "it says so itself" : side->result.problems.front());
  }
  if (base.result.scenario_name != fresh.result.scenario_name) {
    return fmt::format("the scenarios have different names: {}, {}",
                       printable(base.result.scenario_name), printable(fresh.result.scenario_name));
  }
  if (base.engine != fresh.engine) {
    return fmt::format("the engines differ: {}, {}", base.engine, fresh.engine);
  }
  for (const ScenarioDifference& difference : report.scenario_differences) {
    if (!difference.stimulus || accept_scenario) continue;
    return fmt::format(
        "the scenarios do not do the same to the system, so seeds cannot be paired: {} {} (squall "
        "compare --accept-scenario compares anyway)",
        difference.pointer, difference.what);
  }
  if (report.seeds.empty() && base.engine == "sim") return "the two sides have no seed in common";
  return {};
}

void sort_out_strategies(const Result& base, const Result& fresh, ChangeReport& report) {
  for (const StrategyResult& strategy : fresh.strategies) {
    const StrategyResult* other = strategy_named(base, strategy.strategy);
    const bool same =
        other != nullptr && base.seeds == fresh.seeds && same_behavior(*other, strategy);
    (same ? report.identical_strategies : report.changed_strategies).push_back(strategy.strategy);
  }
}

void add_notes(const ChangeSide& base, const ChangeSide& fresh, const ChangeRequest& request,
               ChangeReport& report) {
  if (request.gates.empty()) {
    report.notes.push_back(
        "no gate is declared: add \"gates\" to the scenario, or --gate METRIC[=MARGIN]");
  }
  if (base.result.seeds != fresh.result.seeds) {
    report.notes.push_back(
        fmt::format("only the {} seeds that both sides played are paired", report.seeds.size()));
  }
  if (!base.version.empty() && base.version != fresh.version) {
    report.notes.push_back(fmt::format("different squalls: {}, {}", base.version, fresh.version));
  }
  if (report.advisory) {
    report.notes.push_back(
        "wall-clock numbers: Mann-Whitney, advisory, never judged; interleave base and new runs "
        "(A B B A)");
  }
}

bool passed(const GateVerdict& verdict) {
  return verdict.outcome == GateOutcome::pass || verdict.outcome == GateOutcome::identical;
}

bool any_tested(const ChangeReport& report) {
  return std::ranges::any_of(report.gates,
                             [](const GateVerdict& verdict) { return verdict.p.has_value(); });
}

std::string counted(std::size_t number, const std::string& word) {
  return fmt::format("{} {}", number, word);
}

}  // namespace

std::vector<ScenarioDifference> scenario_differences(const std::string& base,
                                                     const std::string& fresh) {
  const Json before = Json::parse(base, nullptr, false);
  const Json after = Json::parse(fresh, nullptr, false);
  if (!before.is_object() || !after.is_object()) return {};
  std::vector<ScenarioDifference> differences;
  std::map<std::string, std::size_t> appended;
  for (const Json& step : Json::diff(before, after)) {
    const std::string pointer = place_of(step.at("path").get<std::string>(), before, appended);
    if (!is_behavior(pointer) || pointer == "/strategies") continue;
    const std::string change = value_words(before, pointer) + " -> " + value_words(after, pointer);
    differences.push_back({printable(pointer), change, is_stimulus(pointer)});
  }
  // What breaks the pairing first, so that the cut below cannot hide it.
  std::stable_partition(differences.begin(), differences.end(),
                        [](const ScenarioDifference& one) { return one.stimulus; });
  if (differences.size() > kMostDifferences) differences.resize(kMostDifferences);
  return differences;
}

ChangeReport compare_results(const ChangeSide& base, const ChangeSide& fresh,
                             const ChangeRequest& request) {
  ChangeReport report;
  report.scenario = fresh.result.scenario_name;
  report.base_name = base.name;
  report.new_name = fresh.name;
  report.base_about = about(base);
  report.new_about = about(fresh);
  report.scenario_path = fresh.scenario_path;
  report.seeds = common_seeds(base.result, fresh.result);
  report.alpha = request.options.alpha;
  report.identical = !base.result_sha256.empty() && base.result_sha256 == fresh.result_sha256;
  report.advisory = base.engine == "live" && fresh.engine == "live";
  report.scenario_differences =
      scenario_differences(base.result.resolved_scenario, fresh.result.resolved_scenario);
  sort_out_strategies(base.result, fresh.result, report);
  add_notes(base, fresh, request, report);
  report.not_comparable = obstacle(base, fresh, report, request.accept_scenario);
  if (!report.not_comparable.empty()) return report;

  GateOptions options = request.options;
  options.advisory = report.advisory;
  report.gates = judge_gates(base.result, fresh.result, request.gates, options);
  report.tested = static_cast<std::size_t>(std::ranges::count_if(
      report.gates, [](const GateVerdict& verdict) { return verdict.p_holm.has_value(); }));
  for (GateVerdict& row : describe_changes(base.result, fresh.result, kInformation, options)) {
    const bool gated = std::ranges::any_of(report.gates, [&](const GateVerdict& gate) {
      return gate.metric == row.metric && gate.strategy == row.strategy;
    });
    if (!gated && row.outcome != GateOutcome::identical && row.change) {
      report.information.push_back(std::move(row));
    }
  }
  return report;
}

std::size_t count(const ChangeReport& report, GateOutcome outcome) {
  return static_cast<std::size_t>(std::ranges::count(report.gates, outcome, &GateVerdict::outcome));
}

std::string tally(const ChangeReport& report) {
  const std::size_t failed =
      count(report, GateOutcome::regressed) + count(report, GateOutcome::no_data);
  return counted(failed, "failed, ") + counted(count(report, GateOutcome::pass), "passed, ") +
         counted(count(report, GateOutcome::inconclusive), "inconclusive, ") +
         counted(count(report, GateOutcome::identical), "identical");
}

ChangeConclusion conclusion(const ChangeReport& report, const FailOn& fail_on) {
  const auto inconclusive = [&](std::string sentence) -> ChangeConclusion {
    if (!fail_on.inconclusive) return {ChangeEnd::passed, std::move(sentence)};
    return {ChangeEnd::inconclusive, std::move(sentence)};
  };
  // What --fail-on waives are open intervals; that nothing was judged is waived by nobody.
  if (!report.not_comparable.empty()) {
    return {ChangeEnd::inconclusive, "not comparable: " + report.not_comparable};
  }
  const std::size_t all = report.gates.size();
  const std::size_t failed =
      count(report, GateOutcome::regressed) + count(report, GateOutcome::no_data);
  if (failed > 0 && fail_on.regression) {
    return {ChangeEnd::failed, fmt::format("{} of {} failed", failed, how_many(all, "gate"))};
  }
  if (fail_on.any_change && !report.identical && !report.changed_strategies.empty()) {
    return {ChangeEnd::failed, fmt::format("{} strategies changed, and --fail-on any-change",
                                           report.changed_strategies.size())};
  }
  const auto open = static_cast<std::size_t>(std::ranges::count_if(
      report.gates, [](const GateVerdict& verdict) { return !passed(verdict); }));
  if (report.advisory) return {ChangeEnd::passed, "advisory: wall-clock numbers are not judged"};
  if (open == all && failed == 0 && all > 0 && !any_tested(report)) {
    return {ChangeEnd::inconclusive, "no gate could be judged: " + report.gates.front().why};
  }
  if (open > failed) {
    return inconclusive(fmt::format("{} of {} {} inconclusive", open - failed,
                                    how_many(all, "gate"), all == 1 ? "is" : "are"));
  }
  if (all == 0 && !report.changed_strategies.empty()) {
    return {ChangeEnd::inconclusive, "results differ and no gate is declared: nothing was judged"};
  }
  return {ChangeEnd::passed, ""};
}

}  // namespace squall
