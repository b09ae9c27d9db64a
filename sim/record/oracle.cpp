// Bookkeeping of the oracle. See oracle.hpp for what each call means.
// A person is in exactly one place at any time, so endpoint-time adds up by construction of move().
#include "sim/record/oracle.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <limits>
#include <string>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

// The first reason stands: what comes later only finds the connection as it is.
void explain(ConnectionRecord& record, CloseReason reason, TriggerId trigger) {
  if (record.reason != CloseReason::none) return;
  record.reason = reason;
  record.trigger = trigger;
}

constexpr std::uint32_t kEveryRoom = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kNotCalm = std::numeric_limits<std::uint32_t>::max();

using Set = Rosters::Set;

// A wait belongs to measure when a moment of it was lived there.
std::optional<Inside> waited(const Window& window, Time from, Time to) {
  const bool began_before = from < Time{0} && to > Time{0};
  return window.at(began_before ? Time{0} : from);
}

}  // namespace

Oracle::Oracle(OracleSetup setup)
    : setup_(std::move(setup)),
      window_(setup_.measure),
      online_(setup_.endpoints, 0),
      rosters_(setup_.endpoints, setup_.room_sizes),
      blamed_(setup_.triggers) {
  people_.resize(setup_.endpoints);
  for (Blamed& blamed : blamed_) blamed.who.resize(words_of(setup_.endpoints));
}

void Oracle::logged_in(EndpointId endpoint, Time now) {
  Person& person = people_[index(endpoint)];
  if (person.intent) return;
  person.intent = true;
  person.ready_since_login = false;
  person.login = now;
  online_[index(endpoint)] = 1;
  update(endpoint, now);
}

void Oracle::logged_out(EndpointId endpoint, Time now) {
  Person& person = people_[index(endpoint)];
  if (!person.intent) return;
  person.intent = false;
  leave(endpoint, kEveryRoom, now);
  person.gap = kNever;
  online_[index(endpoint)] = 0;
  intent_ns_.add(window_.part(person.login, now));
  update(endpoint, now);
}

void Oracle::membership(EndpointId endpoint, RoomId room, bool joined, Time now) {
  const std::uint32_t rank = rosters_.rank_in(endpoint, room);
  SQUALL_CHECK(rank != kNoRank);
  set_bit(rosters_.in(room, Set::joined), rank, joined);
  if (!joined) leave(endpoint, static_cast<std::uint32_t>(room), now);
  update(endpoint, now);
}

void Oracle::leave(EndpointId endpoint, std::uint32_t room, Time now) {
  Person& person = people_[index(endpoint)];
  leaves_.emplace_back(Leave{now, room, person.latest_leave});
  person.latest_leave = static_cast<std::uint32_t>(leaves_.size() - 1);
}

bool Oracle::left_between(EndpointId endpoint, Address to, Time after, Time until) const {
  const auto concerns = [&](const Leave& leave) {
    return leave.room == kEveryRoom || (to.kind == Address::Kind::room && leave.room == to.id);
  };
  for (std::uint32_t i = people_[index(endpoint)].latest_leave; i != kNoLeave;) {
    const Leave& leave = leaves_[i];
    if (leave.at <= after) return false;
    if (leave.at <= until && concerns(leave)) return true;
    i = leave.previous;
  }
  return false;
}

ConnectionId Oracle::attempted(EndpointId endpoint, NodeId node) {
  Person& person = people_[index(endpoint)];
  ConnectionRecord record;
  record.endpoint = endpoint;
  record.node = node;
  record.born = person.trigger;
  record.previous = person.latest;
  person.latest = ConnectionId{static_cast<std::uint32_t>(connections_.size())};
  connections_.emplace_back(record);
  calm_from_.emplace_back(kNotCalm);
  return person.latest;
}

void Oracle::opened(ConnectionId connection, Time now) {
  ConnectionRecord& record = connections_[index(connection)];
  record.opened = now;
  const bool ended = record.dead != kNever || record.closed != kNever;
  if (!ended) calm_from_[index(connection)] = tick(now) + 1;
}

void Oracle::ready(ConnectionId id, Time now) {
  ConnectionRecord& record = connection(id);
  SQUALL_CHECK(record.dead == kNever && record.ready == kNever);
  record.ready = now;
  Person& person = people_[index(record.endpoint)];
  ++person.green;
  ++person.live;
  if (!person.ready_since_login) {
    first_login_.record(waited(window_, person.login, now), (now - person.login).count());
  }
  person.ready_since_login = true;
  update(record.endpoint, now);
}

void Oracle::dead(ConnectionId id, Time at, CloseReason reason, TriggerId trigger) {
  ConnectionRecord& record = connection(id);
  if (record.dead != kNever) return;
  record.dead = at;
  calm_from_[index(id)] = kNotCalm;
  explain(record, reason, trigger);
  Person& person = people_[index(record.endpoint)];
  if (record.ready == kNever) {  // an attempt that came to nothing; a login has had no gap before
    const bool logs_in = person.intent && !person.ready_since_login;
    const bool kept_out = reason != CloseReason::logout && trigger != kStructural;
    if (kept_out && (logs_in || person.trigger == kStructural)) person.trigger = trigger;
    return;
  }
  --person.live;
  person.trigger = record.trigger;
  if (person.intent && record.reason != CloseReason::logout) {
    if (const std::optional<Inside> inside = window_.at(at)) {
      disconnects_.add(inside);
      Blamed& blamed = blamed_[index(record.trigger)];
      blamed.disconnects.add(inside);
      if (!test_bit(blamed.who, index(record.endpoint))) blamed.touched.add(inside);
      set_bit(blamed.who, index(record.endpoint), true);
    }
    if (person.live == 0 && person.gap == kNever) person.gap = at;
  }
  update(record.endpoint, at);
}

void Oracle::noticed(ConnectionId id, Time now) {
  const ConnectionRecord& record = connection(id);
  if (record.ready == kNever) return;
  --people_[index(record.endpoint)].green;
  update(record.endpoint, now);
}

void Oracle::closed(ConnectionId id, Time now, CloseReason reason, TriggerId trigger) {
  ConnectionRecord& record = connection(id);
  if (record.closed != kNever) return;
  record.closed = now;
  calm_from_[index(id)] = kNotCalm;
  explain(record, reason, trigger);
  if (record.opened != kNever && record.dead < now) {
    ghost_ns_.add(window_.part(std::max(record.dead, record.opened), now));
  }
}

void Oracle::resumed(ConnectionId connection, Recovered recovered, Time now) {
  connections_[index(connection)].recovered = recovered;
  if (recovered == Recovered::not_asked) return;
  (recovered == Recovered::yes ? resumes_ : resumes_refused_).add(window_.at(now));
}

void Oracle::reachable(EndpointId endpoint, bool yes, Time now) {
  Person& person = people_[index(endpoint)];
  if (person.reaches == yes) return;
  person.reaches = yes;
  if (yes && person.intent && person.gap != kNever) {
    const std::optional<Inside> cut_off = window_.at(person.gap);
    ready_again_.record(cut_off, (now - person.gap).count());
    blamed_[index(person.trigger)].ready_again.record(cut_off, (now - person.gap).count());
    person.gap = kNever;
  }
  update(endpoint, now);
}

TriggerId Oracle::silenced_by(EndpointId endpoint) const {
  const Person& person = people_[index(endpoint)];
  if (person.trigger != kStructural) return person.trigger;
  for (ConnectionId id = person.latest; id != kNoConnection; id = connection(id).previous) {
    const ConnectionRecord& record = connection(id);
    if (record.ready != kNever) break;
    const bool in_vain =
        record.reason == CloseReason::refused || record.reason == CloseReason::timeout;
    if (record.dead != kNever && in_vain) return kOverload;
  }
  return kStructural;
}

bool Oracle::began_within(EndpointId endpoint, Time at, Duration width) const {
  const Person& person = people_[index(endpoint)];
  if (!person.intent) return false;
  Time first = kNever;  // the earliest welcome since the login
  for (ConnectionId id = person.latest; id != kNoConnection; id = connection(id).previous) {
    const Time ready = connection(id).ready;
    if (ready != kNever && ready >= person.login) first = std::min(first, ready);
  }
  return first != kNever && at - first <= width;
}

bool Oracle::owed(EndpointId endpoint) const {
  const Person& person = people_[index(endpoint)];
  return person.intent && person.ready_since_login;
}

// Recomputes where the person is, and their bits in the rooms.
void Oracle::update(EndpointId endpoint, Time now) {
  Person& person = people_[index(endpoint)];
  Where where = Where::disconnected;
  if (!person.intent)
    where = Where::out;
  else if (!person.ready_since_login)
    where = Where::login_wait;
  else if (person.reaches)
    where = Where::reachable;
  else if (person.green > 0)
    where = Where::deaf;
  move(person, where, now);
  const bool is_owed = owed(endpoint);
  for (const Rosters::Seat& seat : rosters_.seats(endpoint)) {
    const bool joined = test_bit(rosters_.in(seat.room, Set::joined), seat.rank);
    set_bit(rosters_.in(seat.room, Set::owed), seat.rank, is_owed && joined);
    set_bit(rosters_.in(seat.room, Set::connected), seat.rank,
            is_owed && joined && person.live > 0);
  }
}

void Oracle::move(Person& person, Where where, Time now) {
  if (person.where == where) return;
  const Lived there = window_.part(person.since, now);
  time_in_[static_cast<std::size_t>(person.where)].add(there);
  // Welcome and reachable are two calls at one instant: nobody was deaf in between.
  if (person.where == Where::deaf) {
    if (there.time() > Duration{0}) {
      deaf_.record(waited(window_, person.since, now), there.time().count());
    }
  }
  person.where = where;
  person.since = now;
}

// ---- for attribution ---------------------------------------------------------------------------

bool Oracle::live_on(EndpointId endpoint, NodeId node, Time at) const {
  for (ConnectionId id = people_[index(endpoint)].latest; id != kNoConnection;
       id = connection(id).previous) {
    const ConnectionRecord& record = connection(id);
    if (record.node == node && record.opened <= at && at < record.ended()) {
      return true;
    }
  }
  return false;
}

bool Oracle::together(EndpointId a, EndpointId b, Time at) const {
  for (ConnectionId id = people_[index(a)].latest; id != kNoConnection;
       id = connection(id).previous) {
    const ConnectionRecord& record = connection(id);
    const bool there = record.opened <= at && at < record.ended();
    if (there && live_on(b, record.node, at)) return true;
  }
  return false;
}

ConnectionId Oracle::live_throughout(EndpointId endpoint, Time from, Time to) const {
  for (ConnectionId id = people_[index(endpoint)].latest; id != kNoConnection;
       id = connection(id).previous) {
    const ConnectionRecord& record = connection(id);
    if (record.opened <= from && to < record.ended()) return id;
  }
  return kNoConnection;
}

ConnectionId Oracle::last_ended(EndpointId endpoint, Time at) const {
  ConnectionId last = kNoConnection;
  for (ConnectionId id = people_[index(endpoint)].latest; id != kNoConnection;
       id = connection(id).previous) {
    const ConnectionRecord& record = connection(id);
    if (record.ready == kNever || record.ended() > at) continue;
    if (last == kNoConnection || record.ended() > connection(last).ended()) last = id;
  }
  return last;
}

// The first one that was opened after this: the next after a gap.
ConnectionId Oracle::first_opened_after(EndpointId endpoint, Time at) const {
  ConnectionId first = kNoConnection;
  for (ConnectionId id = people_[index(endpoint)].latest; id != kNoConnection;
       id = connection(id).previous) {
    const ConnectionRecord& record = connection(id);
    if (record.opened == kNever || record.opened <= at) continue;
    if (first == kNoConnection || record.opened < connection(first).opened) first = id;
  }
  return first;
}

// ---- the end -----------------------------------------------------------------------------------

void Oracle::tell(Witness& witness) const {
  for (std::uint32_t c = 0; c < connections_.size(); ++c) {
    witness.connection(ConnectionId{c}, connection(ConnectionId{c}));
  }
}

void Oracle::finish(Time end, RunRecord& record) {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    Person& person = people_[i];
    if (person.intent) {
      intent_ns_.add(window_.part(person.login, end));
      if (!person.ready_since_login) never_logged_in_.add(waited(window_, person.login, end));
    }
    if (person.intent && person.gap != kNever) {
      const std::optional<Inside> cut_off = window_.at(person.gap);
      never_again_.add(cut_off);
      blamed_[index(person.trigger)].never_again.add(cut_off);
    }
    move(person, Where::out, end);
  }
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    const ConnectionRecord& connection = connections_[i];
    if (connection.opened == kNever || connection.closed != kNever) continue;
    if (connection.dead == kNever) continue;
    ghost_ns_.add(window_.part(std::max(connection.dead, connection.opened), end));
  }
  record.intent = intent_ns_;
  record.login_wait = time_in_[static_cast<std::size_t>(Where::login_wait)];
  record.reachable = time_in_[static_cast<std::size_t>(Where::reachable)];
  record.deaf = time_in_[static_cast<std::size_t>(Where::deaf)];
  record.disconnected = time_in_[static_cast<std::size_t>(Where::disconnected)];
  record.deaf_intervals = deaf_;
  record.ready_again = ready_again_;
  record.first_login = first_login_;
  record.never_again = never_again_;
  record.never_logged_in = never_logged_in_;
  record.disconnects = disconnects_;
  record.ghost_ns = ghost_ns_;
  record.resumes = resumes_;
  record.resumes_refused = resumes_refused_;
  for (FaultRow& fault : record.faults) {
    const Blamed& blamed = blamed_[index(fault.trigger)];
    fault.disconnects = blamed.disconnects;
    fault.endpoints_touched = blamed.touched;
    fault.ready_again = blamed.ready_again;
    fault.never_again = blamed.never_again;
  }
}

void Oracle::check(std::vector<Violation>& violations) const {
  __int128 parts = 0;
  for (std::size_t i = 1; i < time_in_.size(); ++i) parts += time_in_[i];
  if (parts == intent_ns_) return;
  violations.push_back(
      {"endpoint time",
       fmt::format("reachable + deaf + disconnected + login wait is {} ns, intent is {} ns",
                   static_cast<std::int64_t>(parts), static_cast<std::int64_t>(intent_ns_))});
}

}  // namespace squall
