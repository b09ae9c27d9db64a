// The one table of events: who plays each, and what others have to know of it.
//
// A new event is a line of the enum (event.hpp) and a row here, in the same order; a row that is
// missing does not compile.
#pragma once

#include <array>
#include <string_view>

#include "sim/kernel/event.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

// What the event will touch, found by its index alone (fetch_event.hpp).
enum class Touches : std::uint8_t { nothing, link, pipe, connection };

struct EventTraits {
  bool process =
      false;  // done, heard or looked at by a process itself: waits while that stands still
  bool heartbeat = false;  // left out of fingerprints: a quiet round is played without some of them
  Touches touches = Touches::nothing;
  std::string_view doing = "events";  // in words, where too many of them end a run (hurry.hpp)
  std::string_view holds = {};        // where the copy is that it carries (left_over.hpp)
  void (*in_flight)(World&, const Event&) = nullptr;  // books what the end of the run overtakes
};

struct EventRow {
  EventKind kind;
  void (*play)(World&, const Event&);
  EventTraits traits = {};
};

extern const std::array<EventRow, kEventKinds> kEventRows;

inline const EventRow& row_of(EventKind kind) { return kEventRows[static_cast<std::size_t>(kind)]; }

// Plays it; what is for a process that stands still waits until it goes on.
void play_event(World& world, const Event& event);

}  // namespace squall
