// The heartbeats of links between nodes, as bytes: each node pings every other one at intervals.
//
// Booked in closed form when one of two nodes goes, or the run ends: nothing waits for a beat, so
// none is an event. What a beat says about the other node is in peers.hpp. While a partition cuts
// the link, or one of the two stands still, none is answered, and none is counted.
#pragma once

#include <optional>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "sim/record/byte_book.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class PeerBeats {
 public:
  explicit PeerBeats(const Plan& plan)
      : plan_(plan),
        every_(plan.scenario().cluster.net.peer_heartbeat),
        measure_(plan.scenario().time.measure),
        up_since_(plan.scenario().cluster.nodes.count, kNever) {}

  void begin(NodeId node, Time now) { up_since_[index(node)] = now; }
  void end(NodeId node, Time now, ByteBook& bytes);
  void finish(Time now, ByteBook& bytes);
  // Of the node that pings, on a link that stands: when it did the last time.
  std::optional<Time> last(NodeId pings, NodeId pongs, Time now) const;

 private:
  std::vector<TimeRange> silences(NodeId from, NodeId to) const;
  void book(NodeId from, NodeId to, Time since, Time until, ByteBook& bytes) const;
  void book_answered(NodeId from, NodeId to, Time since, Time until, ByteBook& bytes) const;
  std::int64_t beats(Time since, Time until) const;  // at `since`, and then at intervals

  const Plan& plan_;
  Duration every_, measure_;
  std::vector<Time> up_since_;  // by node; kNever: it is down
};

}  // namespace squall
