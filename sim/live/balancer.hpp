// The load balancer of a live run: a placement policy and what it believes of its backends.
//
// It chooses; the client connects. Thread-safe, because clients of all loops ask it. With nginx in
// front of the nodes it is not asked.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "strategies/core/placement.hpp"

namespace squall::live {

class Balancer {
 public:
  Balancer(const Plan& plan, const StrategySpec& spec);

  std::optional<NodeId> choose(EndpointId endpoint, std::span<const NodeId> avoid, Time now);
  void failed(NodeId node, Time now);
  void succeeded(NodeId node);
  // Of the attempt or connection of that number.
  void connected(NodeId node, ConnectionId connection);
  void released(NodeId node, ConnectionId connection);
  // Takes effect at once; whoever calls waits for propagation_delay() first.
  void told(NodeId node, bool in_rotation);
  bool in_rotation(NodeId node) const;
  Duration propagation_delay(NodeId node);

 private:
  std::uint64_t draw(Purpose purpose, std::uint32_t entity, std::vector<std::uint64_t>& draws);

  const Plan& plan_;
  FailureRule rule_;
  Sampler propagation_;
  bool keyed_;
  mutable std::mutex mutex_;
  std::unique_ptr<Placement> policy_;
  std::vector<BackendView> views_;
  std::set<ConnectionId> counted_;
  std::vector<std::uint64_t> placements_, propagations_;  // draws so far
};

}  // namespace squall::live
