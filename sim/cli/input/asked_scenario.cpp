// Reads, overrides, chooses; warnings are not shown. See asked_scenario.hpp.
// The complaints themselves are the loader's.
#include "sim/cli/input/asked_scenario.hpp"

#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/input/scenario_input.hpp"

namespace squall {

std::optional<Scenario> asked_scenario(const Invocation& invocation, const Vocabulary& vocabulary,
                                       const std::string& nothing, Exit& exit) {
  const Options& options = invocation.options;
  std::string error;
  const std::vector<Override> overrides = asked_overrides(options, error);
  if (!error.empty()) {
    exit = usage_error(invocation.console, error, nothing);
    return std::nullopt;
  }
  ScenarioInput input =
      read_scenario(options.inputs.front(), overrides, vocabulary, {options.strategy});
  if (count(input.problems, Severity::error) > 0) {
    invocation.console.err << render(input.problems, input.text);
    exit = {ExitCode::usage, "scenario not valid: " + tally(input.problems)};
    return std::nullopt;
  }
  return std::move(input.scenario);
}

}  // namespace squall
