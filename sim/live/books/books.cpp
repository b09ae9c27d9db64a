// The second pass: lives, connections and the cluster. Messages are in books_messages.cpp.
// The oracle is told the same things in the same order as by the virtual-time engine.
#include "sim/live/books/books.hpp"

#include <algorithm>

#include "scenarios/model/running.hpp"
#include "sim/books/blame.hpp"
#include "sim/books/setup.hpp"
#include "sim/live/books/engine_facts.hpp"

namespace squall::live {
namespace {

// Two threads stamp what they see; a turn of a loop may lie between.
constexpr Duration kUncertainty = std::chrono::microseconds{100};

// Frames without TLS, and never smaller than their fields; headers of TCP are measured apart.
WireCost push_cost_on_loopback(Bytes size, Bytes behind) {
  const Bytes payload = std::max<Bytes>(size, kMessageHeader) + behind;
  return {payload, wire::websocket_header(payload, false), 0};
}

LedgerSetup setup_of(const Cluster& cluster) {
  LedgerSetup setup = ledger_setup(cluster.plan, cluster.spec, cluster.backplane, std::nullopt,
                                   cluster.options.witness);
  setup.measure = cluster.measured();
  const Bytes behind = cluster.overhead.down + (cluster.spec.has_log() ? wire::kLogPlace : 0);
  setup.push_cost = [behind](Bytes size) { return push_cost_on_loopback(size, behind); };
  setup.uncertainty = kUncertainty;
  setup.owed_elsewhere = cluster.options.owed_elsewhere;
  return setup;
}

OracleSetup oracle_setup_of(const Cluster& cluster) {
  OracleSetup setup = oracle_setup(cluster.plan);
  setup.measure = cluster.measured();
  return setup;
}

// Whom to blame for an attempt of this endpoint that came to nothing.
TriggerId kept_out(const Plan& plan, const Oracle& oracle, std::span<const BlamedSpell> spells,
                   EndpointId endpoint, CloseReason why, std::pair<Time, Time> when) {
  const NodeId straight = plan.straight_to(endpoint).value_or(kNoNode);
  const TriggerId by = kept_out_by(spells, straight, when.first, when.second);
  return by == kStructural || why == CloseReason::logout ? oracle.gap_trigger(endpoint) : by;
}

// Whoever leaves has chosen to at the plan's moment, as with a logout: a client that comes to it
// late is owed nothing meanwhile.
void choose_rooms(Oracle& oracle, const Plan& plan, const Stimulus& stimulus) {
  const bool joins = stimulus.kind == Stimulus::Kind::join;
  if (!joins && stimulus.kind != Stimulus::Kind::leave) return;
  const ScriptStep& step = plan.scenario().script[stimulus.item];
  const EndpointId who = plan.individual_named(step.client);
  const RoomId room = plan.room_named(step.room);
  oracle.rosters().requested(who, room, joins);
  if (!joins) oracle.membership(who, room, false, stimulus.at);
}

}  // namespace

Books::Books(const Cluster& cluster)
    : cluster_(cluster),
      plan_(cluster.plan),
      window_(cluster.measured()),
      measure_(cluster.measured()),
      oracle_(oracle_setup_of(cluster)),
      bytes_(measure_, plan_.scenario().cluster.nodes.count),
      ledger_(setup_of(cluster), oracle_, bytes_),
      nodes_(plan_.scenario().cluster.nodes.count),
      spells_(blamed_spells(plan_)),
      sessions_(plan_.endpoints()),
      routes_(plan_.endpoints(), kNoNode),
      connected_(measure_) {
  seat_everybody(oracle_, plan_);
  for (std::uint32_t e = 0; e < plan_.endpoints(); ++e) {
    const EndpointId endpoint{e};
    if (!plan_.individual(endpoint)) continue;
    for (const Membership& m : plan_.memberships(endpoint)) {
      if (plan_.initially_joined(endpoint, m.room))
        oracle_.rosters().requested(endpoint, m.room, true);
    }
  }
}

void Books::replay(const FactIndex& index, Time end) {
  index_ = &index;
  end_ = end;
  const auto& all = cluster_.timeline.happenings;
  const auto later = std::ranges::upper_bound(all, cluster_.cut(), {}, &Happening::at);
  const std::span<const Happening> happenings(all.begin(), later);
  auto happening = happenings.begin();
  const auto pass_seconds = [&](Time at) {
    connected_.pass(at, ready_);
    if (at < measure_ || stock_taken_) return;
    stock_taken_ = true;
    for (NodeState& node : nodes_) {
      Attendance::take_stock(node.sessions.size(), window_, at, node.row);
    }
  };
  for (const IndexedFact& fact : index.facts) {
    const Time at{std::min(fact.fact.at, end.count())};
    for (; happening != happenings.end() && happening->at <= at; ++happening) {
      pass_seconds(happening->at);
      happen(*happening);
    }
    pass_seconds(at);
    forget_behind_partitions(at);
    tell(fact);
    ++facts_;
  }
  for (; happening != happenings.end(); ++happening) happen(*happening);
  pass_seconds(end);
  for (const Lost& lost : lost_) resolve(lost);
  close_log(end);
}

void Books::happen(const Happening& what) {
  const EndpointId endpoint{what.who};
  switch (what.kind) {
    case Happening::Kind::login: oracle_.logged_in(endpoint, what.at); break;
    case Happening::Kind::logout: oracle_.logged_out(endpoint, what.at); break;
    case Happening::Kind::send: {
      const PlannedMessage& planned = cluster_.timeline.messages[what.who];
      const Message& message = planned.message;
      const MessageId id = ledger_.offer(
          {planned.at, planned.traffic, message.sender, message.address, message.size});
      SQUALL_CHECK(id == message.id);  // nothing settles before the end, so numbers agree
      break;
    }
    case Happening::Kind::stimulus: choose_rooms(oracle_, plan_, plan_.stimuli()[what.who]); break;
    case Happening::Kind::drop: break;  // the facts tell what came of it
  }
}

// ---- connections -------------------------------------------------------------------------------

void Books::tell_connection(const Fact& fact, Time at) {
  const auto why = static_cast<CloseReason>(fact.detail);
  const TriggerId trigger{fact.c};
  if (fact.kind == FactKind::attempted) {
    if (connections_.size() <= fact.a) {
      connections_.resize(fact.a + 1, kNoConnection);
      attempted_.resize(fact.a + 1, at);
    }
    attempted_[fact.a] = at;
    connections_[fact.a] = oracle_.attempted(EndpointId{fact.b}, kNoNode);
    ++attempts_;
    attempts_in_measure_.add(window_.at(at));
    return;
  }
  const ConnectionId id = known(fact.a);
  const EndpointId endpoint = oracle_.connection(id).endpoint;
  switch (fact.kind) {
    case FactKind::refused:
      ++(why == CloseReason::refused   ? refused_
         : why == CloseReason::timeout ? timed_out_
                                       : abandoned_);
      oracle_.dead(id, at, why,
                   kept_out(plan_, oracle_, spells_, endpoint, why, {attempted_[fact.a], at}));
      break;
    case FactKind::opened: opened(id, NodeId{fact.node}, at); break;
    case FactKind::ready:
      ++established_;
      if (oracle_.connection(id).dead != kNever) break;  // its host was lost on the way
      ++ready_;
      // Of a run that is held against another the ledger knows it by the pair.
      if (!oracle_.owed(endpoint) && cluster_.options.owed_elsewhere == nullptr)
        awaited_ += born_for(endpoint, attempted_[fact.a], at);
      oracle_.ready(id, at);
      update_reach(endpoint, at);
      break;
    case FactKind::resumed: oracle_.resumed(id, static_cast<Recovered>(fact.detail), at); break;
    case FactKind::cut:
      dead(id, at, why,
           why == CloseReason::heartbeat ? blame_of_silence(plan_, oracle_.connection(id), at)
                                         : trigger);
      break;
    case FactKind::noticed_end: {
      const ConnectionRecord& record = oracle_.connection(id);
      const bool known_why = record.reason != CloseReason::none;
      const LiveOutage* const balancer = known_why ? nullptr : outage_at("balancer", at);
      dead(id, at, known_why ? record.reason : CloseReason::network,
           balancer != nullptr ? balancer->trigger : record.trigger);
      break;
    }
    case FactKind::session_closed: {
      const ConnectionRecord& record = oracle_.connection(id);
      TriggerId blamed = trigger;
      if (why == CloseReason::heartbeat) {
        blamed = record.reason != CloseReason::none ? record.trigger : kOverload;
      }
      if (why == CloseReason::network) blamed = oracle_.gap_trigger(endpoint);
      closed(id, at, why, blamed);
      break;
    }
    case FactKind::session_ended: {
      const ConnectionRecord& record = oracle_.connection(id);
      const LiveOutage* const balancer =
          record.reason == CloseReason::none ? outage_at("balancer", at) : nullptr;
      closed(id, at, balancer != nullptr ? CloseReason::network : record.reason,
             balancer != nullptr ? balancer->trigger : record.trigger);
      break;
    }
    default: SQUALL_CHECK(false);  // see tell()
  }
}

// Pairs of messages of measure that were born in between, had the recipient been owed them. How
// long a welcome takes is a matter of the machine: what comes meanwhile is owed in one engine and
// not in the other.
std::uint64_t Books::born_for(EndpointId endpoint, Time after, Time until) const {
  std::uint64_t pairs = 0;
  const auto& messages = cluster_.timeline.messages;
  auto planned = std::ranges::upper_bound(messages, after, {}, &PlannedMessage::at);
  for (; planned != messages.end() && planned->at <= until; ++planned) {
    const Message& message = planned->message;
    if (message.sender == endpoint || !window_.at(planned->at)) continue;
    pairs += message.address.kind == Address::Kind::user
                 ? message.address.endpoint() == endpoint
                 : oracle_.rosters().asked_for(endpoint, message.address.room());
  }
  return pairs;
}

void Books::opened(ConnectionId id, NodeId node, Time at) {
  NodeState& state = nodes_[index(node)];
  oracle_.connection(id).node = node;
  count_sessions(state, at);
  state.sessions.push_back(id);
  sessions_[index(oracle_.connection(id).endpoint)].push_back(id);
  oracle_.opened(id, at);
  if (!state.subscribed && cluster_.backplane.covers == Covers::topic) {
    oracle_.kept_waiting(oracle_.connection(id).endpoint, state.link_trigger);
  }
}

void Books::closed(ConnectionId id, Time at, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = oracle_.connection(id);
  if (record.opened == kNever || record.closed != kNever) return;
  NodeState& state = nodes_[index(record.node)];
  count_sessions(state, at);
  std::erase(state.sessions, id);
  std::erase(sessions_[index(record.endpoint)], id);
  oracle_.closed(id, at, why, trigger);
  update_reach(record.endpoint, at);
}

void Books::dead(ConnectionId id, Time at, CloseReason why, TriggerId trigger) {
  if (oracle_.connection(id).ready != kNever) --ready_;
  oracle_.dead(id, at, why, trigger);
  oracle_.noticed(id, at);
  update_reach(oracle_.connection(id).endpoint, at);
}

void Books::count_sessions(NodeState& node, Time at) {
  node.attendance.count(node.sessions.size(), window_, at, node.row);
}

// ---- the cluster -------------------------------------------------------------------------------

void Books::tell_cluster(const Fact& fact, Time at) {
  const NodeId node{fact.node};
  NodeState& state = nodes_[index(node)];
  switch (fact.kind) {
    case FactKind::crashed:
      crashed(node, at, static_cast<CloseReason>(fact.detail), TriggerId{fact.c});
      break;
    case FactKind::started:
      state.up = true;
      state.starts.push_back(at);
      break;
    case FactKind::drained: state.trigger = TriggerId{fact.c}; break;
    case FactKind::topic:
      topic(node, {static_cast<Topic::Kind>(fact.b), fact.a}, fact.detail == 1, at);
      break;
    case FactKind::broker_link: broker_link(node, at, fact.detail); break;
    case FactKind::speaking: speaking(node, at, fact.detail == 1); break;
    case FactKind::peer_link:
      if (fact.detail == 0) {
        state.peer_ends.emplace_back(at, NodeId{static_cast<std::uint16_t>(fact.a)});
      }
      break;
    case FactKind::lease: state.leases.push_back(at); break;
    case FactKind::route: {
      NodeId& route = routes_[fact.a];
      route = fact.detail == 1 ? node : kNoNode;
      update_reach(EndpointId{fact.a}, at);
      break;
    }
    default: SQUALL_CHECK(false);  // see tell()
  }
}

void Books::crashed(NodeId node, Time at, CloseReason why, TriggerId trigger) {
  NodeState& state = nodes_[index(node)];
  const Death death{Mechanism::ingress_lost_at_crash, at, node, trigger, why};
  state.deaths.push_back(death);
  state.up = false;
  state.trigger = state.link_trigger = trigger;
  if (state.subscribed) state.link_ends.emplace_back(at, death);
  state.speak_ends.emplace_back(at, death);
  state.subscribed = false;
  state.topics.clear();
  for (const ConnectionId id : std::vector<ConnectionId>(state.sessions)) {
    if (why == CloseReason::host_loss) oracle_.dead(id, at, why, trigger);
    if (why == CloseReason::crash) oracle_.connection(id).reset = true;
    closed(id, at, why, trigger);
  }
}

bool Books::reaches(EndpointId endpoint) const {
  return std::ranges::any_of(sessions_[index(endpoint)], [&](ConnectionId id) {
    const ConnectionRecord& record = oracle_.connection(id);
    if (record.ready == kNever || record.dead != kNever) return false;
    return covered(endpoint, record.node);
  });
}

bool Books::covered(EndpointId endpoint, NodeId node) const {
  switch (cluster_.backplane.covers) {
    case Covers::always: break;
    case Covers::broker_link: return nodes_[index(node)].subscribed;
    case Covers::topic: return hears_all(node, endpoint);
    case Covers::route: return routes_[index(endpoint)] == node;
  }
  return true;
}

void Books::update_reach(EndpointId endpoint, Time at) {
  oracle_.reachable(endpoint, reaches(endpoint), at);
}

// ---- the end -----------------------------------------------------------------------------------

RunRecord Books::finish(Time end) {
  for (const auto& [message, when] : ledger_.take_extinct()) ledger_.settle(message);
  RunRecord record = begin_record(plan_, cluster_.spec);
  record.measure = measure_;
  record.live.remarks = remarks_;
  const std::uint16_t ever = most_running(plan_.scenario());  // others are no part of the cluster
  for (NodeState& node : nodes_) {
    count_sessions(node, end);
    if (record.node_rows.size() < ever) record.node_rows.push_back(node.row);
  }
  oracle_.finish(end, record);
  if (cluster_.options.witness != nullptr) oracle_.tell(*cluster_.options.witness);
  ledger_.finish(record);
  connected_.write(window_, record);
  record.route_lookups = lookups_, record.route_stale = stale_, record.route_missing = missing_;
  record.connection_attempts = attempts_in_measure_;
  record.attempts = attempts_, record.established = established_, record.refused = refused_;
  record.timed_out = timed_out_, record.abandoned = abandoned_;
  record.pending = attempts_ - established_ - refused_ - timed_out_ - abandoned_;
  for (const Cell& cell : record.cells) {
    record.live.owed += cell.owed;
    record.live.grey += cell.grey;
  }
  record.live.grey += awaited_;
  record.events = facts_;
  record.bytes = bytes_.window();
  record.violations = std::move(violations_);
  const UnderWay held{kHeldByNodes, cluster_.held};
  ledger_.check(record.violations, {&held, 1});
  oracle_.check(record.violations);
  return record;
}

}  // namespace squall::live
