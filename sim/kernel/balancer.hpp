// The load balancer: one view of the cluster, a placement policy, and nginx's way of noticing
// that a backend is gone: by failing to connect to it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/kernel/world.hpp"
#include "strategies/core/placement.hpp"

namespace squall {

class Balancer {
 public:
  explicit Balancer(World& world);

  // The first packet of an attempt is here: find it a node, or refuse it.
  void attempt(ConnectionId id);
  // A connection or attempt that was counted has ended.
  void released(ConnectionId id);
  // The node enters or leaves the rotation; the balancer hears of it after the propagation time.
  void tell(NodeId node, bool in_rotation);
  void told(NodeId node, bool in_rotation) { views_[index(node)].in_rotation = in_rotation; }

 private:
  std::optional<NodeId> choose(ConnectionId id, const std::vector<NodeId>& avoid, Time when);
  std::string key(EndpointId endpoint) const;
  void forward(ConnectionId id, NodeId node, Time when);
  void refuse(ConnectionId id, Time when);

  World& world_;
  FailureRule rule_;
  Sampler propagation_;
  bool keyed_;
  std::unique_ptr<Placement> policy_;
  std::vector<BackendView> views_;
};

}  // namespace squall
