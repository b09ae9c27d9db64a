// Load, play, judge, and look. See trial.hpp.
// The judge is that of `expect`: what breaks here fails in `squall run`.
#include "sim/cli/explore/trial.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "report/measure/judge.hpp"
#include "report/measure/metrics.hpp"
#include "scenarios/model/tables.hpp"
#include "sim/kernel/engine.hpp"

namespace squall::explore {
namespace {

constexpr std::uint64_t kMostEvents = 400'000;  // of a run that has two dozen thousand

std::uint64_t mark(std::string_view text, std::uint64_t count) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return (hash ^ static_cast<std::uint64_t>(std::bit_width(count))) * 0x100000001b3U;
}

// "crash" of fault:crash-3, "churn" of churn:mobile.
std::vector<std::string> verbs_of_triggers(const Scenario& scenario) {
  std::vector<std::string> names = trigger_names(scenario);
  for (std::string& name : names) {
    const std::string label = name.starts_with("fault:") ? name.substr(6) : "";
    name = name.substr(0, name.find(':'));
    for (const ScriptStep& step : scenario.script) {
      if (!label.empty() && step.label == label) name = language::row(step.verb).name;
    }
  }
  return names;
}

// What stands behind a broken property of losses: of those that nobody notices those alone, else
// all.
std::vector<std::string> ways_of(const RunRecord& run, const std::vector<std::string>& verbs,
                                 bool unnoticed) {
  std::map<std::string, std::uint64_t> pairs;
  for (const LossRow& loss : run.losses) {
    const bool told = loss.reason != CloseReason::none || row(loss.mechanism).family == "uplink";
    if (loss.pairs == 0 || (unnoticed && told)) continue;
    pairs[std::string(row(loss.mechanism).name) + " by " + verbs[index(loss.trigger)]] +=
        loss.pairs;
  }
  std::vector<std::pair<std::string, std::uint64_t>> sorted(pairs.begin(), pairs.end());
  std::ranges::stable_sort(sorted, std::greater{}, [](const auto& one) { return one.second; });
  std::vector<std::string> ways;
  for (const auto& [way, count] : sorted) ways.push_back(way);
  if (ways.empty()) ways.emplace_back("no loss");
  if (!unnoticed) ways.resize(1);
  return ways;
}

// "deaf.max" of deaf.max <= 30s; empty: it is about losses.
std::string other_metric(const std::string& that) {
  const bool losses = that.starts_with("loss.") || that.starts_with("pairs.");
  return losses ? "" : that.substr(0, that.find_first_of(" (<>=~"));
}

std::vector<std::uint64_t> marks_of(const RunRecord& run, const std::vector<std::string>& verbs) {
  std::vector<std::uint64_t> marks;
  for (const LossRow& loss : run.losses) {
    marks.push_back(mark(std::string(row(loss.mechanism).name) + verbs[index(loss.trigger)] +
                             std::string(name(loss.reason)),
                         loss.pairs));
  }
  for (const std::string_view metric :
       {"deaf.max", "ghost.pushes", "ready_again.never", "dup.surfaced", "dup.suppressed",
        "order.fifo_violations", "delivered.recovered", "delivered.bonus", "delivered.spurious",
        "route.stale_fraction", "route.missing_fraction", "resume.no", "loss.unnoticed",
        "loss.broken_promises", "reconnects.per_client"}) {
    const MetricRow& row = *metric_named(metric);
    const double value = measure(row, run).value_or(0);
    const double scale = row.unit == "ns" ? 1e-9 : row.unit == "ratio" ? 1000 : 1;
    marks.push_back(mark(metric, static_cast<std::uint64_t>(std::min(value * scale, 1e9))));
  }
  std::ranges::sort(marks);
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  return marks;
}

// A law that does not balance is worse than any property, and no property of the scenario.
bool only_short(const RunRecord& run) {
  return std::ranges::any_of(run.violations, [](const Violation& violation) {
    return violation.law == kDrain || violation.law == kCutShort;
  });
}

}  // namespace

Trial tried(const Json& json, std::uint64_t seed, const Vocabulary& vocabulary) {
  Trial trial;
  const LoadResult loaded = load(json, vocabulary);
  if (!loaded.scenario) return trial;
  const Scenario& scenario = *loaded.scenario;
  PlayOptions options;
  options.max_events = kMostEvents;
  const StrategySpec& spec = scenario.strategies.front();
  const RunRecord run = play(scenario, spec, seed, options);
  if (only_short(run)) return trial;
  trial.counted = true;
  const std::vector<std::string> verbs = verbs_of_triggers(scenario);
  trial.marks = marks_of(run, verbs);
  if (!complete(run)) {
    trial.broken = true;
    trial.ways = {run.violations.empty() ? "unattributed" : "law of " + run.violations[0].law};
    trial.sentence = "the books do not balance: a bug in squall or in the strategy";
    return trial;
  }
  for (const Verdict& verdict : judge(scenario, {spec}, {{run}})) {
    if (verdict.outcome != Outcome::fail || trial.broken) continue;
    trial.broken = true;
    trial.sentence = verdict.that + ": " + verdict.detail;
    const std::string metric = other_metric(verdict.that);
    trial.ways = !metric.empty() ? std::vector{metric}
                                 : ways_of(run, verbs, verdict.that.starts_with("loss.unnoticed"));
  }
  return trial;
}

}  // namespace squall::explore
