// A cost profile that was measured: its figures, where and how they were found, and how far they
// reach. Written by `squall calibrate`, named by a scenario: "cost_profile": "FILE.json".
//
// Reading and writing are pure; whoever opens the file registers it (add_calibration), and from
// then on cost_profile_named() finds it. Register before anything is played on another thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/problem.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

// What was seen while it was measured: outside of it the figures are a guess.
struct SeenRange {
  double from = 0, to = 0;
  bool operator==(const SeenRange&) const = default;
};

// One load of the fit: CPU of the servers per second, as measured and as the figures say.
struct FitRow {
  std::string load;
  double measured = 0, fitted = 0;  // seconds of CPU in a second
};

struct Calibration {
  std::string name;  // as a scenario names it: the file
  std::string host, cpu, date, command, versions, target;
  std::string base = "beast-plain";     // the profile of what was not identified
  CostChanges costs;                    // what was identified
  CostChanges plus_minus;               // of each: half of its 95 % interval
  SeenRange bytes, recipients, pushes;  // of a message; of a message; a second, of one server
  Duration one_way{0};                  // on the way between two processes there; 0: not measured
  ProtocolOverhead overhead;            // of a message at clients; none: not measured
  std::vector<FitRow> fit;
  std::vector<std::string> scenarios;  // played for it: none of them may judge it
};

// Empty after a mistake; then `problems` has grown. `name` is what positions are told with.
std::optional<Calibration> read_calibration(const std::string& text, const std::string& name,
                                            std::vector<Problem>& problems);
std::string write_calibration(const Calibration& calibration);

void add_calibration(Calibration calibration);
const Calibration* calibration_named(std::string_view name);  // nullptr: not registered
std::vector<std::string> calibration_names();
const CostProfile* calibrated_costs(std::string_view name);  // nullptr: not registered

// A word that can only be the name of a file.
inline bool names_a_file(std::string_view word) {
  return word.find_first_of("./") != std::string_view::npos;
}

// The names of the costs, in the order of the table, that are given in `costs`, or not.
std::vector<std::string> given(const CostChanges& costs);
std::vector<std::string> missing(const CostChanges& costs);

// What surrounds a message at a client: as the scenario says, or as its cost profile has seen it.
ProtocolOverhead overhead_of(const Scenario& scenario);
// What a node answers to who has sent a message, in bytes; 0: it says nothing.
Bytes answer_of(const Scenario& scenario);

// "calibrated by FILE (host h, 2026-11-28); uncalibrated: close, heartbeat", or "uncalibrated".
std::string costs_in_words(const NodeConfig& nodes);
// What of the scenario lies beyond what the profile has seen; empty: nothing, or no such profile.
std::vector<std::string> not_validated(const Scenario& scenario);

}  // namespace squall
