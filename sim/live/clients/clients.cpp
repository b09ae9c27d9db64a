// Lives and connections of the clients. What they say and hear is in clients_messages.cpp.
// Facts are noted before the socket is touched: whoever sees the effect stamps it later.
#include "sim/live/clients/clients.hpp"

#include <algorithm>

#include "sim/books/setup.hpp"
#include "sim/live/clients/clients_link.hpp"

namespace squall::live {

Clients::Clients(Cluster& cluster, std::size_t loop)
    : cluster_(cluster),
      loop_(*cluster.loops[loop]),
      number_(loop),
      machine_(endpoint_options(cluster.scenario, cluster.spec, cluster.backplane),
               cluster.plan.seed()),
      farewells_(loop_) {
  const std::uint32_t all = cluster.plan.endpoints();
  const auto step = static_cast<std::uint32_t>(cluster.client_loops());
  const std::size_t none_before = cluster.first_client_loop();
  const std::uint32_t first =
      loop < none_before ? all : static_cast<std::uint32_t>(loop - none_before);
  for (std::uint32_t e = first; e < all; e += step) {
    Person& added = people_.emplace_back();
    const EndpointId endpoint{e};
    added.states.resize(machine_.options().slots());
    for (std::uint16_t slot = 0; slot < added.states.size(); ++slot) {
      added.links.push_back(std::make_unique<Link>(*this, endpoint, slot, added.states[slot]));
    }
    if (!cluster.plan.individual(endpoint)) continue;
    for (const Membership& m : cluster.plan.memberships(endpoint)) {
      if (cluster.plan.initially_joined(endpoint, m.room)) machine_.begins_in(endpoint, m.room);
    }
  }
  const auto& happenings = cluster.timeline.happenings;
  for (std::uint32_t i = 0; i < happenings.size(); ++i) {
    const Happening& what = happenings[i];
    if (what.kind == Happening::Kind::stimulus) continue;  // the director's
    const EndpointId who = what.kind == Happening::Kind::send
                               ? cluster.timeline.messages[what.who].message.sender
                               : EndpointId{what.who};
    if (mine(who)) due_.push_back(i);
  }
}

Clients::~Clients() = default;

bool Clients::mine(EndpointId endpoint) const { return cluster_.loop_number(endpoint) == number_; }

// ---- the timeline ------------------------------------------------------------------------------

void Clients::begin() { play_due(); }

void Clients::play_due() {
  const auto& happenings = cluster_.timeline.happenings;
  const Time now = loop_.now();
  while (next_ < due_.size() && happenings[due_[next_]].at <= now) {
    if (happenings[due_[next_]].at > cluster_.cut()) return;
    happen(happenings[due_[next_++]]);
  }
  if (next_ < due_.size()) loop_.at(happenings[due_[next_]].at, [this] { play_due(); });
}

void Clients::happen(const Happening& what) {
  const EndpointId endpoint{what.who};
  switch (what.kind) {
    case Happening::Kind::login: login(endpoint); break;
    case Happening::Kind::logout: logout(endpoint); break;
    case Happening::Kind::drop:
      cut_all(endpoint,
              cluster_.plan.drop_is_silent(endpoint, what.number) ? DisconnectHow::silent
                                                                  : DisconnectHow::abort,
              cluster_.plan.churn(endpoint));
      break;
    case Happening::Kind::send:
      lateness_.record(std::max<std::int64_t>(0, (loop_.now() - what.at).count()));
      send(what.who);
      break;
    case Happening::Kind::stimulus: break;
  }
}

void Clients::login(EndpointId endpoint) {
  play(endpoint, machine_.login(at(endpoint), loop_.now()));
}

void Clients::logout(EndpointId endpoint) { play(endpoint, machine_.logout(at(endpoint))); }

void Clients::cut_all(EndpointId endpoint, DisconnectHow how, TriggerId trigger) {
  const auto why = how == DisconnectHow::silent ? CloseReason::silent : CloseReason::network;
  play(endpoint, machine_.cut(at(endpoint), loop_.now(), why), {how, trigger});
}

void Clients::disconnect(const Stimulus& stimulus) {
  const DisconnectHow how = cluster_.scenario.script[stimulus.item].how;
  for (const EndpointId endpoint : hit_by(cluster_.plan, stimulus.item)) {
    if (mine(endpoint)) cut_all(endpoint, how, stimulus.trigger);
  }
}

void Clients::membership(const Stimulus& stimulus) {
  const ScriptStep& step = cluster_.scenario.script[stimulus.item];
  const EndpointId who = cluster_.plan.individual_named(step.client);
  if (!mine(who)) return;
  const RoomId room = cluster_.plan.room_named(step.room);
  const bool joins = stimulus.kind == Stimulus::Kind::join;
  play(who, joins ? machine_.join(at(who), room) : machine_.leave(at(who), room));
}

// ---- what the machine wants done -------------------------------------------------------------

void Clients::play(EndpointId endpoint, Endpoints::Actions actions, Cutting cut) {
  using Kind = EndpointAction::Kind;
  for (const EndpointAction& action : actions) {
    Link& link = *person(endpoint).links[action.link];
    switch (action.kind) {
      case Kind::connect: connect(link); break;
      case Kind::abandon: give_up(link, action.why); break;
      case Kind::close: close(link, action.why, cut); break;
      case Kind::ready: now_ready(link); break;
      case Kind::send_ping: say(link, [](Speech& speech, Turn& turn) { speech.ping(turn); }); break;
      case Kind::start_timer:
        loop_.at(action.at,
                 [this, &link, generation = action.generation] { timer(link, generation); });
        break;
      case Kind::joined:
        note(FactKind::joined, static_cast<std::uint32_t>(endpoint),
             static_cast<std::uint32_t>(action.room));
        break;
      case Kind::ask_to_join:
        say(link, [&](Speech& speech, Turn& turn) { speech.join(action.room, turn); });
        break;
      case Kind::ask_to_leave:
        say(link, [&](Speech& speech, Turn& turn) { speech.leave(action.room, turn); });
        break;
      case Kind::move: say(link, [](Speech& speech, Turn& turn) { speech.moved(turn); }); break;
      case Kind::message: play_message(link, action); break;
    }
  }
}

void Clients::timer(Link& link, std::uint32_t generation) {
  if (link.state.machine.generation != generation) return;
  play(link.endpoint, machine_.timer(at(link.endpoint), link.slot, generation, loop_.now()));
}

void Clients::connect(Link& link) {
  link.state.connection = ConnectionId{cluster_.connections.fetch_add(1)};
  link.tried.clear();
  note(FactKind::attempted, static_cast<std::uint32_t>(link.state.connection),
       static_cast<std::uint32_t>(link.endpoint));
  dial(link);
}

bool Clients::balanced(const Link& link) const {
  return !cluster_.has_front && !cluster_.plan.straight_to(link.endpoint);
}

// One try at one node. The balancer's own retries belong to the same attempt of the client.
void Clients::dial(Link& link) {
  SocketAddress to = cluster_.front_address;
  const Time now = loop_.now();
  if (const auto only = cluster_.plan.straight_to(link.endpoint)) {  // past any balancer
    link.node = *only;
    to = cluster_.node_addresses[index(*only)];
  } else if (!cluster_.has_front) {
    std::vector<NodeId> avoid = link.sisters();
    avoid.insert(avoid.end(), link.tried.begin(), link.tried.end());
    const auto node = cluster_.balancer.choose(link.endpoint, avoid, now);
    if (!node) {
      loop_.post([this, &link, connection = link.state.connection] {
        if (link.state.connection == connection) attempt_failed(link, CloseReason::refused);
      });
      return;
    }
    link.node = *node;
    cluster_.balancer.connected(*node, link.state.connection);
    to = cluster_.node_addresses[index(*node)];
    // A node that does not answer at all: the balancer gives up on it before the client does.
    loop_.at(now + cluster_.scenario.cluster.lb.connect_timeout,
             [this, &link, connection = link.state.connection, tries = link.tried.size()] {
               const bool same = link.state.connection == connection && link.tried.size() == tries;
               if (same && link.handshake != nullptr) dialled(link, failed_upgrade("no answer"));
             });
  }
  ConnectRequest request =
      cluster_.language->request(link.endpoint, link.state.connection, link.node);
  request.to = to;
  link.handshake =
      connect_upgrade(loop_, request, [this, &link](Upgrade upgrade) { dialled(link, upgrade); });
}

void Clients::dialled(Link& link, Upgrade upgrade) {
  abandon(loop_, link.handshake);
  opening_ += traffic_of(upgrade.counters);
  openings_ += upgrade.counters.bare_received > 0;
  if (upgrade.error.empty()) {
    if (balanced(link)) cluster_.balancer.succeeded(link.node);
    link.open(loop_, upgrade);
    const auto& wanted = machine_.rooms(link.endpoint);
    const std::vector<RoomId> rooms(wanted.begin(), wanted.end());
    const auto seen = machine_.seen(link.endpoint);
    say(link, [&](Speech& speech, Turn& turn) { speech.opened(rooms, seen, turn); });
    if (const auto channel = link.channel) channel->found(std::as_bytes(std::span(upgrade.rest)));
    return;
  }
  if (upgrade.answered) cluster_.language->turned_away(upgrade.error);
  if (!balanced(link)) {
    attempt_failed(link, CloseReason::refused);
    return;
  }
  cluster_.balancer.released(link.node, link.state.connection);
  if (upgrade.answered) {  // by a node that wants no more clients: the client hears of it
    attempt_failed(link, CloseReason::refused);
    return;
  }
  cluster_.balancer.failed(link.node, loop_.now());
  link.tried.push_back(link.node);
  dial(link);
}

void Clients::attempt_failed(Link& link, CloseReason why) {
  if (link.state.machine.phase != LinkPhase::connecting) return;
  note(FactKind::refused, static_cast<std::uint32_t>(link.state.connection), 0, link.node,
       static_cast<std::uint8_t>(why));
  drop_channel(link, CloseReason::network);
  lost(link);
}

void Clients::lost(Link& link) {
  play(link.endpoint, machine_.lost(at(link.endpoint), link.slot, loop_.now()));
}

// The client walks away from a running attempt.
void Clients::give_up(Link& link, CloseReason why) {
  note(FactKind::refused, static_cast<std::uint32_t>(link.state.connection), 0, link.node,
       static_cast<std::uint8_t>(why));
  if (link.handshake != nullptr) {
    abandon(loop_, link.handshake);
    if (balanced(link)) cluster_.balancer.released(link.node, link.state.connection);
  }
  drop_channel(link, CloseReason::network);
}

// The client is done with a ready connection. Who hears nothing learns from the books why.
void Clients::close(Link& link, CloseReason why, const Cutting& cut) {
  const bool goodbye = why == CloseReason::logout || cut.how == DisconnectHow::close;
  const TriggerId trigger = why == CloseReason::logout      ? cluster_.plan.churn(link.endpoint)
                            : why == CloseReason::heartbeat ? kOverload
                                                            : cut.trigger;
  note(FactKind::cut, static_cast<std::uint32_t>(link.state.connection), goodbye, kNoNode,
       static_cast<std::uint8_t>(why), trigger);
  drop_channel(link, goodbye ? CloseReason::logout : why);
}

// How the socket goes: after a goodbye of either side, with a reset, or without a word.
void Clients::drop_channel(Link& link, CloseReason why) {
  link.node = kNoNode;
  if (link.channel == nullptr) return;
  if (link.welcomed) --ready_;
  link.welcomed = false;
  std::shared_ptr<Channel> channel = std::move(link.channel);
  link.channel = nullptr;
  ended_ += channel->traffic();
  if (why == CloseReason::silent) {  // what its kernel still takes comes to nobody
    channel->hold(true);
    ghosts_.push_back(std::move(channel));
    return;
  }
  if (why == CloseReason::logout || link.wire.over()) {
    channel->send(link.wire.over() ? link.wire.goodbye() : link.wire.goodbye(kGoingAway));
    farewells_.add(std::move(channel), Farewells::First::them);
    return;
  }
  channel->reset();
  loop_.retire(std::move(channel));
}

// Whoever dials sees the SYN that answers his; a server does not see the one that it sends.
Clients::Sockets Clients::sockets() const {
  Traffic ended = ended_, opening = opening_;
  ended += farewells_.traffic();
  opening.bare_received -= std::min(opening.bare_received, openings_);
  std::vector<std::shared_ptr<Channel>> open;
  for (const Person& one : people_) {
    for (const auto& link : one.links) {
      if (link != nullptr && link->channel != nullptr) open.push_back(link->channel);
    }
  }
  return {from_the_other_side(ended), from_the_other_side(opening), openings_, std::move(open)};
}

}  // namespace squall::live
