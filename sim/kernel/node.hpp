// One node: its process, its loops, its sessions, and what it believes of itself.
//
// Plain data that the parts share, each of which changes its own: processes.hpp, handshakes.hpp,
// sessions.hpp, fan_out.hpp, nodes.hpp. What a backplane may ask of its node is answered here.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "sim/books/attendance.hpp"
#include "sim/books/drain.hpp"
#include "sim/kernel/door.hpp"
#include "sim/kernel/event.hpp"
#include "sim/kernel/loop.hpp"
#include "sim/kernel/seating.hpp"
#include "sim/record/attribution.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class World;

// Connections that the kernel has accepted and the loop has not taken up. It takes one a turn, so
// the rest of its work waits for one handshake, not for all of them.
struct AcceptQueue {
  std::deque<ConnectionId> waiting;  // kNoConnection: somebody who asks whether the process lives
  bool taking = false;               // the loop has one
};

struct Node final : LocalSessions {
  Node(World& world, NodeId id);
  bool has(EndpointId endpoint) const override;
  std::vector<RoomId> rooms() const override;
  std::vector<EndpointId> here(RoomId room) const override;
  std::vector<RoomId> rooms_of(EndpointId endpoint) const override;

  Duration paced(Duration work) const {
    if (slow == 1) return work;
    return Duration{static_cast<std::int64_t>(static_cast<double>(work.count()) * slow)};
  }
  // Work that was done by now: a loop serves one item after another, so it took the time before.
  void waste(Time now, Duration work) { row.wasted.add(loops.front().worked(now - work, now)); }
  // Its loops take connections in turn, whoever the balancer sends.
  std::uint8_t next_loop() { return static_cast<std::uint8_t>(taken_up++ % loops.size()); }

  World* world;
  NodeId id;
  bool up = false, accepting = false, host_lost = false;
  double slow = 1;  // all it does takes so many times as long
  Door door;
  std::set<ConnectionId> asking;  // the database, and not answered yet
  std::uint32_t epoch = 0;
  Time began{kBeforeAll};           // the process that runs
  Time woke{kBeforeAll};            // for timers
  std::vector<Event> heard, due;    // while it stands still: on sockets, and by its clock
  TriggerId trigger = kStructural;  // of the last thing that was done to it
  std::vector<Death> deaths;        // of its processes; their epochs are 1, 3, 5, ...
  std::unique_ptr<Backplane> backplane;
  std::vector<Loop> loops;
  std::vector<AcceptQueue> accept_queues;  // by loop
  std::uint32_t taken_up = 0;              // connections
  Seating seats;
  std::vector<ConnectionId> sessions;
  Drain draining;
  NodeRow row;
  Attendance attendance;
};

}  // namespace squall
