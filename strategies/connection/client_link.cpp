// The rules of a client link. See client_link.hpp for the picture.
// One timer is alive at a time; raising the generation voids the one before.
#include "strategies/connection/client_link.hpp"

namespace squall {
void ClientLink::start(Time now, const LinkOptions& options, LinkActions& actions) {
  attempt = 0;
  connect(now, options, actions);
}

void ClientLink::stop(LinkActions& actions) {
  if (phase == LinkPhase::connecting) actions.add({LinkAction::Kind::abandon});
  if (phase == LinkPhase::ready) actions.add({LinkAction::Kind::close});
  phase = LinkPhase::idle;
  ++generation;
}

void ClientLink::opened(Time now, const LinkOptions& options, LinkActions& actions) {
  phase = LinkPhase::ready;
  attempt = 0;
  waiting_pong = false;
  last_heard = now;
  arm(now + options.heartbeat_every, actions);
}

void ClientLink::lost(Time now, const LinkOptions& options, const Rng& rng, LinkActions& actions) {
  delay = backoff_delay(options.backoff, attempt, delay, rng.at(draws++));
  ++attempt;
  phase = LinkPhase::backoff;
  arm(now + delay, actions);
}

void ClientLink::timer(Time now, std::uint32_t fired, const LinkOptions& options, const Rng& rng,
                       LinkActions& actions) {
  if (fired != generation) return;
  switch (phase) {
    case LinkPhase::idle: return;
    case LinkPhase::backoff: connect(now, options, actions); return;
    case LinkPhase::connecting:
      actions.add({LinkAction::Kind::abandon});
      lost(now, options, rng, actions);
      return;
    case LinkPhase::ready: break;
  }
  if (!waiting_pong) {
    waiting_pong = true;
    ping_sent = now;
    actions.add({LinkAction::Kind::send_ping});
    arm(now + options.heartbeat_timeout, actions);
  } else if (last_heard >= ping_sent) {
    waiting_pong = false;
    arm(ping_sent + options.heartbeat_every, actions);
  } else {
    actions.add({LinkAction::Kind::close});
    lost(now, options, rng, actions);
  }
}

Time ClientLink::unheard(const LinkOptions& options) {
  waiting_pong = true;
  last_heard = ping_sent - Duration{1};
  ++generation;
  return ping_sent + options.heartbeat_timeout;
}

void ClientLink::connect(Time now, const LinkOptions& options, LinkActions& actions) {
  phase = LinkPhase::connecting;
  actions.add({LinkAction::Kind::connect});
  arm(now + options.connect_timeout, actions);
}

void ClientLink::arm(Time at, LinkActions& actions) {
  actions.add({LinkAction::Kind::start_timer, at, ++generation});
}

}  // namespace squall
