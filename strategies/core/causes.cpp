// The table of loss mechanisms and the words for why a connection ended.
//
// To add a mechanism: one enum value in causes.hpp and one row here, in path order.
#include "strategies/core/causes.hpp"

#include <array>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

using enum Mechanism;

constexpr std::array<MechanismRow, kMechanisms> kRows{{
    {sender_offline_refused, "uplink", "sender_offline_refused", false,
     "The sender was offline, and its client refused to keep the message."},
    {uplink_in_flight_at_disconnect, "uplink", "uplink_in_flight_at_disconnect", false,
     "The message was between the sender and its node when the connection ended."},
    {ingress_lost_at_crash, "node", "ingress_lost_at_crash", false,
     "The node died with the message in its work queue or in the hands of its strategy."},
    {overload_shed, "node", "overload_shed", false,
     "The node's work queue was full, so it refused the message."},
    {wrong_node, "node", "wrong_node", true,
     "The recipient was connected to another node, and there is no backplane to reach it."},
    {split_room, "node", "split_room", true,
     "The room's members sat on several nodes although its key should have one home."},
    {keys_apart, "node", "keys_apart", true,
     "Sender and recipient belong to different nodes by their keys, and there is no backplane."},
    {route_missing, "node", "route_missing", true,
     "The registry held no route to a recipient that was connected."},
    {route_stale, "node", "route_stale", true,
     "The route led to a node that the recipient had left."},
    {registry_unavailable, "node", "registry_unavailable", false,
     "The registry could not be asked, so no route was found."},
    {publish_failed, "path", "publish_failed", false,
     "The broker could not be reached to publish the message."},
    {publisher_buffer_overflow, "path", "publisher_buffer_overflow", false,
     "The node's buffer for an absent broker was full."},
    {broker_lost, "path", "broker_lost", false, "The broker went down with the message inside."},
    {not_subscribed, "path", "not_subscribed", true,
     "The recipient's node was not subscribed at the broker when the message passed."},
    {subscriber_buffer_killed, "path", "subscriber_buffer_killed", false,
     "The broker cut a node that read too slowly and discarded what it had buffered for it."},
    {consumer_misassigned, "path", "consumer_misassigned", true,
     "The nodes share one consumer group, and the broker gave the message to another one than the "
     "recipient's."},
    {peer_link_lost, "path", "peer_link_lost", false,
     "The link between two nodes broke with the message on it, or was known to be down."},
    {peer_queue_overflow, "path", "peer_queue_overflow", false,
     "The queue of the link between two nodes was full."},
    {egress_queue_dropped, "egress", "egress_queue_dropped", false,
     "The recipient's egress queue was full, so the message was dropped: the newest, or the oldest "
     "that waited."},
    {egress_coalesced, "egress", "egress_coalesced", false,
     "The message waited in the recipient's egress queue when a newer one of its room came, and "
     "took its place."},
    {purged_by_slow_consumer_kick, "egress", "purged_by_slow_consumer_kick", false,
     "The recipient read too slowly and was cut, with the message in its egress queue."},
    {egress_lost_at_crash, "egress", "egress_lost_at_crash", false,
     "The node died with the message in the recipient's egress queue."},
    {pushed_to_ghost, "egress", "pushed_to_ghost", false,
     "The node pushed to a session whose connection was already dead."},
    {downlink_in_flight_at_disconnect, "egress", "downlink_in_flight_at_disconnect", false,
     "The message was between the node and the recipient when the connection ended."},
    {reconnect_gap, "recipient", "reconnect_gap", false,
     "The recipient was between two connections when the message passed."},
    {resume_window_exceeded, "recipient", "resume_window_exceeded", false,
     "The recipient missed the message with a connection that ended, and came back to a node whose "
     "history does not reach so far."},
    {retention_expired, "recipient", "retention_expired", false,
     "The recipient's node did not hear the broker when the message passed, and the broker's log "
     "had let it go before the node asked."},
    {foreign_system, "foreign", "foreign_system", false,
     "Sender and recipient were connected, and the servers of others lost it on their way."},
    {unattributed, "squall", "unattributed", false,
     "No cause was found: a bug in squall, and the run fails."},
}};

constexpr bool rows_follow_the_enum() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].mechanism) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enum(), "row(mechanism) indexes the table by the enum value");

constexpr std::array<std::string_view, kCloseReasons> kCloseReasonNames{
    "none",      "logout",  "network", "silent", "crash", "host_loss", "drain", "kick",
    "heartbeat", "refused", "timeout", "idle",   "aged",  "no_broker", "reload"};

}  // namespace

std::span<const MechanismRow> mechanisms() { return kRows; }

const MechanismRow& row(Mechanism mechanism) {
  const auto position = static_cast<std::size_t>(mechanism);
  SQUALL_CHECK(position < kRows.size());
  return kRows[position];
}

std::optional<Mechanism> mechanism_named(std::string_view name) {
  for (const MechanismRow& candidate : kRows) {
    if (candidate.name == name) return candidate.mechanism;
  }
  return std::nullopt;
}

std::string_view name(CloseReason reason) {
  const auto position = static_cast<std::size_t>(reason);
  SQUALL_CHECK(position < kCloseReasonNames.size());
  return kCloseReasonNames[position];
}

}  // namespace squall
