// The subcommands of squall: one visible table (commands.cpp), one file per command.
//
// To add one: write <name>.cpp with its function, declare its flags in flags.cpp and its examples
// in examples.cpp, add a row.
// Help, completion, suggestions and dispatch all read the table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/commands/exit_codes.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/screen/console.hpp"

namespace CLI {
class App;
}

namespace squall {

// What a command is given.
struct Invocation {
  const Options& options;
  const std::vector<std::string>& arguments;  // the command line as typed, program first
  const CLI::App& app;                        // every command and flag, for help and completion
  Console console;
};

struct CommandRow {
  std::string_view name;
  std::string_view summary;
  void (*declare)(CLI::App& command, Options& options);  // its flags
  Exit (*run)(const Invocation& invocation);
};

std::span<const CommandRow> commands();
const CommandRow* command_named(std::string_view name);  // nullptr when unknown

Exit run_command(const Invocation& invocation);         // run.cpp
Exit attach_command(const Invocation& invocation);      // attach.cpp
Exit calibrate_command(const Invocation& invocation);   // calibrate/calibrate.cpp
Exit agreement_command(const Invocation& invocation);   // agreement/agreement.cpp
Exit compare_command(const Invocation& invocation);     // compare.cpp
Exit baseline_command(const Invocation& invocation);    // baseline.cpp
Exit report_command(const Invocation& invocation);      // report_command.cpp
Exit validate_command(const Invocation& invocation);    // validate.cpp
Exit predict_command(const Invocation& invocation);     // predict.cpp
Exit size_command(const Invocation& invocation);        // size/size.cpp
Exit fit_command(const Invocation& invocation);         // fit/fit.cpp
Exit list_command(const Invocation& invocation);        // list.cpp
Exit schema_command(const Invocation& invocation);      // schema.cpp
Exit init_command(const Invocation& invocation);        // init.cpp
Exit sweep_command(const Invocation& invocation);       // sweep/sweep.cpp
Exit replay_command(const Invocation& invocation);      // replay.cpp
Exit explain_command(const Invocation& invocation);     // explain/explain.cpp
Exit why_command(const Invocation& invocation);         // why/why.cpp
Exit explore_command(const Invocation& invocation);     // explore/explore.cpp
Exit hash_command(const Invocation& invocation);        // hash/hash.cpp
Exit completion_command(const Invocation& invocation);  // completion.cpp
Exit version_command(const Invocation& invocation);     // version.cpp
Exit help_command(const Invocation& invocation);        // help.cpp

}  // namespace squall
