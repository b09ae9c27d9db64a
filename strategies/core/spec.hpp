// A strategy as a value: placement x backplane x connection x recovery.
//
// The five names of squall are presets of these parts (strategies/presets.hpp); a scenario may
// compose the parts freely.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

// Who keeps what was said: each node what it has heard, or the broker what it was given.
enum class HistoryAt : std::uint8_t { node, broker };

// Where a node that was cut off from the broker's log reads on: where it was, at what is said from
// now on, or at the place that it has saved last.
enum class StartAt : std::uint8_t { place, latest, saved };

// A value of the scenario that a strategy brings with it: what its product does by default.
struct Setting {
  std::string pointer;  // of the scenario: "/client/heartbeat"
  std::string value;    // JSON
  std::string source;   // who says that this is the product's default; empty: the scenario itself
  bool yields = true;   // to what the scenario's file says of it
  bool played = true;   // false: it has yielded
};

struct StrategySpec {
  std::string name;                     // what reports call it
  std::string preset;                   // the row it started from; empty when composed freely
  std::string placement;                // a placements() row; empty: the scenario's lb.policy
  std::string backplane = "none";       // a backplanes() row
  std::uint16_t connections = 1;        // k distinct nodes per endpoint
  bool make_before_break = false;       // a drain asks clients to move, and waits until they have
  Duration resume{0};                   // how far back the history reaches; 0: there is none
  std::uint32_t resume_messages = 100;  // that it keeps of one address; of one topic
  HistoryAt history = HistoryAt::node;
  StartAt start_at = StartAt::place;
  Duration commit{5'000'000'000};  // saved: how often; Kafka's auto.commit.interval
  std::uint32_t outbox = 0;        // messages that a client keeps until they are acknowledged
  // Of the backplane, by name (option.hpp); what is not in here has its default.
  std::map<std::string, std::int64_t, std::less<>> options;
  std::vector<Setting> settings = {};  // what it plays of the scenario otherwise

  bool resumes() const { return resume > Duration{0}; }
  bool has_log() const { return resumes() && history == HistoryAt::broker; }
};

}  // namespace squall
