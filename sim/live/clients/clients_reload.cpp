// A reload of the balancer: its old workers keep what they have, and are ended after a time. See
// clients.hpp.
// Our balancer steps aside once a connection is made; so the clients play what it would cut.
#include "sim/live/clients/clients.hpp"
#include "sim/live/clients/clients_link.hpp"

namespace squall::live {

// Of what they have, neither end is told why it is cut. Who is not in yet is served by new workers.
void Clients::reload(const Stimulus& stimulus) {
  const bool ends = stimulus.kind == Stimulus::Kind::old_workers_end;
  if (cluster_.scenario.script[stimulus.item].lasts == Duration{0}) return;  // they take their time
  std::set<ConnectionId>& old = old_[stimulus.item];
  for (const Person& one : people_) {
    for (const auto& link : one.links) {
      if (!ends) {
        if (link->node != kNoNode && balanced(*link)) old.insert(link->state.connection);
        continue;
      }
      if (!link->welcomed || !old.contains(link->state.connection)) continue;
      note(FactKind::cut, static_cast<std::uint32_t>(link->state.connection), 0, kNoNode,
           static_cast<std::uint8_t>(CloseReason::reload), stimulus.trigger);
      drop_channel(*link, CloseReason::network);
      lost(*link);
    }
  }
}

}  // namespace squall::live
