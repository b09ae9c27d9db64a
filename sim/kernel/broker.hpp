// The broker: Redis-like Pub/Sub with one global topic, at most once, no memory.
//
// One server with a cost per publish and per subscriber; an output buffer per subscriber with
// Redis's hard and soft limits; a subscriber that reads too slowly is cut and what was waiting for
// it is gone. After a cut or an outage a node is deaf until it has subscribed again.
//
// A node has two connections, as Redis requires: it speaks on one and hears on the other. What ends
// one behind a partition is not told to the other end: it learns of it when it writes, or by its
// keep-alive; who only hears and has none never does.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "sim/books/paths.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/kernel/world.hpp"
#include "sim/record/acknowledgements.hpp"

namespace squall {

class Broker {
 public:
  explicit Broker(World& world);

  bool subscribed(NodeId node) const { return up_ && links_[index(node)].subscribed; }

  void publish(NodeId from, const Message& message, Time when);
  void publish_arrives(MessageId id, std::uint32_t epoch, NodeId origin, std::uint16_t by);
  void publish_done(MessageId id, std::uint32_t epoch, NodeId origin);
  void message_arrives(NodeId node, MessageId id, std::uint32_t epoch, NodeId origin);
  void message_done(NodeId node, MessageId id, std::uint32_t epoch, NodeId origin);

  void subscribe(NodeId node);
  void reconnect(NodeId node);  // after a cut: wait, connect, subscribe
  void link_up(NodeId node, std::uint32_t attempt);
  void cut_off(NodeId node);  // a partition begins
  void healed(NodeId node);   // the way is open again
  void keep_alive_fails(NodeId node);
  void node_died(NodeId node);
  void down(TriggerId trigger);
  void up();
  void publish_in_flight(MessageId id);
  void message_in_flight(MessageId id);
  void finish();  // what a node still holds for the broker was never published

 private:
  struct Subscriber {
    bool wanted = false;                        // there is a process
    bool connected = false, listening = false;  // to publish; to read; as the node believes
    bool subscribed = false;                    // as the broker knows
    bool goodbye = false;     // the broker has ended what the node reads, and the news is under way
    std::uint32_t made = 0;   // the broker's epoch in which the node connected to publish
    std::uint32_t epoch = 0;  // of the connection; an older one was killed or its node died
    std::uint32_t attempt = 0;        // to connect again; only the latest counts
    std::vector<Death> deaths;        // of older epochs, and so of the copies that were under way
    TriggerId trigger = kStructural;  // of the last cut or outage
    Time last_publish{kBeforeAll}, last_arrival{kBeforeAll};
    Duration way{0};   // of the last publish
    Flight says, told, hears;
    bool unacknowledged = false;  // a segment that a node that stands still got
    AckingEnd speaks;  // the node's end of the connection that it publishes on
    Bytes unread = 0;  // sent by the broker, not yet handled by the node
    Time over_soft_since = kNever;
    std::deque<MessageId> held;  // publisher buffer while disconnected
    Bytes held_bytes = 0;
  };

  void cut(NodeId node, const Death& death);
  std::optional<Cut> cut_from(NodeId node) const;
  Time lost_in(const Cut& cut) const;
  void spoke_to_nobody(NodeId node, std::uint32_t epoch);
  void hold_or_fail(NodeId from, const Message& message);
  bool over_limit(Subscriber& link, Bytes more);
  void deliver(NodeId node, MessageId id, NodeId origin, const WireCost& cost);
  void update_reach(NodeId node);
  void count_reply(NodeId to, Bytes copies);
  void count_connecting(NodeId node, bool hears, bool speaks);
  WireCost publish_cost(const Message& message) const;
  WireCost message_cost(const Message& message) const;

  World& world_;
  std::vector<Subscriber> links_;
  Sampler reconnect_;
  bool up_ = true;
  std::uint32_t epoch_ = 0;
  TriggerId trigger_ = kStructural;  // of the last outage
  Time down_since_ = kNever;
  Time busy_until_{kBeforeAll};
};

}  // namespace squall
