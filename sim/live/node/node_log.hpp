// What a node asks the broker's log: questions that are open, and what is made of the answers.
//
// A question that cannot be put, or whose connection ends, is answered `unavailable`: from the
// loop, never from inside the question. The link it is put on: node_broker.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"

namespace squall::live {

// What the broker passes on, from its log or at once.
struct FromBroker {
  NodeId from;
  Message message;
  std::optional<LogPlace> place;
};
// Nothing where it is not of this run: a stranger's.
std::optional<FromBroker> from_broker(Cluster& cluster, std::span<const std::byte> payload);

class NodeLog {
 public:
  NodeLog(NodeProcess& process, NodeBackplane& backplane)
      : process_(process), backplane_(backplane) {}

  void asked(std::uint32_t request) { open_.insert(request); }
  void answered(const LogAnswer& answer);
  void nobody_answers();  // any of the questions that are open
  void end() { open_.clear(); }

 private:
  NodeProcess& process_;
  NodeBackplane& backplane_;
  std::set<std::uint32_t> open_;
};

}  // namespace squall::live
