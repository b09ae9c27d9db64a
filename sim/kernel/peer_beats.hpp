// The heartbeats of links between nodes, as bytes: each node pings every other one at intervals.
//
// Booked in closed form when one of two nodes goes, or the run ends: nothing waits for a beat, so
// none is an event. What a beat says about the other node is in peers.hpp. Links that a partition
// or a pause holds are counted as if they were not.
#pragma once

#include <vector>

#include "sim/record/byte_book.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class PeerBeats {
 public:
  PeerBeats(std::size_t nodes, Duration every, Duration measure)
      : every_(every), measure_(measure), up_since_(nodes, kNever) {}

  void begin(NodeId node, Time now) { up_since_[index(node)] = now; }
  void end(NodeId node, Time now, ByteBook& bytes);
  void finish(Time now, ByteBook& bytes);

 private:
  void book(std::size_t from, std::size_t to, Time since, Time until, ByteBook& bytes) const;
  std::int64_t beats(Time since, Time until) const;  // at `since`, and then at intervals

  Duration every_, measure_;
  std::vector<Time> up_since_;  // by node; kNever: it is down
};

}  // namespace squall
