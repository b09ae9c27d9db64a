// Load, play, judge, and look. See trial.hpp.
// The judge is that of `expect`: what breaks here fails in `squall run`.
#include "sim/cli/explore/trial.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <bit>
#include <map>

#include "report/measure/judge.hpp"
#include "report/measure/metrics.hpp"
#include "scenarios/model/suggest.hpp"
#include "scenarios/model/tables.hpp"
#include "sim/kernel/engine.hpp"

namespace squall::explore {
namespace {

constexpr const char* kBy = " by ";
constexpr const char* kNoLoss = "no loss";
constexpr const char* kLawOf = "law of ";
constexpr const char* kUnattributed = "unattributed";
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
    pairs[std::string(row(loss.mechanism).name) + kBy + verbs[index(loss.trigger)]] += loss.pairs;
  }
  std::vector<std::pair<std::string, std::uint64_t>> sorted(pairs.begin(), pairs.end());
  std::ranges::stable_sort(sorted, std::greater{}, [](const auto& one) { return one.second; });
  std::vector<std::string> ways;
  for (const auto& [way, count] : sorted) ways.push_back(way);
  if (ways.empty()) ways.emplace_back(kNoLoss);
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

// What a loss can be by: the verbs of faults, and what verbs_of_triggers() leaves as it is.
std::vector<std::string> all_triggers() {
  std::vector<std::string> names = {"structural", "overload", "churn", "accident"};
  for (const language::VerbRow& verb : language::verbs()) {
    if (verb.has_span) names.emplace_back(verb.name);
  }
  return names;
}

std::vector<std::string> all_mechanisms() {
  std::vector<std::string> names;
  for (const MechanismRow& row : mechanisms()) names.emplace_back(row.name);
  return names;
}

bool known(const std::string& word, const std::vector<std::string>& words) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::string check_way(const std::string& way, const Json& properties) {
  std::vector<std::string> metrics;
  bool losses = false;
  for (const Json& property : properties) {
    const std::string metric = other_metric(property.value("that", ""));
    losses = losses || metric.empty();
    if (!metric.empty()) metrics.push_back(metric);
  }
  if (way.empty() || way == kUnattributed || way.starts_with(kLawOf)) return {};
  if (known(way, metrics) || (losses && way == kNoLoss)) return {};
  const std::string said = "--way " + way + ": ";
  const std::string others = metrics.empty() ? "" : "\"" + metrics.front() + "\"";
  if (!losses) return said + "of what is asked for a way is " + others;
  const std::size_t by = way.find(kBy);
  const std::string form = "\"CAUSE by WHAT\", e.g. \"split_room by crash\"";
  if (by == std::string::npos) {
    return fmt::format("{}a way is {}{}", said, form, others.empty() ? "" : ", or " + others);
  }
  const std::string mechanism = way.substr(0, by);
  const std::string trigger = way.substr(by + std::string_view(kBy).size());
  if (!known(mechanism, all_mechanisms())) {
    const std::string near = language::did_you_mean(mechanism, all_mechanisms());
    return fmt::format("{}no cause is called \"{}\"{}; all: squall list causes", said, mechanism,
                       near.empty() ? "" : " - " + near);
  }
  if (known(trigger, all_triggers())) return {};
  std::string all;
  for (const std::string& name : all_triggers()) all += (all.empty() ? "" : ", ") + name;
  return fmt::format("{}nothing is lost by \"{}\"; possible: {}", said, trigger, all);
}

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
    trial.ways = {run.violations.empty() ? kUnattributed : kLawOf + run.violations[0].law};
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
