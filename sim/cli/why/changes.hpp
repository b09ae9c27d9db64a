// What `why` changes of a run: a fault that does not come, or a setting out of a short list.
//
// A change leaves every other random number as it is: a fault that is off stays in the script as a
// step that does nothing, so that the steps after it keep their numbers. To add a knob: one row in
// knobs.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall {

struct Change {
  std::string name;  // "without outage", "with a publisher buffer of 64MiB"
  Scenario scenario;
  StrategySpec spec;
  std::vector<std::string> set;  // PTR=VALUE, for the command that repeats it; empty: there is none
  std::string strategy;          // -s of that command
};

// What can be taken away: a labelled fault of the script, or a population's drops.
struct Fault {
  std::string label;
  TriggerId trigger;
  std::size_t step = 0;                   // of the script
  std::optional<std::size_t> population;  // instead
};
std::vector<Fault> faults_of(const Scenario& scenario);
Change without(std::span<const Fault> off, const Scenario& scenario, const StrategySpec& spec);

struct KnobRow {
  std::string_view name;
  std::string_view meaning;
  // Changes scenario and strategy; false: it has no meaning here, or is like this already.
  bool (*turn)(Change& change);
};
std::span<const KnobRow> knobs();

}  // namespace squall
