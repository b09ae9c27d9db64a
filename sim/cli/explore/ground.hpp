// The ground of a search: the scenario, written with as few words as possible, and small: few
// nodes, few clients, few messages, so that hundreds of runs fit into a second.
//
// What it is small in does not make a race rarer: two nodes and two clients are enough for most.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/load.hpp"

namespace squall::explore {

using Json = nlohmann::ordered_json;

// What a fault may be about.
struct Ground {
  Json scenario;  // its own script included; "expect" are the properties
  std::uint64_t nodes = 1;
  std::uint64_t measure_ms = 1;
  bool broker = false, registry = false, peers = false;  // what the strategy needs
  std::vector<std::string> populations, individuals, classes;
};

LoadResult load(const Json& scenario, const Vocabulary& vocabulary);

// The same scenario without what is a default anyway.
Json without_defaults(Json scenario, const Vocabulary& vocabulary);

// `scenario` has one strategy. Empty when the properties do not fit it: see `problems`.
std::optional<Ground> ground_of(const Scenario& scenario, const Json& expectations,
                                const Vocabulary& vocabulary, std::vector<Problem>& problems);

}  // namespace squall::explore
