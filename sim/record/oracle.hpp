// The oracle: the harness's omniscient record of intent, membership and connections.
//
// The ledger asks it who was owed and why a pair was lost; strategies may never read it. Not
// thread-safe; one per run. Times given to it never go back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/machine/paged.hpp"
#include "sim/record/connection_record.hpp"
#include "sim/record/histogram.hpp"
#include "sim/record/rosters.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/witness.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct OracleSetup {
  std::uint32_t endpoints;
  std::vector<std::uint32_t> room_sizes;  // roster sizes
  Duration measure;
  std::size_t triggers;
};

// Of 1.05 ms; the zero of time is in the middle.
inline std::uint32_t tick(Time at) {
  return static_cast<std::uint32_t>((at.count() >> 20) + (std::int64_t{1} << 31));
}

class Oracle {
 public:
  explicit Oracle(OracleSetup setup);

  const Rosters& rosters() const { return rosters_; }
  Rosters& rosters() { return rosters_; }

  // ---- intent and membership ----
  void logged_in(EndpointId endpoint, Time now);
  void logged_out(EndpointId endpoint, Time now);
  void membership(EndpointId endpoint, RoomId room, bool joined, Time now);
  bool intends(EndpointId endpoint) const { return people_[index(endpoint)].intent; }
  std::span<const std::uint8_t> online() const { return online_; }
  // Whether this endpoint chose to go after `after` and not later than `until`: it logged out or,
  // for a room, left it. Whoever came back since has left all the same.
  bool left_between(EndpointId endpoint, Address to, Time after, Time until) const;

  // ---- connections ----
  ConnectionId attempted(EndpointId endpoint, NodeId node);  // a new incarnation
  void opened(ConnectionId connection, Time now);
  void ready(ConnectionId connection, Time now);
  // The path to the client ended at `at` (not after now). The first call decides reason and blame.
  void dead(ConnectionId connection, Time at, CloseReason reason, TriggerId trigger);
  void noticed(ConnectionId connection, Time now);  // the client stopped believing in it
  // The node's session ended. Gives reason and blame if the path had not ended before.
  void closed(ConnectionId connection, Time now, CloseReason reason, TriggerId trigger);
  void resumed(ConnectionId connection, Recovered recovered, Time now);
  // Whether a message can reach this endpoint now, as the engine knows; see deaf.
  void reachable(EndpointId endpoint, bool yes, Time now);

  const ConnectionRecord& connection(ConnectionId id) const { return connections_[index(id)]; }
  ConnectionRecord& connection(ConnectionId id) { return connections_[index(id)]; }
  void tell(Witness& witness) const;  // the lives of all connections
  // It was open before `since` and has not ended: what was written to it meanwhile has arrived.
  // False says nothing. For one look at four bytes instead of the record.
  bool calm(ConnectionId id, Time since) const { return calm_from_[index(id)] <= tick(since); }
  const void* calm_address(ConnectionId id) const { return &calm_from_[index(id)]; }
  TriggerId gap_trigger(EndpointId endpoint) const { return people_[index(endpoint)].trigger; }
  // Whose doing it is that this endpoint cannot speak: of what cut it off, or, when nothing did and
  // it was turned away or waited in vain, of a limit or a time-out that no fault explains.
  TriggerId silenced_by(EndpointId endpoint) const;
  // Whoever comes and is not let in: the gap goes on, for this reason if it had none.
  void kept_waiting(EndpointId endpoint, TriggerId trigger) {
    TriggerId& known = people_[index(endpoint)].trigger;
    if (known == kStructural) known = trigger;
  }

  // ---- who is owed ----
  // Members that are owed a message born now, and those of them that are connected. Bit = rank.
  std::span<const std::uint64_t> owed(RoomId room) const {
    return rosters_.in(room, Rosters::Set::owed);
  }
  std::span<const std::uint64_t> connected(RoomId room) const {
    return rosters_.in(room, Rosters::Set::connected);
  }
  bool owed(EndpointId endpoint) const;
  // It became ready for the first time since its login, in the `width` before `at`.
  bool began_within(EndpointId endpoint, Time at, Duration width) const;
  bool connected(EndpointId endpoint) const { return people_[index(endpoint)].live > 0; }

  // ---- for attribution ----
  bool live_on(EndpointId endpoint, NodeId node, Time at) const;
  // Both have a session on one and the same node.
  bool together(EndpointId a, EndpointId b, Time at) const;
  // One and the same session was there from `from` to `to`.
  ConnectionId live_throughout(EndpointId endpoint, Time from, Time to) const;
  // The connection whose end opened the gap that `at` falls into (the last one that ended).
  ConnectionId last_ended(EndpointId endpoint, Time at) const;
  ConnectionId first_opened_after(EndpointId endpoint, Time at) const;

  // Closes all open intervals at the end of the run and hands over what was counted.
  void finish(Time end, RunRecord& record);
  void check(std::vector<Violation>& violations) const;

 private:
  enum class Where : std::uint8_t { out, login_wait, reachable, deaf, disconnected };
  static constexpr std::uint32_t kNoLeave = UINT32_MAX;
  struct Leave {  // of everything, or of one room
    Time at;
    std::uint32_t room, previous;  // previous: of the same endpoint
  };
  struct Person {
    ConnectionId latest = kNoConnection;
    TriggerId trigger{0};  // of the last disconnection
    bool intent = false;
    bool ready_since_login = false;
    bool reaches = false;
    Where where = Where::out;
    std::uint8_t green = 0;  // connections the client believes in
    std::uint8_t live = 0;   // of them: really alive
    Time since{0};           // of `where`
    Time login = kNever;
    std::uint32_t latest_leave = kNoLeave;
    Time gap = kNever;  // involuntarily cut off since
  };
  void leave(EndpointId endpoint, std::uint32_t room, Time now);
  void update(EndpointId endpoint, Time now);
  void move(Person& person, Where where, Time now);

  OracleSetup setup_;
  Window window_;
  Paged<Person> people_;
  std::vector<std::uint8_t> online_;
  Paged<Leave> leaves_;
  Rosters rosters_;
  Paged<ConnectionRecord> connections_;
  Paged<std::uint32_t> calm_from_;        // by connection: a tick, or max() when not calm
  std::array<CountedTime, 5> time_in_{};  // by Where
  CountedTime intent_ns_, ghost_ns_;
  Samples ready_again_, first_login_, deaf_;
  struct Blamed {
    Samples ready_again;
    Count disconnects, touched, never_again;
    std::vector<std::uint64_t> who;  // bit per endpoint
  };
  std::vector<Blamed> blamed_;  // by trigger
  Count disconnects_, never_again_, never_logged_in_;
  Count resumes_, resumes_refused_;
};

}  // namespace squall
