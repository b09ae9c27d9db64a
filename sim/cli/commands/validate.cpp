// squall validate FILE...: everything that is wrong or doubtful, in one pass; plays nothing.
// The forms for programs are problem_output.hpp.
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/screen/problem_output.hpp"

namespace squall {
namespace {

Exit verdict(const std::vector<Problem>& problems, bool strict) {
  if (count(problems, Severity::error) > 0) {
    return {ExitCode::usage, "scenario not valid: " + tally(problems)};
  }
  if (strict && count(problems, Severity::warning) > 0) {
    return {ExitCode::failed, tally(problems) + ", and --strict"};
  }
  return {};
}

}  // namespace

Exit validate_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Console& console = invocation.console;
  std::string error;
  const std::vector<Override> overrides = parse_overrides(options.set, error);
  if (!error.empty()) {
    console.err << "error: " << error << '\n';
    return {ExitCode::usage, "bad command line; nothing was checked"};
  }
  const Vocabulary vocabulary = make_vocabulary();
  std::vector<Problem> all;
  for (const std::string& name : options.inputs) {
    const ScenarioInput input = read_scenario(name, overrides, vocabulary);
    all.insert(all.end(), input.problems.begin(), input.problems.end());
    if (options.json) continue;
    if (options.github) {
      console.out << github_lines(input.problems);
      continue;
    }
    console.out << render(input.problems, input.text);
    console.out << name << ": "
                << (input.problems.empty() ? std::string("valid") : tally(input.problems)) << '\n';
  }
  if (options.json) console.out << problems_json(all) << '\n';
  return verdict(all, options.strict);
}

}  // namespace squall
