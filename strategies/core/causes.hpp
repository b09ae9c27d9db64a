// The registry of loss mechanisms: where on the path a copy died, and what that means.
//
// One visible table (causes.cpp). Code, JSON, report and docs use `name`; never a synonym.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "strategies/core/types.hpp"

namespace squall {

enum class Mechanism : std::uint8_t {
  // uplink
  sender_offline_refused,
  uplink_in_flight_at_disconnect,
  // node
  ingress_lost_at_crash,
  overload_shed,
  wrong_node,
  split_room,
  keys_apart,
  route_missing,
  route_stale,
  registry_unavailable,
  // path
  publish_failed,
  publisher_buffer_overflow,
  broker_lost,
  not_subscribed,
  subscriber_buffer_killed,
  consumer_misassigned,
  peer_link_lost,
  peer_queue_overflow,
  // egress
  egress_queue_dropped,
  egress_coalesced,
  purged_by_slow_consumer_kick,
  egress_lost_at_crash,
  pushed_to_ghost,
  downlink_in_flight_at_disconnect,
  // recipient
  reconnect_gap,
  resume_window_exceeded,
  retention_expired,
  // somebody else's servers
  foreign_system,
  // a bug in squall: the run fails if it is ever non-zero
  unattributed,
};
inline constexpr std::size_t kMechanisms = static_cast<std::size_t>(Mechanism::unattributed) + 1;

struct MechanismRow {
  Mechanism mechanism;
  std::string_view family;  // uplink, node, path, egress, recipient, foreign, squall
  std::string_view name;
  // A lookup that came to nothing is only to blame when the recipient was reachable elsewhere;
  // if it was not, the pair belongs to its reconnect gap (semantics, attribution rules 2 and 3).
  bool coverage;
  std::string_view meaning;
};

std::span<const MechanismRow> mechanisms();  // in path order, index == enum value
const MechanismRow& row(Mechanism mechanism);
std::optional<Mechanism> mechanism_named(std::string_view name);

// Who is to blame; the rest are numbered by the scenario (scenarios/model/plan.hpp).
inline constexpr TriggerId kStructural{0};  // nobody: it would have come without any fault
inline constexpr TriggerId kOverload{1};

// Why a connection ended. Sub-reason of reconnect_gap and of the egress losses.
enum class CloseReason : std::uint8_t {
  none,       // still open, or never opened
  logout,     // the user chose to leave
  network,    // the path broke and both sides noticed
  silent,     // the path broke and the server was not told
  crash,      // the node's process died
  host_loss,  // the node's machine vanished without a word
  drain,      // the node said goodbye (close code 1012)
  kick,       // slow consumer, cut by the node
  heartbeat,  // one side heard nothing for too long
  refused,    // the connection attempt was refused
  timeout,    // the connection attempt took too long
  idle,       // the balancer cut a connection on which nobody said anything
  aged,       // the node closed a connection that was as old as it may become
  no_broker,  // the node closed its clients, as it did not hear the broker
  reload,     // the balancer cut what its old workers still had
};
inline constexpr std::size_t kCloseReasons = static_cast<std::size_t>(CloseReason::reload) + 1;
std::string_view name(CloseReason reason);

// What a welcome says to a client that may ask for what it has missed.
enum class Recovered : std::uint8_t { not_asked, yes, no };

}  // namespace squall
