// The links between the nodes and the broker: how they come about, are cut, and come back.
//
// A node has two connections, as Redis requires: it speaks on one and hears on the other. What ends
// one behind a partition is not told to the other end: it learns of it when it writes, or by its
// keep-alive; who only hears and has none never does. What is said on them: broker.hpp.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "sim/books/paths.hpp"
#include "sim/kernel/broker_queues.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"
#include "sim/record/acknowledgements.hpp"

namespace squall {

struct Held {  // of a publisher's buffer
  MessageId message;
  TopicId topic;
};

// The two ends of one node's link, and what each of them believes.
struct Subscriber {
  bool opened = false;  // there is a process
  bool fresh = false;   // its first attempt to connect is under way
  bool connected = false,
       listening = false;           // to publish; to read; as the node believes
  bool subscribed = false;          // as the broker knows: it speaks to the node
  bool told = false;                // the backplane thinks that the link is up
  bool goodbye = false;             // the broker has ended what the node reads, and the
                                    // news is under way
  std::uint32_t made = 0;           // the broker's epoch in which the node connected to publish
  std::uint32_t epoch = 0;          // of the connection; an older one was killed or its node died
  std::uint32_t attempt = 0;        // to connect again; only the latest counts
  std::vector<Death> deaths;        // of older epochs, and so of the copies that were under way
  TriggerId trigger = kStructural;  // of the last cut or outage
  std::vector<Time> last_publish,
      last_arrival;  // by path; on each, nothing overtakes
  Duration way{0};   // of the last publish
  Flight says, hears, replies;
  Flight asks, answers;         // of its questions to the log
  bool passes_on = false;       // what came last came in a burst, and so does what follows from it
  bool unacknowledged = false;  // a segment that a node that stands still got
  AckingEnd speaks, listens;    // the node's ends of the two connections
  Bytes unread = 0;             // sent by the broker, not yet handled by the node
  Time over_soft_since = kNever;
  std::deque<Held> held;  // publisher buffer while disconnected
  Bytes held_bytes = 0;
  Time released = kNever;  // when what was held was published, all in one turn
};

class BrokerLinks {
 public:
  explicit BrokerLinks(World& world);

  Subscriber& of(NodeId node) { return links_[index(node)]; }
  const Subscriber& of(NodeId node) const { return links_[index(node)]; }
  BrokerQueues& queues() { return queues_; }
  std::uint16_t count() const { return static_cast<std::uint16_t>(links_.size()); }

  void open(NodeId node);  // a process wants its links
  void booted() { booting_ = false; }
  bool booting() const { return booting_; }
  void tell_state(NodeId node);  // to the backplane, when it is news
  void reconnect(NodeId node);   // after a cut: wait, connect, subscribe
  void link_up(NodeId node, std::uint32_t attempt);
  void publish_held(NodeId node);  // its publisher's buffer
  Bytes may_hold(NodeId node) const;  // in its publisher's buffer
  // Whether what the node publishes now goes out, or has room to wait for its link.
  bool takes(NodeId node, Bytes size) const;
  TriggerId blame_of_silence(NodeId node) const;
  void cut(NodeId node, const Death& death);
  void cut_off(NodeId node);  // a partition begins
  void healed(NodeId node);   // the way is open again
  void keep_alive_fails(NodeId node);
  void node_died(NodeId node);
  void broker_died(NodeId node, TriggerId trigger);
  void spoke_to_nobody(NodeId node, std::uint32_t epoch);
  std::optional<Cut> cut_from(NodeId node) const;
  // When what is written into this cut now is lost; kNever: it waits, and comes through.
  Time lost_in(const Cut& cut) const;
  Time unsent_in(const Cut& cut) const;
  void update_reach(NodeId node);
  void finish();  // what a node still holds for the broker was never published

 private:
  bool comes_back(const Subscriber& link, Gone which) const;
  void count_connecting(NodeId node, bool hears, bool speaks);

  World& world_;
  std::vector<Subscriber> links_;
  BrokerQueues queues_;
  Sampler reconnect_;
  bool booting_ = true;
};

}  // namespace squall
