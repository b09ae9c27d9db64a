// A recipe is what a search adds to its ground: faults, slower links, and the seed that decides
// when messages are sent. New ones are made from nothing, or out of those that showed something.
//
// To add a kind of fault: one row in fault_kinds().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/cli/explore/dice.hpp"
#include "sim/cli/explore/ground.hpp"

namespace squall::explore {

// The seeds that `squall run` plays when nobody asks for others: a broken one of them shows there.
inline constexpr std::uint64_t kSeeds = 10;
inline constexpr std::size_t kMostFaults = 6;

struct Recipe {
  std::uint64_t seed = 1;
  Json net = Json::object();  // of cluster.net: what differs from the ground
  Json faults = Json::array();
};

struct FaultKind {
  std::string_view verb;
  bool (*fits)(const Ground& ground);
  void (*fill)(Json& step, Dice& dice, const Ground& ground);  // beside "at" and "do"
};
std::span<const FaultKind> fault_kinds();

// Faults of these verbs only; empty: of all that fit the ground.
using Verbs = std::vector<std::string>;

Recipe fresh(Dice& dice, const Ground& ground, const Verbs& verbs);
Recipe changed(Dice& dice, const Ground& ground, const Verbs& verbs, Recipe recipe,
               const Recipe& other);

Json scenario_of(const Ground& ground, const Recipe& recipe);
// Takes out the faults that the loader refuses beside the others.
void mend(Recipe& recipe, const Ground& ground, const Vocabulary& vocabulary);

Json to_json(const Recipe& recipe);
Recipe recipe_from(const Json& json);  // throws Json::exception on another shape

}  // namespace squall::explore
