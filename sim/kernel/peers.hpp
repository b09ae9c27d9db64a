// The links of the cluster: the one door through which all faults of paths act, and the
// persistent node-to-node links of routed forwarding.
#pragma once

#include <vector>

#include "sim/kernel/world.hpp"

namespace squall {

// One end of a cluster link.
struct Place {
  enum class Kind : std::uint8_t { node, broker, registry } kind = Kind::node;
  NodeId node = kNoNode;
};

// What the door says to a transfer: the first rule that does not pass wins.
struct DoorVerdict {
  enum class Kind : std::uint8_t { pass, delay, drop } kind = Kind::pass;
  Time at{0};  // delay: until then · drop: the link is given up then
  TriggerId trigger = kStructural;
};

class Peers {
 public:
  explicit Peers(World& world);

  // A partition stalls what crosses it; one that outlives the peer time-out kills the link.
  DoorVerdict door(const Place& a, const Place& b) const;
  // The partition that has cut this pair for longer than the time-out, if any.
  const Partition* severed(const Place& a, const Place& b) const;

  void send(NodeId from, NodeId to, const Message& message, Time when);
  void arrives(NodeId to, MessageId id, NodeId from);
  void in_flight(MessageId id);
  void done(NodeId to, MessageId id, std::uint32_t epoch, NodeId from);

  void died(NodeId node, bool silently);
  void started(NodeId node);
  void cut(std::uint32_t partition);
  void healed(std::uint32_t partition);
  // `node` learns that its link to `peer` is down or up.
  void learns(NodeId node, NodeId peer, bool up);

  // When `bytes` sent by the node at `when` have left its network card.
  Time depart(NodeId node, Bytes bytes, Time when);

 private:
  struct Wire {
    Time last_arrival{kBeforeAll};
    Bytes stalled = 0;  // behind a partition
    Time stalled_until{kBeforeAll};
  };
  Wire& wire(NodeId from, NodeId to) { return wires_[index(from) * nodes_ + index(to)]; }
  Duration until_silence_is_noticed(std::uint64_t salt) const;
  Duration patience(const Partition& partition) const;
  void lose(const Message& message, const Death& death);

  World& world_;
  std::size_t nodes_;
  std::vector<Wire> wires_;
  std::vector<Time> card_busy_;  // by node
};

}  // namespace squall
