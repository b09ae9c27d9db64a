// Whether a strategy can be played in a scenario at all: one rule for the file and for --strategy.
//
// Not whether it is wise (lint.cpp) or what the live engine can do (load_live.cpp).
#pragma once

#include <optional>
#include <string>

#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall::language {

struct Misfit {
  std::string code, message, suggestion;
  std::string instead;  // the place to name where the file lists no strategies
};

// What does not go together when a client of somebody's own is said over that of the scenario.
std::optional<Misfit> own_client_misfit(const Scenario& scenario, const OwnClient& own);

// A population that connects to one node only, where the strategy holds connections to several.
const Population* pinned_too_often(const StrategySpec& spec, const Scenario& scenario);

// What its broker is told that does not go together, or not with this strategy.
std::optional<Misfit> broker_misfit(const StrategySpec& spec, const Scenario& scenario);

// What the cluster lacks for it, or what is said there that it would never hear.
std::optional<Misfit> misfit(const StrategySpec& spec, const Scenario& scenario);

}  // namespace squall::language
