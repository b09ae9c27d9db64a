// The plan laid out for a live run: who does what and when, in order of time.
//
// A plan is lazy, because virtual time knows millions of clients. A live run knows thousands and
// has no time to think while it runs, so everything is asked for beforehand. The order and the
// answers are those of the virtual-time engine.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "strategies/core/message.hpp"

namespace squall::live {

struct Happening {
  enum class Kind : std::uint8_t { login, logout, drop, send, stimulus } kind;
  Time at;
  std::uint32_t who = 0;     // endpoint; send: number of the message; stimulus: its number
  std::uint32_t number = 0;  // drop: the how-many-eth of this endpoint
};

struct PlannedMessage {
  Message message;  // id: its number in the timeline
  std::uint16_t traffic;
  Time at;  // t_intend
};

struct Timeline {
  std::vector<Happening> happenings;  // ascending by time
  std::vector<PlannedMessage> messages;
};

Timeline lay_out(const Plan& plan);

}  // namespace squall::live
