// What the user named on the command line becomes a scenario, or a list of complaints.
//
// A name is a file, - (standard input), or else a built-in scenario. Reads and checks; plays
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/load.hpp"
#include "scenarios/model/problem.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

struct Options;

struct ScenarioInput {
  std::string name;                  // as typed
  std::string text;                  // exact bytes; empty when there is no such file
  std::string whole;                 // the same with what it extends, to be kept or sent elsewhere
  std::optional<Scenario> scenario;  // empty when there is an error
  std::vector<Problem> problems;     // errors and warnings
};

// What is neither a scenario nor a file but a folder of the library becomes all of its scenarios.
std::vector<std::string> with_suites(const std::vector<std::string>& names);

// Never fails: what is wrong stands in `problems`.
ScenarioInput read_scenario(const std::string& name, const std::vector<Override>& overrides,
                            const Vocabulary& vocabulary, const Chosen& chosen = {});

// "/cluster/nodes/count=8" -> Override; a malformed word is described in `error`.
std::vector<Override> parse_overrides(const std::vector<std::string>& words, std::string& error);

// Those of --set, none twice; and none of the strategies beside --strategy.
std::vector<Override> asked_overrides(const Options& options, std::string& error);

std::size_t count(const std::vector<Problem>& problems, Severity severity);

// "3 errors, 1 warning"; and ", 2 notes" where there are some
std::string tally(const std::vector<Problem>& problems);

}  // namespace squall
