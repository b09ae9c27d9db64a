// What a balancer believes of its backends, and which of them an attempt goes to.
//
// One rule for both engines: who is pinned goes where the script says; everybody else where the
// policy says, by its key and a draw of its own stream. How a connection is then made, and when
// news arrives, is the engine's. One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "strategies/core/placement.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

class Rotation {
 public:
  // `spec` is one with_placement().
  Rotation(const Plan& plan, const StrategySpec& spec);

  // Another policy from now on. What is known of the nodes stays.
  void obey(std::string_view policy);

  // `avoid`: tried already in this attempt, or used by a sister connection.
  std::optional<NodeId> choose(EndpointId endpoint, std::span<const NodeId> avoid, Time now);
  void failed(NodeId node, Time now) { report_failure(views_[index(node)], now); }
  void succeeded(NodeId node) { report_success(views_[index(node)]); }
  void connected(NodeId node) { ++views_[index(node)].connections; }
  void released(NodeId node) { --views_[index(node)].connections; }

  // The node entered the rotation or left it. True: a reload, which forgot who is connected.
  bool told(NodeId node, bool in_rotation);
  bool has(NodeId node) const { return views_[index(node)].in_rotation; }
  std::uint16_t nodes() const { return static_cast<std::uint16_t>(views_.size()); }
  std::uint64_t connections(NodeId node) const { return views_[index(node)].connections; }
  // How long the next news of this node takes to arrive.
  Duration propagation_delay(NodeId node);

 private:
  const Plan& plan_;
  Sampler propagation_;
  const PlacementRow* row_;
  std::unique_ptr<Placement> policy_;
  std::vector<BackendView> views_;
  std::vector<std::uint32_t> placements_, propagations_;  // draws so far, by endpoint, by node
};

}  // namespace squall
