// The registry: Redis-like key-value with leases. One server, first come first served.
//
// Textbook form: a write is a plain SET with a time to live, a delete is unconditional; whoever
// comes last wins. While it is down, questions are answered "unavailable" and writes are lost.
#pragma once

#include <vector>

#include "sim/kernel/world.hpp"

namespace squall {

class Registry {
 public:
  explicit Registry(World& world);

  void call(NodeId from, const RegistryCall& call);
  void arrives(NodeId from, const RegistryCall& call);
  void replies(NodeId node, std::uint32_t slot, std::uint32_t epoch);

  void down(TriggerId trigger);
  void up() { up_ = true; }
  TriggerId blame() const { return trigger_; }

  // By oracle: the entry of this endpoint exists and names this node.
  bool routes_to(EndpointId endpoint, NodeId node) const;
  void check(std::vector<Violation>& violations) const;

 private:
  struct Entry {
    NodeId node = kNoNode;  // kNoNode: no entry
    Time expires{0};
  };

  bool live(const Entry& entry) const {
    return entry.node != kNoNode && world_.now < entry.expires;
  }
  void set(NodeId from, EndpointId endpoint);
  void remove(EndpointId endpoint);
  RegistryReply look_up(const RegistryCall& call, std::size_t& keys) const;
  void answer(NodeId to, RegistryReply reply, Time leaves);
  void count(Link link, const WireCost& cost, NodeId node);

  World& world_;
  std::vector<Entry> entries_;  // by endpoint
  std::vector<RegistryReply> replies_;
  std::vector<std::uint32_t> free_;
  bool up_ = true;
  TriggerId trigger_ = kStructural;
  Time busy_until_{kBeforeAll};
  std::vector<Time> last_arrival_;  // by node
  std::uint64_t sets_ = 0, deletes_ = 0, expiries_ = 0;
};

}  // namespace squall
