// What a node's event loop pays for each kind of work: one visible table (cost_profile.cpp).
// A profile is chosen by name in the scenario, cluster.nodes.cost_profile; cluster.nodes.costs
// changes single figures of it.
#pragma once

#include <span>
#include <string_view>

#include "scenarios/model/scenario.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct CostProfile {
  std::string_view name;
  std::string_view source;  // where the figures come from, or `uncalibrated`
  int handshake_legs;       // one-way trips until the upgrade request is at the node
  Duration handshake;       // accept, TLS, upgrade, authentication
  Duration subscribe;       // register the session and its rooms
  Duration frame_read;      // one message from a client
  Duration push;            // one frame to one client
  Duration heartbeat;       // ping in, pong out
  Duration close;
  Duration publish, broker_receive;
  Duration peer_send, peer_receive;
  Duration registry_call;
  Duration per_kib;  // on top, for each KiB of payload touched

  // Two round trips more than TCP and the upgrade need are those of TLS.
  constexpr bool encrypted() const { return handshake_legs > 3; }
};

// The broker's and the registry's own CPU, one server each.
struct ServiceCosts {
  Duration publish, per_subscriber;  // broker: c_pub + subscribers * c_sub
  Duration registry_call, registry_key;
};

std::span<const CostProfile> cost_profiles();
const CostProfile* cost_profile_named(std::string_view name);  // nullptr when unknown
// The profile of the nodes, with what the scenario changes of it.
CostProfile costs_of(const NodeConfig& nodes);
const ServiceCosts& service_costs();

// Linux tcp_wmem default: what the kernel holds of a connection behind its user-space queue.
inline constexpr Bytes kSendBuffer = 16384;

}  // namespace squall
