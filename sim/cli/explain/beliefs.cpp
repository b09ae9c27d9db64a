// The table. A new mechanism without a row does not compile.
// What rules and mechanisms are is decided elsewhere: attribution.hpp, causes.cpp.
#include "sim/cli/explain/beliefs.hpp"

#include <array>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

using enum Mechanism;

constexpr std::array<Belief, kMechanisms> kRows{{
    {sender_offline_refused, "at the sender's client", "the client had no connection to write to",
     "the sender was cut off, and its queue did not keep the message",
     "a queue for offline sends that is long enough"},
    {uplink_in_flight_at_disconnect, "between the sender and its node",
     "the client had written it and counted it as sent",
     "the connection ended before the frame reached the node",
     "sending again what was not acknowledged"},
    {ingress_lost_at_crash, "inside a node", "the node had the message and would go on with it",
     "its process died with the message in its memory",
     "an acknowledgement only when the message is safe elsewhere, and a resend"},
    {overload_shed, "at a node's work queue", "the node had no room for one more item",
     "the loop was behind: more work came than it could do",
     "more loops or nodes, or a longer work queue"},
    {wrong_node, "at the first node", "the node knows its own sessions only",
     "the recipient sat on another node, and there is no backplane", "a backplane"},
    {split_room, "at the first node", "everybody with this key is here",
     "the recipient sat elsewhere: the key had more than one home then",
     "moving people home again, or a backplane"},
    {keys_apart, "at the first node", "everybody with this key is here",
     "the recipient's own key belongs to another node", "a backplane, or one key for both"},
    {route_missing, "at the routing table", "there is no route to the recipient",
     "it was connected; its route was not written yet, or not any more",
     "a welcome that waits for the route, deletes that look first, a longer lease"},
    {route_stale, "at the routing table", "the recipient is on the node that the route names",
     "it had moved: its session was on another node",
     "epochs in the routes, and a second lookup when a node answers that nobody is there"},
    {registry_unavailable, "at the registry", "the registry will answer",
     "it was away, and the table had no route of its own", "routes that are kept while it is away"},
    {publish_failed, "between a node and the broker", "the broker is away: publishing fails",
     "the node could not reach it, and keeps nothing for later",
     "a publisher's buffer that is long enough"},
    {publisher_buffer_overflow, "at the publisher's buffer",
     "the broker is away: the message has to wait", "the buffer was full already",
     "a larger publisher's buffer"},
    {broker_lost, "inside the broker", "the broker has it and will pass it on",
     "the broker went down with the message inside", "a broker that keeps what it has taken"},
    {not_subscribed, "at the broker", "who is subscribed gets a copy, and nobody else",
     "the recipient's node was not subscribed at that moment",
     "a welcome that waits for the subscription, a second connection, a log to read from"},
    {subscriber_buffer_killed, "between the broker and a node",
     "the node reads too slowly: its link is cut", "the message waited in the buffer of that link",
     "a larger output buffer, or a node that keeps up"},
    {consumer_misassigned, "at the broker", "one of a consumer group gets each message",
     "it was given to another node of the group than the recipient's",
     "a group, or a queue, of its own for each node"},
    {peer_link_lost, "between two nodes", "the link carries it, or is known to be down",
     "the link broke with the message on it, or was down",
     "a second attempt when the link is back"},
    {peer_queue_overflow, "between two nodes", "the link is slow: the message has to wait",
     "the queue of the link was full already", "a longer queue of the link"},
    {egress_queue_dropped, "at the recipient's session", "the client reads too slowly",
     "its egress queue was full: the newest message is dropped, or the oldest that waits",
     "a longer egress queue, or fewer messages to that client"},
    {egress_coalesced, "at the recipient's session", "the client reads too slowly",
     "it still waited when a newer one of its room came, which took its place",
     "nothing, where only the newest counts; else another policy for a full queue"},
    {purged_by_slow_consumer_kick, "at the recipient's session",
     "the client reads too slowly: it is cut off",
     "the message waited in the egress queue that went with it", "a resume after the kick"},
    {egress_lost_at_crash, "at the recipient's session", "the node would write it in its turn",
     "its process died with the message in the egress queue", "a resume from a log elsewhere"},
    {pushed_to_ghost, "at the recipient's session", "the session is alive",
     "its connection was dead already, and nobody had told the node",
     "shorter heartbeats, acknowledgements by the client, a second connection"},
    {downlink_in_flight_at_disconnect, "between the node and the recipient",
     "the frame was written: the node is done with it",
     "the connection ended before the frame was read", "acknowledgements by the client, a resume"},
    {reconnect_gap, "nowhere: there was no session", "whoever has no session is sent nothing",
     "the recipient was between two connections, and meant to be online",
     "a quicker way back, a resume, a second connection"},
    {resume_window_exceeded, "nowhere: there was no session, and the history was too short",
     "a client that comes back asks for what it has missed",
     "the node's history does not reach back to what the client had seen",
     "a longer window, or a history that outlives its broker link"},
    {retention_expired, "nowhere: the recipient's node did not hear the broker",
     "a node that hears the broker again reads on from where it was",
     "the broker's log had let go of it by then, or was lost with the broker",
     "a longer or larger log, a broker that persists it, a quicker way back to it"},
    {foreign_system, "inside the servers of others", "unknown: they are not squall's",
     "the message went in, the recipient was connected, and nothing came out",
     "what that system has against it: a backplane, a resume, a log"},
    {unattributed, "unknown", "unknown", "squall has forgotten a copy: a bug in squall",
     "a bug report"},
}};

constexpr bool rows_follow_the_enum() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].mechanism) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enum(), "belief(mechanism) indexes the table by the enum value");

}  // namespace

const Belief& belief(Mechanism mechanism) {
  const auto position = static_cast<std::size_t>(mechanism);
  SQUALL_CHECK(position < kRows.size());
  return kRows[position];
}

std::string_view sentence(Rule rule) {
  switch (rule) {
    case Rule::none: break;
    case Rule::copy_died: return "a copy on its way to the recipient died: the last one to die";
    case Rule::no_copy:
      return "the recipient had a session all the while, and no copy was sent there";
    case Rule::not_there:
      return "the recipient was between connections: no copy that died could reach it";
    case Rule::unexplained: return "no rule explains it: a bug in squall";
  }
  return "no rule was needed";
}

}  // namespace squall
