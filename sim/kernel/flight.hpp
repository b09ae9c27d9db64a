// Frames that leave on one connection in one turn of a loop: they share segments.
//
// Mostly each frame is flushed alone. But who wakes from a pause, or hears at once what waited at a
// partition, finds many things to do in one turn, and what it writes meanwhile goes out together.
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
    const Bytes before = stream == 0 ? 0 : wire::segments(stream);
    stream += cost.total() - cost.segments * wire::kTcpIpHeader;
    return cost.segments - (wire::segments(stream) - before);
  }
};

}  // namespace squall
