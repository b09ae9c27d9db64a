// The broker: Redis-like Pub/Sub, at most once; it remembers what a strategy asks it to keep.
//
// One server (or several: broker_masters.hpp) with a cost per publish and per subscriber; an output
// buffer per subscriber with Redis's hard and soft limits; a subscriber that reads too slowly is
// cut and what was waiting for it is gone. After a cut or an outage a node is deaf until it has
// subscribed again.
//
// Its parts: broker_bus.cpp, broker_group.hpp, broker_links.hpp, broker_queues.hpp,
// subscriptions.hpp, broker_logs.hpp, log_questions.hpp.
#pragma once

#include <optional>
#include <vector>

#include "sim/kernel/broker_group.hpp"
#include "sim/kernel/broker_links.hpp"
#include "sim/kernel/broker_logs.hpp"
#include "sim/kernel/broker_masters.hpp"
#include "sim/kernel/log_questions.hpp"
#include "sim/kernel/subscriptions.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

// The process of the broker.
struct BrokerServer {
  bool up = true;
  std::uint32_t epoch = 0;
  TriggerId trigger = kStructural;  // of the last outage
  Time down_since = kNever;
};

class Broker {
 public:
  explicit Broker(World& world);

  BrokerLinks& links() { return links_; }
  const BrokerLinks& links() const { return links_; }
  Subscriptions& subscriptions() { return subscriptions_; }
  BrokerLogs& logs() { return logs_; }
  LogQuestions& questions() { return questions_; }
  BrokerServer& server() { return server_; }
  const BrokerServer& server() const { return server_; }
  BrokerMasters& masters() { return masters_; }

  // Whether what is published on this topic now gets to the node.
  bool hears(NodeId node, TopicId topic) const {
    return server_.up && subscriptions_.topics().hears(topic, node);
  }
  bool hears(NodeId node, Topic topic) const;
  TriggerId blame_of_deafness(NodeId node, TopicId topic) const;
  TopicId number(const Publish& publish);

  void publish(NodeId from, const Message& message, TopicId topic, Time when);
  // Of an application that is no node. Its way to the broker takes no time and no bytes.
  void publish_from_outside(const Send& send);
  // `epochs`: of the broker, and the process's in the upper half.
  void publish_arrives(NodeId origin, MessageId id, std::uint32_t epochs, TopicId topic);
  void publish_done(NodeId origin, MessageId id, std::uint32_t epoch, TopicId topic);
  // `link`: its epoch, and the origin in the upper half.
  void message_arrives(NodeId node, MessageId id, std::uint32_t link, TopicId topic);
  void message_done(NodeId node, MessageId id, std::uint32_t link, TopicId topic);

  struct Published {
    TopicId topic;
    Time turn;  // of the broker, in which it came
    std::uint16_t master;
  };
  // To one node, on its link.
  void deliver(NodeId node, MessageId id, NodeId origin, const Published& as);

  // On the bus between masters (broker_bus.cpp). `at`: the broker's epoch, and the master in the
  // upper half.
  void bus_arrives(NodeId origin, MessageId id, std::uint32_t at, TopicId topic);
  void bus_done(NodeId origin, MessageId id, std::uint32_t at, TopicId topic);
  void bus_in_flight(MessageId id, TopicId topic);

  // `lag`: a replica will take its place, which is so far behind.
  void down(TriggerId trigger, std::optional<Duration> lag);
  void up();
  void publish_in_flight(MessageId id, TopicId topic);
  void message_in_flight(MessageId id, TopicId topic);
  void finish();

 private:
  Duration work_of(std::uint16_t master, TopicId topic) const;
  Duration work_at_home(std::uint16_t master, TopicId topic) const;
  void hold_or_fail(NodeId from, const Message& message, TopicId topic);
  void note_the_deaf(const Message& message, TopicId topic, std::uint16_t master);
  void hand_out(MessageId id, NodeId origin, const Published& as);
  void pass_on(MessageId id, NodeId origin, const Published& as);
  Time depart(std::uint16_t master, Bytes bytes);
  void kill_slow_reader(NodeId node, MessageId id);
  void count_reply(NodeId to, Bytes copies);
  WireCost publish_cost(const Message& message, TopicId topic) const;
  WireCost message_cost(const Message& message, TopicId topic) const;
  WireCost bus_cost(const Message& message, TopicId topic) const;

  static constexpr std::uint32_t kLowHalf = 0xFFFF;  // of a pair in one number of an event

  World& world_;
  BrokerServer server_;
  BrokerLinks links_;
  Subscriptions subscriptions_;
  BrokerLogs logs_;
  LogQuestions questions_;
  BrokerMasters masters_;
  std::vector<NodeId> hearers_;    // scratch
  GroupTurns turns_;               // of a shared group
  std::vector<Time> last_on_bus_;  // by master and master: on each way, nothing overtakes
};

}  // namespace squall
