// squall help [COMMAND]: the commands, or the flags of one.
// Reads the table of commands and the declared flags, so it cannot miss one.
#include <CLI/CLI.hpp>

#include <iomanip>

#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/manual.hpp"

namespace squall {
namespace {

void print_overview(const CLI::App& app, std::ostream& out) {
  out << app.get_description() << "\n\nusage: squall COMMAND [FLAGS] ...\n\ncommands:\n";
  for (const CommandRow& row : commands()) {
    out << "  " << std::left << std::setw(12) << row.name << row.summary << '\n';
  }
  out << "\nexit codes:\n";
  for (const ExitCodeRow& row : kExitCodes) {
    out << "  " << std::left << std::setw(12) << static_cast<int>(row.code) << row.meaning << '\n';
  }
  out << "\nEvery long flag is also an environment variable: --max-events is "
         "SQUALL_MAX_EVENTS.\n"
         "SQUALL_OUT is the folder of runs; an --out that names one file is given by hand.\n"
         "Start with: squall run two-node-hello\n";
}

}  // namespace

Exit help_command(const Invocation& invocation) {
  const std::vector<std::string>& words = invocation.options.inputs;
  if (invocation.options.man && (words.empty() || command_named(words.front()) != nullptr)) {
    invocation.console.out << manual_page(invocation.app, words.empty() ? "" : words.front());
    return {};
  }
  if (invocation.options.names) {
    for (const CommandRow& row : commands()) invocation.console.out << row.name << '\n';
    return {};
  }
  if (words.empty()) {
    print_overview(invocation.app, invocation.console.out);
    return {};
  }
  const CommandRow* row = command_named(words.front());
  if (row != nullptr) {
    const std::string name(row->name);
    invocation.console.out << invocation.app.get_subcommand(name)->help("squall");
    return {};
  }
  std::vector<std::string> names;
  for (const CommandRow& known : commands()) names.emplace_back(known.name);
  invocation.console.err << "error: unknown command \"" << words.front() << '"';
  const std::string hint = language::did_you_mean(words.front(), names);
  invocation.console.err << (hint.empty() ? "" : " - ") << hint << '\n';
  return {ExitCode::usage, "bad command line; nothing was run"};
}

}  // namespace squall
