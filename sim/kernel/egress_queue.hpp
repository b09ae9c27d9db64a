// What waits in user space for one client's socket, where a full queue lets go of older frames.
//
// Frames leave in closed form, as in fan_out.hpp; but here one that has not begun to leave may be
// taken out, and then those behind it leave sooner. What the kernel holds part of stays. Who writes
// such frames down, and what a frame that is gone means, is the caller's.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/kernel/line.hpp"
#include "strategies/core/message.hpp"

namespace squall {

class EgressQueue {
 public:
  struct Frame {
    MessageId message{0};
    std::uint32_t entry = 0;  // where it is written down; means something to the caller
    std::uint32_t rank = 0;   // of the recipient
    RoomId room = kNoRoom;    // kNoRoom: it is for one person
    Bytes bytes = 0;
    Time turn{0};                     // in the loop
    Duration delay{0};                // from the line to the client's app
    Time behind{kBeforeAll};          // what the app gets before, and is no frame of this queue
    Time out{0}, socket{0}, read{0};  // through the line, out of user space, with the app
  };
  struct Limits {
    Bytes bytes;  // in user space
    OnFull on_full;
  };
  struct Moved {
    Time read_before;  // as it was said
    Frame frame;
  };
  // What one more frame has changed.
  struct Change {
    bool taken = false;        // it is in the queue; else nothing has changed
    std::vector<Frame> gone;   // that were waiting
    std::vector<Moved> moved;  // leave sooner than was said, or later
    Frame frame;               // the new one
    Time busy, last_read;      // of line and app, with all that they get
  };

  // What the line has to do and the app to read before, whatever it is.
  struct Before {
    Time out, read;
  };
  Change add(const Line& line, const Limits& limits, Frame frame, const Before& before);

 private:
  void let_go_of_what_left(Time now, const Before& before);
  std::size_t first_that_waits(const Line& line, Time at) const;
  bool fits(const Line& line, const Limits& limits, const Frame& frame, Time busy) const;
  Time busy_before(std::size_t place) const;
  bool takes_a_place(const Line& line, const Limits& limits, const Frame& frame, Change& change);
  bool makes_room(const Line& line, const Limits& limits, const Frame& frame, Change& change);
  void work_out(const Line& line, Change& change);

  std::deque<Frame> frames_;  // in order
  Before before_{kBeforeAll, kBeforeAll};
  std::size_t place_ = 0, from_ = 0;  // of the new one; of the first that moves
};

}  // namespace squall
