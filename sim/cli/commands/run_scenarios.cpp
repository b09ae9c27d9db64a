// Reading with overrides, and reading again without. See run_scenarios.hpp.
// What is left out becomes an override as well, so that a stored run plays again as it was.
#include "sim/cli/commands/run_scenarios.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/measure/judge.hpp"
#include "report/measure/result.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/dilation.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"

namespace squall {
namespace {

constexpr const char* kExpect = "/expect";

// What the user sets comes in place of what the engines need.
std::vector<Override> overrides_of(const Scenario& scenario, const RunRequest& request,
                                   const Options& options) {
  std::vector<Override> overrides = engine_overrides(scenario, options);
  std::erase_if(overrides, [&](const Override& one) {
    return std::ranges::find(request.overrides, one.pointer, &Override::pointer) !=
           request.overrides.end();
  });
  overrides.insert(overrides.end(), request.overrides.begin(), request.overrides.end());
  return overrides;
}

ScenarioInput read_with(const std::string& name, const std::vector<Override>& overrides,
                        const Options& options) {
  return read_scenario(name, overrides, make_vocabulary(),
                       {options.strategy, engine_strategies(options)});
}

using Records = std::vector<std::vector<RunRecord>>;

Records in_virtual_time(const Scenario& scenario, const std::vector<std::uint64_t>& seeds,
                        const Options& options) {
  PlaySettings settings;
  settings.seeds = seeds;
  settings.threads = thread_count(options.jobs, options.threads);
  settings.max_events = options.max_events;
  settings.threads_per_run = options.threads;
  return play_scenario(scenario, settings).records;
}

bool holds(const Scenario& scenario, std::size_t expectation, const Records& records) {
  Scenario one = scenario;
  one.expect = {scenario.expect[expectation]};
  return std::ranges::all_of(judge(one, one.strategies, records), [](const Verdict& verdict) {
    return verdict.outcome == Outcome::pass;
  });
}

}  // namespace

std::optional<std::vector<AskedScenario>> read_asked(const Invocation& invocation,
                                                     const RunRequest& request, Exit& exit) {
  const Options& options = invocation.options;
  std::vector<AskedScenario> scenarios;
  std::vector<Problem> all;
  for (const std::string& name : options.inputs) {
    ScenarioInput input = read_with(name, request.overrides, options);
    std::vector<Override> overrides = request.overrides;
    if (input.scenario && !engine_overrides(*input.scenario, options).empty()) {
      overrides = overrides_of(*input.scenario, request, options);
      input = read_with(name, overrides, options);
    }
    if (input.scenario && options.engine != "sim") {
      const auto more = options.dilate ? not_dilated(*input.scenario, input.text)
                                       : not_on_sockets(*input.scenario);
      input.problems.insert(input.problems.end(), more.begin(), more.end());
    }
    invocation.console.err << render(input.problems, input.text);
    all.insert(all.end(), input.problems.begin(), input.problems.end());
    if (input.scenario) scenarios.push_back({std::move(*input.scenario), std::move(overrides)});
  }
  const bool fatal = options.warnings_fatal && count(all, Severity::warning) > 0;
  if (count(all, Severity::error) == 0 && !fatal) return scenarios;
  exit = {ExitCode::usage, "scenario not valid: " + tally(all) + "; nothing was run"};
  return std::nullopt;
}

AskedScenario without_own_delays(const AskedScenario& asked, const Invocation& invocation,
                                 const RunRequest& request) {
  const Options& options = invocation.options;
  if (options.engine != "both" || asked.scenario.expect.empty()) return asked;
  const std::string& name = asked.scenario.source_path;
  const ScenarioInput own = read_with(name, request.overrides, options);
  if (!own.scenario || own.scenario->expect.size() != asked.scenario.expect.size()) return asked;

  const Records here = in_virtual_time(asked.scenario, request.seeds, options);
  std::vector<std::size_t> failed;
  for (std::size_t i = 0; i < asked.scenario.expect.size(); ++i) {
    if (!holds(asked.scenario, i, here)) failed.push_back(i);
  }
  if (failed.empty() || stop_flag().load()) return asked;
  const Records there = in_virtual_time(*own.scenario, request.seeds, options);
  std::erase_if(failed, [&](std::size_t i) { return !holds(*own.scenario, i, there); });
  if (failed.empty() || stop_flag().load()) return asked;

  AskedScenario judged = asked;
  const auto written = nlohmann::json::parse(asked.scenario.resolved_json).at("expect");
  nlohmann::json left = nlohmann::json::array();
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (std::ranges::find(failed, i) == failed.end()) left.push_back(written[i]);
  }
  for (const std::size_t i : failed) {
    judged.not_judged += "not judged  " + asked.scenario.expect[i].that +
                         ": holds with the delays of the scenario, not with those of the "
                         "comparison\n";
  }
  std::erase_if(judged.overrides, [](const Override& one) { return one.pointer == kExpect; });
  judged.overrides.push_back({kExpect, left.dump()});
  ScenarioInput again = read_with(name, judged.overrides, options);
  if (!again.scenario) return asked;
  judged.scenario = std::move(*again.scenario);
  return judged;
}

}  // namespace squall
