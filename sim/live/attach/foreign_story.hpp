// What happened inside servers of others, as far as it can be seen from the doors.
//
// The books want both sides of every hop, and here only the clients wrote anything down. So their
// facts are completed with what must have been: a message that anybody heard, or that was
// acknowledged, was accepted; who heard it was sent it; who was connected and did not hear it lost
// it inside (`foreign_system`). What a client sees itself (its gap, its refusal, its line that
// broke with the message on it) keeps its own cause.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "sim/live/attach/hooks.hpp"
#include "sim/live/books/books.hpp"
#include "sim/live/cluster.hpp"

namespace squall::live {

// Pairs that were lost inside, by where the two sat and when. `accepted`: somebody heard of it.
struct ForeignLoss {
  NodeId from, to;
  std::int64_t second;
  bool accepted;
  auto operator<=>(const ForeignLoss&) const = default;
};

struct ForeignStory {
  FactIndex index;
  std::map<ForeignLoss, std::uint64_t> losses;
  std::map<std::pair<NodeId, std::uint32_t>, std::uint64_t> ends;      // node, close code (0: none)
  std::map<std::pair<NodeId, std::uint32_t>, std::uint64_t> mistakes;  // the same, broken rules
  std::uint64_t unlikely =
      0;  // messages to users who are not in the room, or before they were said

  std::vector<std::string> remarks(bool nodes_known) const;
};

// `faults`: those that really were brought about.
ForeignStory tell_story(const Cluster& cluster, std::span<const Facts* const> logs,
                        const std::vector<ServerFault>& faults);

}  // namespace squall::live
