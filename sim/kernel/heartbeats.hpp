// A heartbeat's way: the client's ping, the node's pong, and who notices when one is missing.
//
// When the node has read a ping, the rest of a quiet round is known: when the pong will be there,
// and that the client will then wait for the next ping. It is booked at once, and no event is spent
// on the pong, on the client's time-out, and on the node's look at a session that is not silent.
// What may still spoil the round takes it back: the path ends before the pong is there. With
// PlayOptions::single_heartbeats every event is played; a test holds one against the other.
#pragma once

#include <cstdint>

#include "sim/kernel/world.hpp"

namespace squall {

class Heartbeats {
 public:
  explicit Heartbeats(World& world) : world_(world) {}

  // ---- the client ----
  void ping(std::uint32_t link);
  // Not started now: a ping that arrives before its time-out decides whether there will be one.
  bool timer_waits_for_ping(std::uint32_t link, Time at) const;
  void pong(ConnectionId id);
  // The path has ended. True when a pong that was booked as received is lost by that.
  bool path_ended(ConnectionId id);
  void cut_off(ConnectionId id);  // and the client does not know

  // ---- the node ----
  void ping_arrives(NodeId node, ConnectionId id);
  void ping_read(NodeId node, ConnectionId id);
  void watch(ConnectionId id);  // a look at the session, when its patience ends
  void look(NodeId node, ConnectionId id);
  void expect_silence(ConnectionId id);

  // ---- the end of the run ----
  void book_in_flight(EventKind frame);
  void book_pongs_in_flight();

 private:
  const LinkOptions& options_of(std::uint32_t link) const;
  bool ping_ended(ConnectionId id, Time pong_due);
  Time patience_ends(ConnectionId id) const;

  World& world_;
};

}  // namespace squall
