// JSON -> Scenario. Reports every error in one pass (at most 20, sorted by position), and never
// returns a scenario that has one.
//
// The only place of squall's model that includes the JSON library. What names exist elsewhere
// (presets, policies, metrics) is told by the caller; what a backplane is says its row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/problem.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

struct Vocabulary {
  std::vector<StrategySpec> presets;            // in table order
  std::vector<std::string> default_strategies;  // preset names run when the file names none
  struct Group {
    std::string name;                  // as on a command line: textbook, hardened, products
    std::vector<std::string> presets;  // that it stands for
  };
  std::vector<Group> groups;
  // What stood beside a scenario that was stored, by the pointer that names it; none: it is read
  // from where the scenario lies.
  std::optional<std::map<std::string, std::string>> beside{};
  std::vector<std::string> placements;
  std::vector<std::string> cost_profiles;
  struct Metric {
    std::string name;
    std::string unit;  // ns, bytes, 1 (a count), ratio, bytes/s
    bool has_closed_form = false;
    bool per_traffic = false;  // may be asked for `of` a traffic class
    bool per_span = false;     // may be asked `during` or `outside` a label
  };
  std::vector<Metric> metrics;
};

// --set /cluster/nodes/count=8: replaces (or adds) the value before anything is checked. The
// value is JSON, or a bare word taken as a string.
struct Override {
  std::string pointer;
  std::string value;
};

struct LoadResult {
  std::optional<Scenario> scenario;  // empty when there is an error
  std::vector<Problem> problems;     // errors, warnings (lint) and notes
};

// What is played where somebody says so outside the file. Said to the loader, so that nothing is
// complained about that is not played.
struct Chosen {
  std::string list;                        // of --strategy: "routed,multi_active:k3"
  std::vector<StrategySpec> instead = {};  // servers of others; `list` is empty
};

LoadResult load_scenario(const std::string& path, const std::vector<Override>& overrides,
                         const Vocabulary& vocabulary);
LoadResult load_scenario_text(const std::string& text, const std::string& path,
                              const std::vector<Override>& overrides, const Vocabulary& vocabulary,
                              const Chosen& chosen = {});

// What of a loaded scenario the live engine cannot play: one error for each key, at its place.
std::vector<Problem> not_on_sockets(const Scenario& scenario);

// Applies a strategy list of the command line ("routed,multi_active:k3") to a loaded scenario.
std::vector<Problem> choose_strategies(Scenario& scenario, const std::string& list,
                                       const Vocabulary& vocabulary);

// JSON Schema draft-07 of a scenario file, printed from the same tables the loader checks with.
std::string scenario_schema(const Vocabulary& vocabulary);

}  // namespace squall
