// The load balancer of a live run: its rule (sim/books/rotation.hpp), under a lock.
//
// It chooses; the client connects. Thread-safe, because clients of all loops ask it. With nginx in
// front of the nodes it is not asked.
#pragma once

#include <mutex>
#include <optional>
#include <set>

#include "sim/books/rotation.hpp"

namespace squall::live {

class Balancer {
 public:
  Balancer(const Plan& plan, const StrategySpec& spec) : rotation_(plan, spec) {}

  std::optional<NodeId> choose(EndpointId endpoint, std::span<const NodeId> avoid, Time now);
  void failed(NodeId node, Time now);
  void succeeded(NodeId node);
  // Of the attempt or connection of that number.
  void connected(NodeId node, ConnectionId connection);
  void released(NodeId node, ConnectionId connection);
  // Takes effect at once; whoever calls waits for propagation_delay() first.
  void told(NodeId node, bool in_rotation);
  void reload();  // new workers, who know of no connection
  bool in_rotation(NodeId node) const;
  Duration propagation_delay(NodeId node);
  std::vector<std::uint64_t> connections() const;  // by node

 private:
  mutable std::mutex mutex_;
  Rotation rotation_;
  std::set<ConnectionId> counted_;
};

}  // namespace squall::live
