// An oracle, a ledger and a byte book without an engine: a test tells them what happened.
//
// One traffic class, rooms by their members, no plan. Each word below stands for the calls that an
// engine makes for one such happening; what is not said did not happen.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/record/ledger.hpp"

namespace squall::testing {

using namespace std::chrono_literals;

struct BooksSetup {
  std::uint32_t endpoints = 4;
  std::vector<std::vector<std::uint32_t>> rooms = {{0, 1, 2, 3}};
  Duration measure = 60s, deadline = 5s, dedupe_window = 10s;
  std::vector<std::pair<Time, Time>> spans = {};
  Mechanism uncovered = Mechanism::not_subscribed;
  bool deliberate = false;
  std::optional<Mechanism> mute = std::nullopt;
  Homes homes = {};
};

inline constexpr TriggerId kStructure{0}, kLoad{1}, kChurn{2}, kFault{3};
inline constexpr std::size_t kTriggers = 4;
inline constexpr std::uint16_t kNodes = 4;
inline constexpr RoomId kRoom{0};
inline constexpr Time kSay{1s};  // when somebody speaks, where one message is enough

inline EndpointId user(std::uint32_t number) { return EndpointId{number}; }
inline NodeId node(std::uint16_t number) { return NodeId{number}; }

// A frame to a connection: when it left user space, and when it would be at the client.
struct Frame {
  ConnectionId connection;
  Time socket, arrival;
};

class Books {
 public:
  explicit Books(BooksSetup setup = {})
      : setup_(std::move(setup)),
        rosters_(make_rosters()),
        oracle(oracle_setup()),
        bytes(setup_.measure, kNodes),
        ledger(ledger_setup(), oracle, bytes) {
    for (std::uint32_t e = 0; e < setup_.endpoints; ++e) {
      std::vector<Rosters::Seat> seats;
      for (std::uint32_t room = 0; room < rosters_.size(); ++room) {
        const auto seat = std::ranges::find(rosters_[room], user(e));
        if (seat == rosters_[room].end()) continue;
        seats.push_back({RoomId{room}, static_cast<std::uint32_t>(seat - rosters_[room].begin())});
      }
      oracle.rosters().seat(user(e), seats, true);
    }
  }
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

 private:
  BooksSetup setup_;
  std::vector<std::vector<EndpointId>> rosters_;

 public:
  Oracle oracle;
  ByteBook bytes;
  Ledger ledger;

  // ---- people ----
  // Wants to be online (if not yet), and has a session on the node that it knows of, all at once.
  ConnectionId connect(EndpointId who, NodeId where, Time at) {
    oracle.logged_in(who, at);
    const ConnectionId id = open(who, where, at);
    oracle.ready(id, at);
    oracle.reachable(who, true, at);
    return id;
  }
  // A session that nobody was welcomed to.
  ConnectionId open(EndpointId who, NodeId where, Time at) {
    const ConnectionId id = oracle.attempted(who, where);
    oracle.opened(id, at);
    return id;
  }
  void connect_all(NodeId where, Time at) {
    for (std::uint32_t e = 0; e < setup_.endpoints; ++e) connect(user(e), where, at);
  }
  // The path breaks at `at`; client and node both see it.
  void cut(ConnectionId id, Time at, CloseReason reason = CloseReason::network,
           TriggerId trigger = kChurn) {
    const EndpointId who = oracle.connection(id).endpoint;
    oracle.dead(id, at, reason, trigger);
    oracle.noticed(id, at);
    oracle.closed(id, at, reason, trigger);
    oracle.reachable(who, false, at);
  }

  // ---- messages ----
  MessageId offer(EndpointId sender, Address to, Time at, Bytes size = 100) {
    return ledger.offer({at, 0, sender, to, size});
  }
  // Sent and on a node: written at once, there after 1 ms, accepted after 2 ms.
  MessageId say(EndpointId sender, Address to, Time at, Bytes size = 100) {
    const MessageId id = offer(sender, to, at, size);
    ledger.written(id, at);
    ledger.arrived(id, at + 1ms);
    ledger.accepted(id, at + 2ms);
    return id;
  }
  // One copy ends as frames of one node.
  void push(MessageId id, Time egress, const std::vector<Frame>& frames) {
    const NodeId where = oracle.connection(frames.front().connection).node;
    auto& entries = ledger.push(id, where, egress);
    if (ledger.measured(id)) {
      for (const Frame& frame : frames) {
        entries.push_back(
            {rank(id, frame.connection), frame.connection, frame.socket, frame.arrival});
      }
    }
    ledger.pushed(id, egress, static_cast<std::uint32_t>(frames.size()));
  }
  // A prompt delivery to one connection: 1 ms to the socket, 10 ms to the client.
  void deliver(MessageId id, ConnectionId to, Time egress) {
    push(id, egress, {{to, egress + 1ms, egress + 11ms}});
  }
  std::uint32_t rank(MessageId id, ConnectionId connection) const {
    const Address to = ledger.message(id).address;
    const EndpointId who = oracle.connection(connection).endpoint;
    return to.kind == Address::Kind::user ? 0 : oracle.rosters().rank_in(who, to.room());
  }

  // ---- the end ----
  void settle() {
    for (const auto& [id, when] : ledger.take_extinct()) ledger.settle(id);
  }
  // Settles what has ended, closes the books and checks every law.
  RunRecord close(Time end = 100s) {
    settle();
    RunRecord record;
    FaultRow fault;
    fault.trigger = kFault;
    record.faults.push_back(fault);
    oracle.finish(end, record);
    ledger.finish(record);
    record.bytes = bytes.window();
    ledger.check(record.violations);
    oracle.check(record.violations);
    bytes.check(record.violations);
    return record;
  }

 private:
  std::vector<std::vector<EndpointId>> make_rosters() const {
    std::vector<std::vector<EndpointId>> rosters;
    for (const auto& members : setup_.rooms) {
      auto& roster = rosters.emplace_back();
      for (const std::uint32_t member : members) roster.push_back(user(member));
    }
    return rosters;
  }
  OracleSetup oracle_setup() const {
    OracleSetup made{setup_.endpoints, {}, setup_.measure, kTriggers};
    for (const auto& roster : rosters_) {
      made.room_sizes.push_back(static_cast<std::uint32_t>(roster.size()));
    }
    return made;
  }
  LedgerSetup ledger_setup() const {
    LedgerSetup made{
        setup_.measure,   setup_.deadline, setup_.dedupe_window, setup_.spans,      {},
        setup_.endpoints, kTriggers,       setup_.uncovered,     setup_.deliberate, setup_.mute};
    for (const auto& roster : rosters_) made.rosters.emplace_back(roster);
    made.homes = setup_.homes;
    return made;
  }
};

inline const std::vector<std::string> kNoLaw;
// The laws that did not balance, each once.
inline std::vector<std::string> broken_laws(const RunRecord& record) {
  std::vector<std::string> laws;
  for (const Violation& violation : record.violations) {
    if (std::ranges::find(laws, violation.law) == laws.end()) laws.push_back(violation.law);
  }
  return laws;
}

inline bool breaks(const RunRecord& record, const std::string& law) {
  const std::vector<std::string> laws = broken_laws(record);
  return std::ranges::find(laws, law) != laws.end();
}

}  // namespace squall::testing
