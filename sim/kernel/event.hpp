// The events of virtual time: plain values, 16 bytes. Who plays which stands in event_table.cpp.
// An event names its subject by index; whether that still lives is checked where it arrives.
#pragma once

#include <cstddef>
#include <cstdint>

#include "strategies/core/types.hpp"

namespace squall {

// clang-format off
enum class EventKind : std::uint8_t {
  // the outside world: planned
  stimulus,            // a = index into Plan::stimuli()
  traffic,             // a = class
  login, logout,       // a = endpoint, b = n
  drop,                // a = endpoint, b = n
  // a connection's life
  link_timer,          // a = link, b = generation
  at_balancer,         // a = connection: it wants a node; node: tried and silent, or none
  handshake_arrives,   // node, a = connection, b = how often it was not answered
  handshake_done,      // node, a = connection, b = epoch
  upgraded,            // a = connection: the client sends its subscriptions
  subscribe_arrives, subscribe_done,    // node, a = connection, b = epoch
  welcome,             // a = connection: the client is ready
  attempt_refused,     // a = connection
  end_at_client,       // a = connection: the node's goodbye (or its kernel's) is there
  end_at_node,         // node, a = connection
  ping_arrives,        // node, a = connection
  pong_arrives,        // a = connection
  session_check,       // node, a = connection: has it been silent for too long?
  join_arrives, leave_arrives,          // node, a = connection, b = room
  membership_acked,    // a = endpoint, b = room
  // a message's way
  frame_arrives,       // node, a = message, b = connection
  frame_done,          // node, a = message, b = epoch, c = connection
  forward_leaves,      // node, a = message, b = epoch, c = to
  publish_leaves,      // node, a = message, b = epoch, c = topic (| it returns)
  peer_arrives, peer_done,              // node, a = message, b = epoch, c = from (| epoch << 16)
  // node: the origin, a = message, b = broker epoch (| the process's epoch << 16), c = topic
  publish_arrives, publish_done,
  // node, a = message, b = link epoch | origin << 16, c = topic
  broker_message_arrives, broker_message_done,
  settle,              // a = message
  // links of the cluster
  broker_link_up,      // node, b = attempt
  broker_link_lost,    // node: there was no sign of life for too long
  registry_arrives,    // node, a = slot of the call, b = epoch, c = registry's epoch
  registry_reply,      // node, a = slot, b = epoch
  lease_check,         // a = endpoint: has its entry run out?
  peer_down, peer_up,  // node learns of peer a
  balancer_told,       // node, a = in rotation, b = replica
  drain_step,          // node, a = position, b = number of the drain
  registry_link_up,    // node, b = attempt
  registry_link_lost,  // node: there was no sign of life for too long
  renewal,             // node, a = connection: its entry of the registry is due
  ping_read,           // node, a = connection: the ping came while the process stood still
  wakes,               // node: what came and what was due meanwhile
  going_away,          // a = connection: the node asks its client to move
  move_arrives,        // node, a = connection: its client has moved
  // a subscription's way to the broker and back: node, a = topic, b = link epoch, c = yes
  topic_arrives, topic_done, topic_answered,
  armed,               // node, a = number, b = epoch: a timer of the strategy is due
  drain_told,          // node, a = yes: it stood still when it was told
  // a forward that says for whom, or one that comes back: as the three above
  letter_leaves,       // node, a = slot of the letter, b = epoch
  letter_arrives,      // node, a = slot, b = epoch, c = from | epoch << 16
  letter_done,         // node, a = slot, b = epoch
  // ends that the cluster's own settings bring about
  admitted,            // node, a = connection, b = epoch: the database has answered
  idle_check,          // node, a = connection: has nobody said anything for too long?
  aged,                // node, a = connection
  ack_arrives,         // a = message, b = connection, c = the message's number: it is in an outbox
  // a question to the broker's log: node, a = slot; fetch_answered: b = epoch
  fetch_arrives, fetch_done, fetch_answered,
  // memory of a process, where it is counted
  queue_changes,       // node, a = slot of what waits, c = it begins to
  supervised,          // node, b = epoch, c = it is started again; else it is over its limit
  node_lease_check,    // node: has its lease run out?
  // a note for another node, as the letters
  note_leaves,         // node, a = slot of the note, b = epoch
  note_arrives,        // node, a = slot, b = epoch, c = from | epoch << 16
  note_done,           // node, a = slot, b = epoch
  // of replicas of the balancer, of masters of the broker
  health_check,        // node, a = replica
  // node: the origin, a = message, b = broker epoch | master << 16, c = topic
  bus_arrives, bus_done,
  // of a shared group of consumers
  member_silent,       // node, a = generation: it is given up
  group_goes_on,       // a = number of the rebalance: it is over
  probe                // node, a = question, b = epoch, c = it is asked, times out, is answered
};
// clang-format on
constexpr std::size_t kEventKinds = static_cast<std::size_t>(EventKind::probe) + 1;

struct Event {
  EventKind kind;
  NodeId node = kNoNode;
  std::uint32_t a = 0, b = 0, c = 0;
};

// A message that waits for a loop of a node, or is worked on: the event is its end.
bool waits_for_a_loop(EventKind kind);  // as its row says (event_table.cpp)

}  // namespace squall
