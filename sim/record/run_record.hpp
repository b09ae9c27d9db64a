// What one run (one strategy, one seed) leaves behind. Reports see only this.
//
// Pure data with exact integers; every number is a count, bytes or nanoseconds. Filled by the
// ledger and the engine, checked by ledger_laws.cpp and the engine, measured by report/measure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/record/bytes.hpp"
#include "sim/record/histogram.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// Bit i: inside the i-th labelled span of the script (spans beyond 64 are refused by the loader).
using SpanMask = std::uint64_t;

// The consecutive stages of a delivered pair; their sums add up to the total exactly.
enum class Stage : std::uint8_t {
  client_wait,  // t_intend -> t_write: offline queue
  uplink,       // t_write -> t_ingress
  ingress_cpu,  // t_ingress -> t_accept: queue and work of the ingress node
  backplane,    // t_accept -> t_egress: lookup, broker, peer link, queue of the egress node
  fan_out,      // t_egress -> t_socket: turns of the batch, egress queue
  downlink      // t_socket -> t_app
};
inline constexpr std::size_t kStages = static_cast<std::size_t>(Stage::downlink) + 1;
std::string_view name(Stage stage);

// All messages of one traffic class born inside exactly these spans.
struct Cell {
  std::uint16_t traffic = 0;
  SpanMask spans = 0;

  std::uint64_t messages = 0;
  // Owed pairs and their terminal states: owed = live + live_after_reconnect + recovered + lost
  // + excused + unresolved.
  std::uint64_t owed = 0, live = 0, live_after_reconnect = 0, recovered = 0, lost = 0, excused = 0,
                unresolved = 0;
  std::uint64_t owed_connected = 0, lost_connected = 0;  // the secondary basis
  std::uint64_t late = 0;                                // a flag on delivered pairs
  // Every lost pair is exactly one of these.
  std::uint64_t broken_promises = 0, lost_refused = 0, lost_silent = 0;
  std::uint64_t bonus = 0, spurious = 0;
  std::uint64_t grey = 0;  // not owed: the recipient's state changed within the clock's uncertainty
  std::uint64_t dup_suppressed = 0, dup_surfaced = 0, redundant = 0;
  std::uint64_t fifo_violations = 0;

  Histogram latency;        // t_app - t_intend of delivered owed pairs, ns
  Histogram service;        // t_app - t_write
  Histogram room_complete;  // t_intend until the last owed recipient, per message without loss
  Histogram skew;           // last - first recipient, per message with >= 2 deliveries
  std::array<__int128, kStages> stage_sum{};  // ns over delivered owed pairs
};

struct LossRow {
  std::uint16_t traffic = 0;
  SpanMask spans = 0;
  Mechanism mechanism = Mechanism::unattributed;
  TriggerId trigger{0};
  CloseReason reason = CloseReason::none;
  std::uint64_t pairs = 0;
  std::uint64_t broken_promises = 0;
};

// Pairs born in one second of measure.
struct SecondRow {
  std::uint64_t owed = 0, lost = 0, delivered = 0;
  std::uint64_t connected = 0;  // endpoints ready at the start of the second
};

struct NodeRow {
  Duration busy{0};            // CPU of all loops during measure
  Duration wasted{0};          // of it: ghosts, benign copies, abandoned handshakes
  std::uint64_t pushes = 0;    // frames written to clients
  std::uint64_t ingress = 0;   // messages accepted from clients
  __int128 connection_ns = 0;  // time integral of open sessions during measure
  std::uint64_t connections_max = 0;
  std::uint64_t connections_end = 0;  // open sessions at the end of measure
  __int128 queue_ns = 0;              // time integral of work items in the loops
};

struct FaultRow {  // one labelled step of the script
  TriggerId trigger{0};
  Time begin{0}, end{0};
  std::uint64_t disconnects = 0;        // involuntary, billed to this fault
  std::uint64_t endpoints_touched = 0;  // distinct
  std::uint64_t pairs_lost = 0;
  Histogram ready_again;  // ns, of the disconnects billed to this fault
  std::uint64_t never_again = 0;
};

// What only a live engine knows: the generator's own faults, and the cost of the run.
// What was refused because it came from nobody of the run: on sockets of a live engine only.
struct StrangerRow {
  std::uint64_t connections = 0;  // that did not say what ours say
  std::uint64_t frames = 0;       // on established connections
  std::uint64_t messages = 0;     // on the run's topic, or under its keys
  std::uint64_t all() const { return connections + frames + messages; }
};

struct LiveRow {
  bool played = false;  // false: virtual time, and nothing below means anything
  Histogram lateness;   // of planned sends: when the generator came to it - t_intend, ns
  std::uint64_t planned = 0, sent = 0;  // messages due until the end, and those it came to
  std::uint64_t owed = 0, grey = 0;     // pairs; grey: too close to a boundary to say, left out
  Duration cpu{0};                      // of the whole process during measure
  StrangerRow strangers;
  std::string invalid;  // why the run may not be believed; empty: it may
};

// A conservation law that did not balance.
struct Violation {
  std::string law;     // e.g. "pairs", "copies", "bytes node_to_node"
  std::string detail;  // both sides of the equation
};

struct RunRecord {
  std::string strategy;
  std::uint64_t seed = 0;
  Duration measure{0};
  std::uint16_t nodes = 0;
  std::uint16_t loops = 1;  // event loops per node
  std::uint32_t endpoints = 0;

  std::vector<Cell> cells;         // sorted by (traffic, spans)
  std::vector<LossRow> losses;     // sorted by all key fields
  std::vector<SecondRow> seconds;  // of measure, by t_intend
  std::vector<NodeRow> node_rows;
  std::vector<FaultRow> faults;
  ByteMatrix bytes{};  // of frames sent during measure

  // Losses per endpoint that lost anything, descending.
  std::vector<std::uint32_t> worst_endpoints;

  // Connections (whole run unless said otherwise).
  std::uint64_t attempts = 0, established = 0, refused = 0, timed_out = 0, abandoned = 0,
                pending = 0;
  std::uint64_t disconnects = 0;  // involuntary, during measure
  Histogram ready_again;          // involuntary disconnect -> reachable again, ns
  std::uint64_t never_again = 0;  // still not back at the end of drain
  Histogram first_login;          // login -> first ready, ns

  // Endpoint-time of intent during measure, ns; they add up to `intent`.
  __int128 intent = 0, reachable = 0, deaf = 0, disconnected = 0, login_wait = 0;
  Histogram deaf_intervals;  // ns, one sample per interval

  __int128 ghost_ns = 0;  // time integral of ghost sessions
  std::uint64_t ghost_pushes = 0;
  std::uint64_t route_lookups = 0, route_stale = 0, route_missing = 0;  // by oracle

  std::uint64_t room_pairs = 0, room_inversions = 0;  // sampled, see room_sample
  std::uint64_t room_sample = 0;                      // recipients compared

  std::uint64_t copies = 0, forks = 0, benign = 0;
  std::uint64_t messages_offered = 0, messages_admitted = 0, messages_refused = 0,
                messages_never_sent = 0;
  std::uint64_t events = 0;         // executed by the engine
  std::uint64_t arrivals_hash = 0;  // equal for all strategies of one seed
  std::uint64_t fingerprint = 0;    // over all above and the order of events but heartbeats'

  LiveRow live;
  std::vector<Violation> violations;
  bool unstable = false;  // a loop's backlog grew over measure
};

// Whether the run may be used: no violation, nothing unresolved, nothing unattributed.
bool complete(const RunRecord& record);

}  // namespace squall
