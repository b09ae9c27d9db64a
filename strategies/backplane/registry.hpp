// The registry of backplanes: one row per way in which a message reaches other nodes.
//
// A new one is a new file with a make function and a row in registry.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "strategies/core/spec.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

struct BackplaneRow {
  std::string_view name;
  BackplaneNeeds needs;
  Reach reach;
  // What it means when a connected recipient was never sent a copy (attribution rule 2).
  Mechanism (*uncovered)(const StrategySpec& spec);
  std::string_view meaning;
  std::unique_ptr<Backplane> (*make)(const StrategySpec& spec, const BackplaneContext& context);
};

std::span<const BackplaneRow> backplanes();
const BackplaneRow* backplane_named(std::string_view name);  // nullptr when unknown

// Without a backplane: split_room where the balancer was to bring a room together, else wrong_node.
Mechanism lonely_node(const StrategySpec& spec);

std::unique_ptr<Backplane> make_no_backplane(const StrategySpec&, const BackplaneContext&);
std::unique_ptr<Backplane> make_session_store(const StrategySpec&, const BackplaneContext&);
std::unique_ptr<Backplane> make_broadcast(const StrategySpec&, const BackplaneContext&);
std::unique_ptr<Backplane> make_interest(const StrategySpec&, const BackplaneContext&);
std::unique_ptr<Backplane> make_routed(const StrategySpec&, const BackplaneContext&);

}  // namespace squall
