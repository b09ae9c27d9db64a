// The rules of a client link. See client_link.hpp for the picture.
// One timer is alive at a time; raising the generation voids the one before.
#include "strategies/connection/client_link.hpp"

namespace squall {

void ClientLink::start(Time now, const LinkOptions& options, LinkActions& actions) {
  attempt = 0;
  wait = Duration{0};
  connect(now, options, actions);
}

void ClientLink::stop(LinkActions& actions) {
  if (phase == LinkPhase::connecting) actions.add({LinkAction::Kind::abandon});
  if (phase == LinkPhase::ready) actions.add({LinkAction::Kind::close});
  retire();
}

void ClientLink::retire() {
  phase = LinkPhase::idle;
  pong = Pong::none;
  leaving = Leaving::no;
  ++generation;
}

void ClientLink::opened(Time now, const LinkOptions& options, LinkActions& actions) {
  phase = LinkPhase::ready;
  attempt = 0;
  pong = Pong::none;
  wait = Duration{0};
  arm(now + options.heartbeat_every, actions);
}

void ClientLink::lost(Time now, const LinkOptions& options, const Rng& rng, LinkActions& actions) {
  const std::uint32_t enough = options.backoff.give_up_after;
  if (enough > 0 && attempt >= enough) {
    phase = LinkPhase::backoff;  // for good: no timer will fire, until the user comes again
    pong = Pong::none;
    ++generation;
    return;
  }
  const Duration previous = phase == LinkPhase::ready ? Duration{0} : wait;
  wait = backoff_delay(options.backoff, attempt, previous, rng.at(draws++));
  ++attempt;
  phase = LinkPhase::backoff;
  pong = Pong::none;
  arm(now + wait, actions);
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
  switch (pong) {
    case Pong::none:
      pong = Pong::awaited;
      wait = now;
      actions.add({LinkAction::Kind::send_ping});
      arm(now + options.heartbeat_timeout, actions);
      return;
    case Pong::heard:
      pong = Pong::none;
      arm(wait + options.heartbeat_every, actions);
      return;
    case Pong::awaited:
      actions.add({LinkAction::Kind::close});
      lost(now, options, rng, actions);
      return;
  }
}

Time ClientLink::unheard(const LinkOptions& options) {
  pong = Pong::awaited;
  ++generation;
  return wait + options.heartbeat_timeout;
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
