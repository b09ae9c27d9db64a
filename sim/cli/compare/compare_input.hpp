// The words of `squall compare` become sides and a request: baselines, run folders, gates, flags.
//
// Everything that can be wrong with them is said here, before anything is compared or played.
#pragma once

#include <optional>
#include <string>

#include "report/compare/change.hpp"
#include "scenarios/model/load.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {

struct ComparedRun {
  ChangeSide side;
  std::optional<Scenario> scenario;  // with strategies; empty when this squall cannot read it
  std::string scenario_problem;      // then
  std::vector<Override> overrides;   // that are not part of a committed scenario file
  std::uint64_t max_events = 0;      // 0: no limit
};

// A run folder, a baseline, or a file. `missing`: no such thing, else it is broken.
std::optional<ComparedRun> read_compared(const Options& options, const std::string& word,
                                         bool& missing, std::string& error);

ComparedRun compared_from(StoredInput stored, Result result, std::string name);

struct ChangeFlags {
  GateOptions gate_options;
  FailOn fail_on;
  std::vector<Gate> gates;  // of --gate
};
std::optional<ChangeFlags> check_change_flags(const Options& options, std::string& error);

// The gates that judge: those of the new scenario, then those of the command line.
std::vector<Gate> gates_for(const ComparedRun& fresh, const ChangeFlags& flags);

// A note for each gate that the base declared and the new scenario does not: a gate must not turn
// itself off in silence.
void note_dropped_gates(const ComparedRun& base, const ComparedRun& fresh, ChangeReport& report);

// `squall run ...` that plays the new side of these strategies again, and how to accept it.
std::string reproduce_command(const ComparedRun& fresh, const ChangeReport& report);
// Empty when the base is no baseline: there is nothing to replace.
std::string accept_command(const Options& options, const std::string& base,
                           const std::string& fresh);
// The flags of `squall run` that keep it as that baseline; empty when it cannot be one's name.
std::string save_flags(const Options& options, const std::string& baseline);
// " --baselines DIR" where the baseline is not in the usual folder.
std::string baselines_flag(const Options& options, const std::string& baseline);

// A sentence when --strategy names what neither side played: a gate on it would be lost in silence.
std::string check_strategies(const ChangeFlags& flags, const ComparedRun& base,
                             const ComparedRun& fresh);

}  // namespace squall
