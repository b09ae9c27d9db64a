// What a balancer believes of its backends, and which of them an attempt goes to.
//
// One rule for both engines: who is pinned goes where the script says; whoever has a cookie, where
// he was last; everybody else where the policy says, by its key and a draw of its own stream. How a
// connection is then made, and when news arrives, is the engine's. One thread at a time.
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
  // `spec` is one with_placement(); `replica`: of several balancers with a view of their own.
  Rotation(const Plan& plan, const StrategySpec& spec, std::uint16_t replica = 0);

  // Another policy from now on. What is known of the nodes stays.
  void obey(std::string_view policy);

  // `avoid`: tried already in this attempt, or used by a sister connection.
  std::optional<NodeId> choose(EndpointId endpoint, std::span<const NodeId> avoid, Time now);
  // Another replica has given this client a cookie.
  void remember(EndpointId endpoint, NodeId node) {
    if (!cookies_.empty()) cookies_[index(endpoint)] = node;
  }
  // The first of a client's requests has gone to `first`: how many of the others, beginning with
  // the second, go there, too. All of them, or the rest comes to nothing.
  std::uint16_t followed(EndpointId endpoint, NodeId first, Time now);
  void failed(NodeId node, Time now) { report_failure(views_[index(node)], now); }
  void succeeded(NodeId node) { report_success(views_[index(node)]); }
  void connected(NodeId node) { ++views_[index(node)].connections; }
  void released(NodeId node) { --views_[index(node)].connections; }

  // The node entered the rotation or left it. True: a reload, which forgot who is connected.
  bool told(NodeId node, bool in_rotation);
  void reload();  // it forgets who is connected, and who has failed
  // A check found this node alive, or not: so often in turn that it counts now?
  bool checked(NodeId node, bool alive);
  bool has(NodeId node) const { return views_[index(node)].in_rotation; }
  std::uint16_t nodes() const { return static_cast<std::uint16_t>(views_.size()); }
  std::uint64_t connections(NodeId node) const { return views_[index(node)].connections; }
  // How long the next news of this node takes to arrive.
  Duration propagation_delay(NodeId node);

 private:
  struct Health {  // of a node, as the checks have it
    bool told = true, well = true;
    std::uint32_t in_turn = 0;  // checks that say otherwise
  };
  void settle(NodeId node);
  bool keeps(NodeId node, std::span<const NodeId> avoid, Time now) const;

  const Plan& plan_;
  const std::uint16_t replica_;
  Sampler propagation_;
  const PlacementRow* row_;
  std::unique_ptr<Placement> policy_;
  std::vector<BackendView> views_;
  std::vector<Health> health_;
  std::vector<NodeId> cookies_;                           // by endpoint; empty: there are none
  std::vector<std::uint32_t> placements_, propagations_;  // draws so far, by endpoint, by node
};

}  // namespace squall
