// Frames that leave on one connection in one turn of a loop: they share segments.
//
// Mostly each frame is flushed alone. But what follows from one event is said in one turn
// (Nodes::turn()), as are the commands to a server for a session that opens; and who wakes from a
// pause, or hears at once what waited at a partition, finds many things to do in one turn, and what
// it writes meanwhile goes out together.
// Such a turn is a burst (Loop::burst()); it is told apart by an instant.
#pragma once

#include "sim/record/wire.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct Flight {
  Time burst = kNever;  // the one that the last frame left in
  Bytes stream = 0;     // of it so far, without headers of TCP

  // How many of the frame's segments are those of frames before it.
  Bytes join(Time in, const WireCost& cost) {
    if (in != burst) burst = in, stream = 0;
    if (burst == kNever) return 0;
    const Bytes before = segments();
    stream += cost.total() - cost.segments * wire::kTcpIpHeader;
    return cost.segments - (wire::segments(stream) - before);
  }
  // Whether that turn is the last one, and others left in it beside this frame.
  bool holds_more_than(const WireCost& cost, Time in) const {
    return in == burst && stream > cost.payload + cost.framing;
  }
  Bytes segments() const { return stream == 0 ? 0 : wire::segments(stream); }
};

}  // namespace squall
