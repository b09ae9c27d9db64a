// Single costs of a node's work, by the names of the profile's columns (cost_profile.hpp).
// What is not given here is the profile's; so nothing is written back for it.
#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

using Change = std::optional<Duration>;

Field<CostChanges> cost(std::string key, Change CostChanges::*member, std::string doc) {
  // More than a minute is no piece of work; times a message and `slow`, it would pass all clocks.
  const Codec<Duration> plain = duration_between(0s, 60s);
  const Codec<Change> codec{
      [plain](Reading& reading, const Json& json, Change& value) {
        Duration given{0};
        if (!plain.read(reading, json, given)) return false;
        value = given;
        return true;
      },
      [plain](const Change& value) { return plain.write(value.value_or(Duration{0})); },
      plain.schema};
  return optional_field(std::move(key), member, codec, std::move(doc));
}

}  // namespace

const Table<CostChanges>& costs_table() {
  using C = CostChanges;
  static const Table<C> table{
      "cluster.nodes.costs",
      {
          cost("handshake", &C::handshake, "Accept, TLS, upgrade, authentication."),
          cost("subscribe", &C::subscribe, "Register the session and its rooms."),
          cost("frame_read", &C::frame_read, "One message from a client."),
          cost("push", &C::push, "One frame to one client."),
          cost("heartbeat", &C::heartbeat, "A ping in, its pong out."),
          cost("close", &C::close, "The end of a session."),
          cost("publish", &C::publish, "One message to the broker."),
          cost("broker_receive", &C::broker_receive, "One message from the broker."),
          cost("peer_send", &C::peer_send, "One message to another node."),
          cost("peer_receive", &C::peer_receive, "One message from another node."),
          cost("registry_call", &C::registry_call, "A question to the registry."),
          cost("per_kib", &C::per_kib, "On top, for each KiB of payload touched."),
      }};
  return table;
}

}  // namespace squall::language
