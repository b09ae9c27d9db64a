// squall schema [scenario|result]: prints a JSON Schema (draft-07), which editors complete with.
// Both are printed from the tables that the readers check with.
#include "report/export/json.hpp"
#include "scenarios/model/load.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall {
namespace {

void print(const std::string& text, std::ostream& out) {
  out << text;
  if (!text.ends_with('\n')) out << '\n';
}

}  // namespace

Exit schema_command(const Invocation& invocation) {
  const std::vector<std::string>& words = invocation.options.inputs;
  const std::string kind = words.empty() ? "scenario" : words.front();
  if (kind == "scenario") {
    print(scenario_schema(make_vocabulary()), invocation.console.out);
    return {};
  }
  if (kind == "result") {
    print(result_schema(), invocation.console.out);
    return {};
  }
  invocation.console.err << "error: there is no schema of " << language::in_quotes(kind)
                         << "; there is: scenario, result\n";
  return {ExitCode::usage, "bad command line; nothing was run"};
}

}  // namespace squall
