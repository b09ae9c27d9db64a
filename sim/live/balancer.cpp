// Asks the rule, under a lock. See balancer.hpp.
// A connection is counted once, and given back once, whoever says so first.
#include "sim/live/balancer.hpp"

namespace squall::live {

std::optional<NodeId> Balancer::choose(EndpointId endpoint, std::span<const NodeId> avoid,
                                       Time now) {
  const std::lock_guard lock(mutex_);
  return rotation_.choose(endpoint, avoid, now);
}

void Balancer::failed(NodeId node, Time now) {
  const std::lock_guard lock(mutex_);
  rotation_.failed(node, now);
}

void Balancer::succeeded(NodeId node) {
  const std::lock_guard lock(mutex_);
  rotation_.succeeded(node);
}

void Balancer::connected(NodeId node, ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  if (counted_.insert(connection).second) rotation_.connected(node);
}

void Balancer::released(NodeId node, ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  if (counted_.erase(connection) > 0) rotation_.released(node);
}

void Balancer::told(NodeId node, bool in_rotation) {
  const std::lock_guard lock(mutex_);
  if (rotation_.told(node, in_rotation)) counted_.clear();
}

void Balancer::reload() {
  const std::lock_guard lock(mutex_);
  rotation_.reload();
  counted_.clear();
}

bool Balancer::in_rotation(NodeId node) const {
  const std::lock_guard lock(mutex_);
  return rotation_.has(node);
}

std::vector<std::uint64_t> Balancer::connections() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> counts;
  for (std::uint16_t n = 0; n < rotation_.nodes(); ++n) {
    counts.push_back(rotation_.connections(NodeId{n}));
  }
  return counts;
}

Duration Balancer::propagation_delay(NodeId node) {
  const std::lock_guard lock(mutex_);
  return rotation_.propagation_delay(node);
}

}  // namespace squall::live
