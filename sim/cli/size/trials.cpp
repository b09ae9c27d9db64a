// A trial is loaded through the same door as any scenario, so that a crash which the script does
// not allow is never played. See trials.hpp.
#include "sim/cli/size/trials.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/measure/expectation.hpp"
#include "report/measure/judge.hpp"
#include "report/measure/money.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/grammar.hpp"
#include "scenarios/model/settings.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"

namespace squall {
namespace {

// The scenario's text with one step more at the end of its script.
std::string with_crash(const std::string& text, Duration at, const std::string& node) {
  auto json = nlohmann::ordered_json::parse(text);
  json["script"].push_back(
      {{"at", language::format_duration(at)}, {"as", "one-lost"}, {"do", "crash"}, {"on", node}});
  return json.dump();
}

std::vector<std::uint16_t> busiest_first(const RunRecord& run) {
  std::vector<std::uint16_t> order(run.node_rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint16_t>(i);
  std::ranges::stable_sort(order, [&](std::uint16_t a, std::uint16_t b) {
    return run.node_rows[a].busy > run.node_rows[b].busy;
  });
  return order;
}

// "latency.obliged.p99 < 1s is 1.40 s"
std::string shortcoming(const Verdict& verdict) {
  const std::string measured =
      verdict.measured ? with_unit(*verdict.measured, unit_of(verdict.that), unicode_glyphs())
                       : "without data";
  return verdict.that + " is " + measured;
}

// What makes of a scenario one of this strategy alone: what does not fit the others is not asked.
std::vector<Override> of_one_alone(const Scenario& scenario, const std::string& strategy) {
  auto json = nlohmann::ordered_json::parse(scenario.resolved_json);
  const auto spec = std::ranges::find(scenario.strategies, strategy, &StrategySpec::name);
  const auto index = static_cast<std::size_t>(spec - scenario.strategies.begin());
  auto expect = nlohmann::ordered_json::array();
  for (auto& entry : json["expect"]) {
    if (entry.contains("for")) {
      auto mine = nlohmann::ordered_json::array();
      for (const auto& glob : entry["for"]) {
        if (language::glob_matches(glob.get<std::string>(), strategy)) mine.push_back(glob);
      }
      if (mine.empty()) continue;
      entry["for"] = std::move(mine);
    }
    expect.push_back(std::move(entry));
  }
  return {{"/strategies", "[" + json["strategies"][index].dump() + "]"},
          {"/expect", expect.dump()}};
}

std::string first_error(const std::vector<Problem>& problems) {
  const auto error = std::ranges::find(problems, Severity::error, &Problem::severity);
  return error == problems.end() ? "the scenario is not valid" : error->message;
}

}  // namespace

double predicted_utilisation(Scenario scenario, const StrategySpec& spec, std::uint16_t nodes) {
  scenario.cluster.nodes.count = nodes;
  const Demand asked =
      as_played_by(spec, scenario, [&](const Scenario& own) { return demand(own, spec); });
  return std::max({asked.loops, asked.broker, asked.cards, asked.lines});
}

Trials::Trials(const SizeRequest& request, const Vocabulary& vocabulary, const Scenario& scenario,
               std::string strategy)
    : request_(request), vocabulary_(vocabulary), strategy_(std::move(strategy)) {
  overrides_ = request_.overrides;
  for (Override& change : of_one_alone(scenario, strategy_)) {
    overrides_.push_back(std::move(change));
  }
}

Trials::Point Trials::load(const std::string& text, std::uint16_t nodes) const {
  std::vector<Override> overrides = overrides_;
  overrides.push_back({"/cluster/nodes/count", std::to_string(nodes)});
  LoadResult loaded = load_scenario_text(text, request_.path, overrides, vocabulary_);
  Point point;
  if (!loaded.scenario || count(loaded.problems, Severity::error) > 0) {
    point.why = first_error(loaded.problems);
    return point;
  }
  point.scenario = std::move(loaded.scenario);
  return point;
}

Trials::Point Trials::as_it_is(std::uint16_t nodes) const { return load(request_.text, nodes); }

// The busiest node that the script lets crash.
Trials::Point Trials::with_one_lost(std::uint16_t nodes) const {
  Point plain = as_it_is(nodes);
  if (!plain.scenario) return plain;
  const Duration at = plain.scenario->time.measure / 2;
  Point last;
  for (const std::uint16_t node : busiest_first_.at(nodes)) {
    const std::string name = language::node_name(node);
    last = load(with_crash(request_.text, at, name), nodes);
    last.lost = name;
    if (last.scenario) return last;
  }
  last.why = "no node can be lost beside the script: " + last.why;
  return last;
}

const Trial* Trials::ask(std::uint16_t nodes, bool one_lost) {
  const auto [place, is_new] = trials_.try_emplace({nodes, one_lost});
  Trial& trial = place->second;
  if (!is_new) return &trial;
  trial.nodes = nodes;
  trial.one_lost = one_lost;
  if (one_lost) {
    const Trial* const whole = ask(nodes, false);
    if (whole == nullptr) trials_.erase(place);
    if (whole == nullptr) return nullptr;
    trial.why = whole->meets ? nodes == 1 ? "nothing is left" : "" : "not even without a loss";
    if (!trial.why.empty()) return &trial;
  }
  const Point point = one_lost ? with_one_lost(nodes) : as_it_is(nodes);
  trial.why = point.why;
  trial.lost = point.lost;
  if (!point.scenario) return &trial;
  const std::uint16_t left = one_lost ? static_cast<std::uint16_t>(nodes - 1) : nodes;
  const double busy =
      predicted_utilisation(*point.scenario, point.scenario->strategies.front(), left);
  if (busy > 1) {
    trial.why = "ruled out: a utilisation of " + decimal(busy, 2) + " is predicted";
    return &trial;
  }
  return play(*point.scenario, trial) ? &trial : nullptr;
}

bool Trials::play(const Scenario& scenario, Trial& trial) {
  PlaySettings settings;
  settings.seeds = request_.seeds;
  settings.threads = request_.threads;
  settings.max_events = request_.max_events;
  const Played played = play_scenario(scenario, settings);
  const std::vector<RunRecord>& runs = played.records.front();
  if (!played.cut_short.empty()) failure_ = played.cut_short.front();
  if (failure_.empty() && !std::ranges::all_of(runs, complete)) {
    failure_ = fmt::format("{} on {} nodes: a law does not balance: squall run says which",
                           strategy_, trial.nodes);
  }
  if (!failure_.empty()) {
    trials_.erase({trial.nodes, trial.one_lost});
    return false;
  }
  trial.played = true;
  for (const Verdict& verdict : judge(scenario, scenario.strategies, played.records)) {
    if (verdict.outcome != Outcome::pass && trial.why.empty()) trial.why = shortcoming(verdict);
  }
  trial.meets = trial.why.empty();
  for (const MetricValues& values : money_of(scenario, runs)) {
    const Summary summary = as_seen(values);
    if (values.name == "cost.month" && !summary.no_data) trial.month = summary.mean;
  }
  if (!trial.one_lost) busiest_first_[trial.nodes] = busiest_first(runs.front());
  return true;
}

std::vector<Trial> Trials::all() const {
  std::vector<Trial> trials;
  for (const auto& [key, trial] : trials_) trials.push_back(trial);
  return trials;
}

}  // namespace squall
