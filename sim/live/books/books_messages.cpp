// The second pass: messages and their copies. See books.hpp.
// A copy whose other end is missing is put aside; what became of it is clear when all is told.
#include <algorithm>

#include "sim/books/blame.hpp"
#include "sim/books/spells.hpp"
#include "sim/live/books/books.hpp"
#include "sim/live/books/one_member.hpp"

namespace squall::live {
namespace {

bool has(const std::vector<std::uint64_t>& sorted, std::uint64_t key) {
  return std::binary_search(sorted.begin(), sorted.end(), key);
}

// `other` is what the fact calls b, where that is a node.
Sight hop(Sight::What what, const Fact& fact, Time at) {
  const bool peers = what == Sight::What::forwarded || what == Sight::What::from_peer;
  return {.what = what,
          .at = at,
          .node = NodeId{fact.node},
          .other = peers ? NodeId{static_cast<std::uint16_t>(fact.b)} : kNoNode};
}

// How often it is in a sorted list.
template <typename Key>
std::size_t count_in(const std::vector<Key>& sorted, Key key) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), key);
  return static_cast<std::size_t>(last - first);
}

// Who of a shared group has got what was published, after `before` times before. If nobody has read
// it: of those who hear it, whose link ended first after that took it along.
template <typename Nodes>
NodeId one_of_group(const FactIndex& index, const Nodes& nodes, const Fact& fact,
                    std::size_t before, Time at) {
  const Topic topic{static_cast<Topic::Kind>(fact.detail), fact.b};
  NodeId found = kNoNode;
  Time ended = kNever;
  std::size_t reads = 0;
  for (std::uint16_t n = 0; n < nodes.size(); ++n) {
    reads += count_in(index.broker_reads, index_key(fact.a, n));
    if (before < reads) return NodeId{n};
    if (!nodes[n].up || !nodes[n].hears(topic)) continue;
    if (found == kNoNode) found = NodeId{n};
    for (const auto& [when, death] : nodes[n].link_ends) {
      if (when < at || when >= ended) continue;
      found = NodeId{n}, ended = when;
    }
  }
  return found;
}

// A replica took the registry's place, which had not heard yet of the node where the recipient
// sits: so his route leads to where he was before. Nothing: it is not that.
std::optional<Death> led_back(const Cluster& cluster, const Oracle& oracle, const Message& message,
                              Time at) {
  if (message.address.kind != Address::Kind::user || cluster.backplane.covers != Covers::route)
    return std::nullopt;
  const ConnectionId seat = oracle.live_throughout(message.address.endpoint(), at, at);
  if (seat == kNoConnection) return std::nullopt;
  const Time opened = oracle.connection(seat).opened;
  std::optional<Death> found;
  for (const LiveOutage& outage : cluster.outages) {
    const auto lag = failover_lag(cluster.plan, outage.trigger);
    if (outage.what != "registry" || !lag || outage.begin > at) continue;
    if (opened > outage.begin - *lag && opened <= outage.begin)
      found = Death{Mechanism::route_stale, at, kNoNode, outage.trigger};
  }
  return found;
}

// What a node has read of a message belongs to the times that it was published, one each, in order;
// to the last what is more: a broker that replays.
std::uint32_t reads_of(std::size_t all, std::size_t before, bool last) {
  if (all <= before) return 0;
  return last ? static_cast<std::uint32_t>(all - before) : 1;
}

// A hop may be made again: for somebody else of a room, out of the same mailbox. Who sends again
// what a link took with it, is heard the last times. `made`: how often it was, by now.
bool was_read(const FactIndex& index, std::uint64_t hop,
              std::map<std::uint64_t, std::size_t>& made) {
  const std::size_t reads = count_in(index.peer_reads, hop);
  const std::size_t all = count_in(index.forwards, hop);
  const std::size_t before = all > 1 ? made[hop]++ : 0;
  return before + reads >= all;
}

}  // namespace

// A kind that stands nowhere here does not compile.
void Books::tell(const IndexedFact& indexed) {
  const Fact& fact = indexed.fact;
  const Time at{fact.at};
  switch (fact.kind) {
    case FactKind::attempted:
    case FactKind::refused:
    case FactKind::opened:
    case FactKind::ready:
    case FactKind::resumed:
    case FactKind::cut:
    case FactKind::noticed_end:
    case FactKind::session_closed:
    case FactKind::session_ended: return tell_connection(fact, at);
    case FactKind::joined:
    case FactKind::refused_send:
    case FactKind::never_sent:
    case FactKind::written:
    case FactKind::written_also:
    case FactKind::written_again:
    case FactKind::kept:
    case FactKind::let_go:
    case FactKind::arrived:
    case FactKind::acknowledged:
    case FactKind::forked:
    case FactKind::benign:
    case FactKind::dropped:
    case FactKind::came_back:
    case FactKind::fan_out:
    case FactKind::forwarded:
    case FactKind::peer_read:
    case FactKind::published:
    case FactKind::broker_read: return tell_message(indexed, at);
    case FactKind::pushed:
    case FactKind::push_failed:
    case FactKind::took_place:
    case FactKind::read:
    case FactKind::flushed: return;  // are in the index
    case FactKind::crashed:
    case FactKind::started:
    case FactKind::drained:
    case FactKind::topic:
    case FactKind::broker_link:
    case FactKind::speaking:
    case FactKind::peer_link:
    case FactKind::route:
    case FactKind::lease: return tell_cluster(fact, at);
  }
}

void Books::tell_message(const IndexedFact& indexed, Time at) {
  const Fact& fact = indexed.fact;
  const EndpointId endpoint{fact.a};
  const MessageId id{fact.a};
  switch (fact.kind) {
    case FactKind::joined:  // unless it has left by plan, and its client comes to it only now
      if (oracle_.rosters().asked_for(endpoint, RoomId{fact.b})) {
        oracle_.membership(endpoint, RoomId{fact.b}, true, at);
      }
      break;
    case FactKind::refused_send:
      ledger_.refused(id, oracle_.silenced_by(ledger_.message(id).sender), CloseReason::none);
      break;
    case FactKind::never_sent:
      ledger_.never_sent(id, at, oracle_.silenced_by(ledger_.message(id).sender));
      break;
    case FactKind::written:
    case FactKind::written_also:
    case FactKind::written_again: written(fact, at); break;
    case FactKind::kept: ledger_.keep(id, static_cast<Ledger::Keeper>(fact.detail)); break;
    case FactKind::let_go:
      ledger_.let_go(id, static_cast<Ledger::Keeper>(fact.detail), at < end_ ? at : kNever);
      break;
    case FactKind::arrived:
      ledger_.arrived(id, at, NodeId{fact.node});
      ledger_.accepted(id, at, NodeId{fact.node});
      nodes_[fact.node].row.ingress.add(window_.at(at));
      break;
    case FactKind::acknowledged: ledger_.acked(id, known(fact.b), at); break;
    case FactKind::forked: ledger_.forked(id, fact.b); break;
    case FactKind::benign: ledger_.benign(id, at); break;
    case FactKind::dropped: dropped(fact, at); break;
    case FactKind::came_back: ledger_.note(id, death_of_drop(fact, at)); break;
    case FactKind::fan_out: fan_out(indexed, at); break;
    case FactKind::forwarded: forwarded(fact, at); break;
    case FactKind::published: published(fact, at); break;
    case FactKind::peer_read: ledger_.saw(id, hop(Sight::What::from_peer, fact, at)); break;
    case FactKind::broker_read: ledger_.saw(id, hop(Sight::What::from_broker, fact, at)); break;
    default: SQUALL_CHECK(false);  // see tell()
  }
}

// What a message weighs on a link, without the headers of TCP.
void Books::book(Link link, const Message& message, Bytes envelope, Bytes framing, Time at,
                 NodeId node) {
  const Bytes payload = std::max<Bytes>(message.size, kMessageHeader) + envelope;
  bytes_.sent(link, BytePurpose::payload_relayed, {payload, framing, 0}, at, node);
}

void Books::written(const Fact& fact, Time at) {
  const std::uint32_t message = fact.a, connection = fact.b;
  const NodeId node = oracle_.connection(known(connection)).node;
  const Message& content = ledger_.message(MessageId{message});
  const Bytes around = cluster_.overhead.up;
  const Bytes payload = std::max<Bytes>(content.size, kMessageHeader) + around;
  const Bytes framing = wire::websocket_header(payload, true);
  book(Link::client_to_lb, content, around, framing, at, node);
  book(Link::lb_to_node, content, around, framing, at, node);
  switch (fact.kind) {
    case FactKind::written: ledger_.written(content.id, at); break;
    case FactKind::written_again: ledger_.written_again(content.id, at); break;
    case FactKind::written_also: ledger_.forked(content.id, 1); break;
    default: SQUALL_CHECK(false);  // see tell_message()
  }
  if (has(index_->arrived, index_key(message, connection))) return;
  lost_.push_back({message, at, Lost::Where::uplink, known(connection)});
}

void Books::forwarded(const Fact& fact, Time at) {
  const NodeId to{static_cast<std::uint16_t>(fact.b)};
  const Message& message = ledger_.message(MessageId{fact.a});
  ledger_.saw(message.id, hop(Sight::What::forwarded, fact, at));
  const bool returned = (fact.c & 1) != 0;
  const Bytes list = 4 * static_cast<Bytes>(fact.b >> 16);
  if (returned) {
    const Bytes payload = kPeerHeader + kMessageHeader + list;
    bytes_.sent(Link::node_to_node, BytePurpose::control,
                {payload, wire::websocket_header(payload, true), 0}, at, NodeId{fact.node});
  } else {
    book(Link::node_to_node, message, kPeerHeader + list,
         wire::websocket_header(message.size + list, true), at, NodeId{fact.node});
  }
  const bool first = fact.c == 0;
  if (first && message.address.kind == Address::Kind::user &&
      cluster_.backplane.covers == Covers::route) {
    lookups_.add(window_.at(at));
    const EndpointId recipient = message.address.endpoint();
    const bool stale = oracle_.connected(recipient) && !oracle_.live_on(recipient, to, at);
    stale_.add(window_.at(at), stale);
    const auto back = stale ? led_back(cluster_, oracle_, message, at) : std::nullopt;
    if (back) ledger_.note(message.id, *back);
  }
  if (was_read(*index_, peer_hop(fact, NodeId{fact.node}, to), hops_)) return;
  lost_.push_back(
      {fact.a, at, Lost::Where::peer, kNoConnection, NodeId{fact.node}, to, {}, returned});
}

// One copy goes in, one comes out for each node that heard it, or would have.
void Books::published(const Fact& fact, Time at) {
  const MessageId id{fact.a};
  ledger_.saw(id, hop(Sight::What::published, fact, at));
  const Topic topic{static_cast<Topic::Kind>(fact.detail), fact.b};
  if (cluster_.spec.has_log()) {  // for so long as its window says; its number is not known here
    ledger_.keep(id, Ledger::Keeper::log);
    in_log_.emplace_back(id, at);
  }
  book(Link::node_to_broker, ledger_.message(id), kPeerHeader, 0, at, NodeId{fact.node});
  const bool cut = cut_at(plan_, node_place(NodeId{fact.node}), kBroker, at).has_value();
  const std::size_t times = count_in(index_->publishes, fact.a);
  const std::size_t before = times > 1 ? published_[fact.a]++ : 0;
  const bool grouped = plan_.scenario().cluster.broker.group == ConsumerGroup::shared;
  const NodeId one = grouped ? one_of_group(*index_, nodes_, fact, before, at) : kNoNode;
  std::uint32_t copies = 0;
  for (std::uint16_t n = 0; n < nodes_.size(); ++n) {
    const std::size_t all = count_in(index_->broker_reads, index_key(fact.a, n));
    const NodeState& node = nodes_[n];
    if (one != kNoNode && one != NodeId{n}) {  // another one of its group has it
      if (node.up && all == 0) ledger_.note(id, {Mechanism::consumer_misassigned, at, NodeId{n}});
      continue;
    }
    const std::uint32_t reads =
        one != kNoNode ? all > 0 : reads_of(all, before, before + 1 == times);
    for (std::uint32_t i = 0; i < reads; ++i) {
      book(Link::broker_to_node, ledger_.message(id), kPeerHeader, 0, at, NodeId{n});
    }
    copies += reads;
    if (reads > 0 || !node.up) continue;
    Lost lost{fact.a, at, Lost::Where::broker, kNoConnection, NodeId{fact.node}, NodeId{n}, topic};
    if (node.hears(topic)) {
      ++copies;
      lost_.push_back(lost);
    } else if (cut && !cluster_.backplane.reads_log) {
      lost.unsubscribed = node.link_trigger;
      lost_.push_back(lost);
    } else if (!cluster_.backplane.reads_log) {  // it will ask
      ledger_.note(id, {Mechanism::not_subscribed, at, NodeId{n}, node.link_trigger});
    }
  }
  if (copies == 0) {
    ledger_.benign(id, at);
  } else if (copies > 1) {
    ledger_.forked(id, copies - 1);
  }
}

void Books::fan_out(const IndexedFact& indexed, Time at) {
  const Fact& fact = indexed.fact;
  const MessageId id{fact.a};
  const NodeId node{fact.node};
  const Message& message = ledger_.message(id);
  ledger_.saw(id, {.what = Sight::What::fan_out, .at = at, .node = node});
  const auto source = fact.detail == 0 ? PushSource::live : PushSource::history;
  auto& entries = ledger_.push(id, node, at, source);
  const bool measured = ledger_.measured(id);
  for (std::uint32_t i = 0; measured && i < indexed.pushes; ++i) {
    const PushFact& push = index_->pushes[indexed.first_push + i];
    const ConnectionId connection = known(push.connection);
    const EndpointId who = oracle_.connection(connection).endpoint;
    const std::uint32_t rank = message.address.kind == Address::Kind::user
                                   ? 0
                                   : oracle_.rosters().rank_in(who, message.address.room());
    if (push.failed != Mechanism::unattributed) {
      const bool kick = push.failed == Mechanism::purged_by_slow_consumer_kick;
      ledger_.push_failed(
          id, rank,
          {push.failed, at, node, push.blamed, kick ? CloseReason::kick : CloseReason::none});
      continue;
    }
    entries.push_back({rank, connection, Time{push.flushed}, Time{push.read}});
  }
  nodes_[index(node)].row.pushes.add(window_.at(at), indexed.pushes);
  ledger_.pushed(id, at, indexed.pushes);
}

void Books::dropped(const Fact& fact, Time at) {
  const Message& message = ledger_.message(MessageId{fact.a});
  if ((fact.b & kForOne) != 0) {  // of a room's message, what was meant for one member
    Death death = death_of_drop(fact, at);
    death.node = seat_of(oracle_, plan_, EndpointId{fact.b & ~kForOne}, at);
    if (death.node == kNoNode)
      ledger_.benign(message.id, at);
    else
      ledger_.drop(message.id, death);
    return;
  }
  if (static_cast<Mechanism>(fact.detail) == Mechanism::route_missing &&
      message.address.kind == Address::Kind::user) {
    lookups_.add(window_.at(at));
    missing_.add(window_.at(at), oracle_.connected(message.address.endpoint()));
  }
  const bool forward = static_cast<Mechanism>(fact.detail) == Mechanism::peer_link_lost;
  const auto back =
      forward && fact.c == 0 ? led_back(cluster_, oracle_, message, at) : std::nullopt;
  if (back) ledger_.note(message.id, *back);
  ledger_.drop(MessageId{fact.a}, death_of_drop(fact, at));
}

// ---- copies that left one end and did not reach the other ---------------------------------------

void Books::resolve(const Lost& lost) {
  const MessageId id{lost.message};
  const auto end = [&](const Death& death) { ledger_.drop(id, death); };
  if (lost.where == Lost::Where::uplink) {
    const ConnectionRecord& record = oracle_.connection(lost.connection);
    const Time ended = record.ended();
    if (ended == kNever) return;  // alive at the end: unresolved, and the ledger says so
    end({Mechanism::uplink_in_flight_at_disconnect, std::max(ended, lost.at), kNoNode,
         record.trigger, record.reason});
    return;
  }
  if (lost.where == Lost::Where::peer) return end_forwarded(lost);
  const Death death = end_of_published(lost);
  if (lost.unsubscribed) return ledger_.note(id, death);
  if (death.at != kNever) end(death);
}

}  // namespace squall::live
