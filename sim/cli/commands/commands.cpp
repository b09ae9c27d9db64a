// The table of subcommands.
// A row is all that dispatch, help, completion and suggestions know about a command.
#include "sim/cli/commands/commands.hpp"

#include <array>

#include "sim/cli/flags/flags.hpp"

namespace squall {

std::span<const CommandRow> commands() {
  static constexpr auto kRows = std::to_array<CommandRow>({
      {"run", "play scenarios with every strategy and compare them", declare_run, run_command},
      {"attach", "play a scenario against servers of others, and account for every message",
       declare_attach, attach_command},
      {"calibrate", "measure what work costs, here or on servers of others: a cost profile",
       declare_calibrate, calibrate_command},
      {"agreement", "closed form, simulation and measurement side by side, misses first",
       declare_agreement, agreement_command},
      {"compare", "hold runs against a baseline: what changed, and is it worse", declare_compare,
       compare_command},
      {"baseline", "save, list, show or remove named results to compare with", declare_baseline,
       baseline_command},
      {"report", "write reports and exports of stored runs", declare_report, report_command},
      {"validate", "check scenario files and say everything that is wrong", declare_validate,
       validate_command},
      {"predict", "say what laws say of a scenario, in milliseconds, without playing it",
       declare_predict, predict_command},
      {"size", "the fewest nodes that meet the expectations, also with one of them lost",
       declare_size, size_command},
      {"fit", "make a scenario of the traffic in a CSV file or an access log", declare_fit,
       fit_command},
      {"list", "show what names exist: strategies, metrics, faults, scenarios ...", declare_list,
       list_command},
      {"schema", "print the JSON Schema of scenario files or of results", declare_schema,
       schema_command},
      {"init", "write a scenario to start from, and the schema it points to", declare_init,
       init_command},
      {"sweep", "play a grid of parameters, resumable; or find a threshold", declare_sweep,
       sweep_command},
      {"replay", "run a stored run again and check that the result is identical", declare_replay,
       replay_command},
      {"explain", "tell the life of one message, hop by hop; or what a word means", declare_explain,
       explain_command},
      {"why", "play a run again without each fault and with other settings", declare_why,
       why_command},
      {"explore", "look for faults and timings that break a property, and shrink what is found",
       declare_explore, explore_command},
      {"hash", "say which key lands on which node, and what moves when nodes change", declare_hash,
       hash_command},
      {"completion", "print a completion script for a shell", declare_completion,
       completion_command},
      {"version", "say which squall this is", declare_version, version_command},
      {"help", "explain a command", declare_help, help_command},
  });
  return kRows;
}

const CommandRow* command_named(std::string_view name) {
  for (const CommandRow& row : commands()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace squall
