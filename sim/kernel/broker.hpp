// The broker: Redis-like Pub/Sub, at most once; it remembers what a strategy asks it to keep.
//
// One server with a cost per publish and per subscriber; an output buffer per subscriber with
// Redis's hard and soft limits; a subscriber that reads too slowly is cut and what was waiting for
// it is gone. After a cut or an outage a node is deaf until it has subscribed again.
// A node has two connections, as Redis requires: it speaks on one and hears on the other. What ends
// one behind a partition is not told to the other end: it learns of it when it writes, or by its
// keep-alive; who only hears and has none never does.
//
// Subscriptions: broker_topics.cpp. The logs: broker_logs.hpp, broker_fetch.cpp.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "sim/books/paths.hpp"
#include "sim/kernel/broker_logs.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/slots.hpp"
#include "sim/record/acknowledgements.hpp"

namespace squall {

class Broker {
 public:
  explicit Broker(World& world);

  // Whether what is published on this topic now gets to the node.
  bool hears(NodeId node, TopicId topic) const { return up_ && topics_.hears(topic, node); }
  bool hears(NodeId node, Topic topic) const;
  bool listens(NodeId node) const { return links_[index(node)].listening; }
  TriggerId blame_of_deafness(NodeId node, TopicId topic) const;
  TopicId number(const Publish& publish) {
    const TopicId topic = topics_.number(publish.topic);
    if (publish.kept) topics_.keep_log(topic);
    return topic;
  }

  void publish(NodeId from, const Message& message, TopicId topic, Time when);
  // Of an application that is no node. Its way to the broker takes no time and no bytes.
  void publish_from_outside(const Send& send);
  // `epochs`: of the broker, and the process's in the upper half.
  void publish_arrives(NodeId origin, MessageId id, std::uint32_t epochs, TopicId topic);
  void publish_done(NodeId origin, MessageId id, std::uint32_t epoch, TopicId topic);
  // `link`: its epoch, and the origin in the upper half.
  void message_arrives(NodeId node, MessageId id, std::uint32_t link, TopicId topic);
  void message_done(NodeId node, MessageId id, std::uint32_t link, TopicId topic);

  void open(NodeId node);  // a process wants its links
  void booted() { booting_ = false; }
  void ask(NodeId node, Topic topic, bool yes, Time when);  // to subscribe, or to end it
  void topic_event(const Event& event);
  void fetch(NodeId from, const Fetch& question, Time when);
  void fetch_event(const Event& event);
  void tell_state(NodeId node);  // to the backplane, when it is news
  void reconnect(NodeId node);   // after a cut: wait, connect, subscribe
  void link_up(NodeId node, std::uint32_t attempt);
  void cut_off(NodeId node);  // a partition begins
  void healed(NodeId node);   // the way is open again
  void keep_alive_fails(NodeId node);
  void node_died(NodeId node);
  void down(TriggerId trigger);
  void up();
  void publish_in_flight(MessageId id, TopicId topic);
  void message_in_flight(MessageId id, TopicId topic);
  void finish();  // what a node still holds for the broker was never published

 private:
  struct Held {
    MessageId message;
    TopicId topic;
  };
  struct Subscriber {
    bool opened = false;                        // there is a process
    bool fresh = false;                         // its first attempt to connect is under way
    bool connected = false, listening = false;  // to publish; to read; as the node believes
    bool subscribed = false;                    // as the broker knows: it speaks to the node
    bool told = false;                          // the backplane thinks that the link is up
    bool goodbye = false;    // the broker has ended what the node reads, and the news is under way
    std::uint32_t made = 0;  // the broker's epoch in which the node connected to publish
    std::uint32_t generation = 0;  // of what the broker knows of it: commands of an older one fail
    std::uint32_t epoch = 0;       // of the connection; an older one was killed or its node died
    std::uint32_t attempt = 0;     // to connect again; only the latest counts
    std::vector<Death> deaths;     // of older epochs, and so of the copies that were under way
    TriggerId trigger = kStructural;  // of the last cut or outage
    std::vector<Time> last_publish, last_arrival;  // by path; on each, nothing overtakes
    Duration way{0};   // of the last publish
    Flight says, hears, replies;
    bool unacknowledged = false;  // a segment that a node that stands still got
    AckingEnd speaks;  // the node's end of the connection that it publishes on
    Bytes unread = 0;  // sent by the broker, not yet handled by the node
    Time over_soft_since = kNever;
    std::deque<Held> held;  // publisher buffer while disconnected
    Bytes held_bytes = 0;
    std::set<TopicId> wanted;    // by the node: its last word on them was Subscribe
    std::set<TopicId> entered;   // as the broker knows
    std::uint32_t restored = 0;  // asked for again after a cut, and not answered
    Time last_command{kBeforeAll};
  };

  struct Question {
    Fetch fetch;
    TopicId topic;
    std::uint32_t process, made;  // the epochs of who asks, and of whom he has connected to
  };

  // Of the last before it that went the same way.
  static Time& on_its_way(std::vector<Time>& last, const Message& message) {
    return last[message.sequence % last.size()];
  }
  void refuse(NodeId to, std::uint32_t epoch, std::uint32_t request, Time when);
  void answer(NodeId to, std::uint32_t epoch, Fetched answer, Time when);
  void question_arrives(NodeId node, std::uint32_t slot);
  void look_up(NodeId node, std::uint32_t slot);
  void answer_arrives(NodeId node, std::uint32_t slot, std::uint32_t process);
  void let_go(const Fetched& answer, Time now);
  WireCost question_cost(const Fetch& question, TopicId topic) const;
  static WireCost answer_cost(const Fetched& answer);
  Duration work_of(TopicId topic) const;
  void cut(NodeId node, const Death& death);
  std::optional<Cut> cut_from(NodeId node) const;
  Time lost_in(const Cut& cut) const;
  void spoke_to_nobody(NodeId node, std::uint32_t epoch);
  void hold_or_fail(NodeId from, const Message& message, TopicId topic);
  bool over_limit(Subscriber& link, Bytes more);
  void note_the_deaf(const Message& message, TopicId topic);
  void deliver(NodeId node, MessageId id, NodeId origin, TopicId topic);
  void enter(NodeId node, TopicId topic);
  bool comes_back(const Subscriber& link, Gone which) const;
  void forget(NodeId node);
  void restore(NodeId node);
  void reached_by(NodeId node, TopicId topic);
  void send_command(NodeId node, TopicId topic, bool yes, Time when);
  void command_arrives(NodeId node, TopicId topic, bool yes, bool valid);
  void take_up(NodeId node, TopicId topic, bool yes);
  void answered(NodeId node, TopicId topic, bool yes, bool valid);
  void update_reach(NodeId node);
  void count_reply(NodeId to, Bytes copies);
  void count_connecting(NodeId node, bool hears, bool speaks);
  WireCost publish_cost(const Message& message, TopicId topic) const;
  WireCost message_cost(const Message& message, TopicId topic) const;

  World& world_;
  Topics topics_;
  BrokerLogs logs_;
  Slots<Question> questions_;
  Slots<Fetched> answers_;
  std::set<std::uint32_t> unread_answers_;  // of a process that is no more, too
  std::vector<Subscriber> links_;
  std::vector<NodeId> hearers_;  // scratch
  Sampler reconnect_;
  bool up_ = true, booting_ = true;
  std::uint32_t epoch_ = 0;
  TriggerId trigger_ = kStructural;  // of the last outage
  Time down_since_ = kNever;
  Time busy_until_{kBeforeAll};
};

}  // namespace squall
