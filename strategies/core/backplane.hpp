// A backplane's row: what it needs, whom it reaches, when it reaches somebody, which options it
// has.
//
// Whoever wants to know something of a backplane reads its row: engines, laws, the scenario
// language, lists. Nobody asks for a name or concludes one fact from another, so that a stranger's
// backplane is taken for what it says it is. The rows themselves are in strategies/backplane/.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>

#include "strategies/core/option.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

// Whom a message can get to when everybody is connected and nothing fails.
enum class Reach : std::uint8_t {
  everybody,
  own_node  // only those who are on a node that the sender is connected to
};

// What it takes, beside a connection that lives, for messages to find a client.
enum class Covers : std::uint8_t {
  always,       // nothing
  broker_link,  // its node is subscribed at the broker
  topic,        // its node is subscribed, and to what the client is to hear
  route         // the registry has an entry for it, and that names its node
};

// When the registry is asked where somebody is.
enum class Asks : std::uint8_t {
  never,
  each_direct_message,
  unknown_recipients  // those of whom the node has learned nothing lately
};

// What passes a node, whoever is connected to it. Only where every node hears everything, and all
// in one order, can a node replay what its client missed at another one.
enum class Hears : std::uint8_t { what_it_needs, everything };

// An engine opens only these links, and the report bills only them.
struct BackplaneNeeds {
  bool broker = false;
  bool registry = false;
  bool peers = false;
};

struct BackplaneRow {
  std::string_view name;
  std::string_view meaning;
  BackplaneNeeds needs;
  Reach reach;
  Covers covers;
  Asks asks;
  Hears hears = Hears::what_it_needs;
  // It lives on the log of the broker, and asks it by itself: the strategy must have one.
  bool reads_log = false;
  bool recovers = false;  // it brings the parts of recovery itself: none are put around it
  std::span<const Option> options;
  // What it means when a connected recipient was never sent a copy (attribution rule 2): how a
  // strategy fails quietly.
  Mechanism (*uncovered)(const StrategySpec& spec);
  std::unique_ptr<Backplane> (*make)(const StrategySpec& spec, const BackplaneContext& context);
};

// For a row's `uncovered`.
template <Mechanism mechanism>
Mechanism always(const StrategySpec&) {
  return mechanism;
}

const std::deque<BackplaneRow>& backplanes();                // in the order of the table
const BackplaneRow* backplane_named(std::string_view name);  // nullptr when unknown
// The backplane of a node, within the parts that the strategy puts around it.
std::unique_ptr<Backplane> make_backplane(const BackplaneRow& row, const StrategySpec& spec,
                                          const BackplaneContext& context);
// One row more, for good; of a name that is not taken. Not while anything is loaded or played.
void add_backplane(const BackplaneRow& row);

}  // namespace squall
