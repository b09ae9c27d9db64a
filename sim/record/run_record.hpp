// What one run (one strategy, one seed) leaves behind. Reports see only this.
//
// Pure data with exact integers; every number is a count, bytes or nanoseconds. Filled by the
// ledger and the engine, checked by ledger_laws.cpp and the engine, measured by report/measure.
// `Measures` is all that metrics may read, and holds nothing but what window.hpp can count.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/record/bytes.hpp"
#include "sim/record/series.hpp"
#include "sim/record/window.hpp"
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

  Count messages;
  Count messages_owed;  // of them: owed to anybody
  // Owed pairs and their terminal states: owed = live + live_after_reconnect + recovered + lost
  // + excused + unresolved.
  Count owed, live, live_after_reconnect, recovered, lost, excused, unresolved;
  Count owed_connected, lost_connected;  // the secondary basis
  Count late;                            // a flag on delivered pairs
  // Every lost pair is exactly one of these.
  Count broken_promises, lost_refused, lost_silent;
  Count bonus, spurious;
  Count grey;  // not owed: the recipient's state changed within the clock's uncertainty
  Count dup_suppressed, dup_surfaced, redundant;
  Count fifo_violations;

  Samples latency;        // t_app - t_intend of delivered owed pairs, ns
  Samples service;        // t_app - t_write
  Samples room_complete;  // t_intend until the last owed recipient, per message without loss
  Samples skew;           // last - first recipient, per message with >= 2 deliveries
  std::array<CountedTime, kStages> stage_sum{};  // ns over delivered owed pairs
};

struct LossRow {
  std::uint16_t traffic = 0;
  SpanMask spans = 0;
  Mechanism mechanism = Mechanism::unattributed;
  TriggerId trigger{0};
  CloseReason reason = CloseReason::none;
  Count pairs;
  Count broken_promises;
};

// Pairs born in one second of measure.
struct SecondRow {
  Count owed, lost, delivered;
  Count connected;  // endpoints ready at the start of the second
};

struct NodeRow {
  CountedTime busy;           // CPU of all loops
  CountedTime wasted;         // of it: benign copies, abandoned handshakes
  Count pushes;               // frames written to clients, by the instant of the fan-out
  Count ingress;              // messages accepted from clients, by the instant
  CountedTime connection_ns;  // time integral of open sessions
  Count connections_max;
  Count connections_end;      // open sessions at the end of measure
  CountedTime queue_ns;       // time integral of work items in the loops
  Counted<Bytes> memory_max;  // of its process; 0: not counted
  Count oom_kills;            // of it, over its limit
  Count probes;               // of its process: does it live?
  Count probe_kills;          // of it, as it did not answer
};

struct FaultRow {  // one labelled step of the script
  TriggerId trigger{0};
  Time begin{0}, end{0};
  std::uint32_t per_day_micro = 0;  // how often the script says it happens; 0: unsaid
  Count disconnects;                // involuntary, billed to this fault
  Count endpoints_touched;          // distinct
  Count pairs_lost;
  Samples ready_again;  // ns, of the disconnects billed to this fault
  Count never_again;
};

// A time in which a node was not simply up, by the script.
struct NodeSpell {
  enum class What : std::uint8_t { draining, down, paused, slow };
  What what = What::down;
  NodeId node{0};
  Time begin{0}, end{0};
};
std::string_view name(NodeSpell::What what);

// A time in which a server of a live run was away.
struct LiveOutage {
  std::string what;  // broker, registry, balancer
  TriggerId trigger{0};
  Time begin{0}, end = kNever;  // as it was; never: until the run ended
  Duration planned{0};          // by the script; 0: it was in no script
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
  std::vector<LiveOutage> outages;      // in order of their beginning
  std::vector<std::string> remarks;     // what went otherwise than planned, for the reader
  StrangerRow strangers;                // refused: nobody of the run sent it
  std::string invalid;                  // why the run may not be believed; empty: it may
};

// A conservation law that did not balance.
struct Violation {
  std::string law;     // e.g. "pairs", "copies", "bytes node_to_node"
  std::string detail;  // both sides of the equation
};
// In place of a law: nothing was forgotten, but the run ended while copies were under way.
inline constexpr std::string_view kDrain = "drain";

// The "law" of a run that ended before its time.
inline constexpr std::string_view kCutShort = "run cut short";

// What metrics read. Apart from the six lines that say what was played, a field of another type
// than those of window.hpp fails tests/record/window_test.cpp at compile time.
struct Measures {
  Duration measure{0};
  bool all_in_one_process = false;  // a live run: the CPU of one of its nodes cannot be told
  std::uint16_t nodes = 0;
  std::uint16_t loops = 1;  // event loops per node
  std::uint32_t endpoints = 0;
  bool zones_apart = false;  // the scenario says how far its zones are from each other

  std::vector<Cell> cells;            // sorted by (traffic, spans)
  std::vector<LossRow> losses;        // sorted by all key fields
  std::vector<SecondRow> seconds;     // of measure, by t_intend
  std::vector<TrafficSeries> series;  // by traffic class, of those that were owed to anybody
  std::vector<NodeRow> node_rows;
  std::vector<FaultRow> faults;
  ByteMatrix bytes{};            // of frames sent during measure
  Counted<Bytes> zone_crossing;  // of them: on links of the cluster from zone to zone

  // Losses per endpoint that lost anything, descending.
  std::vector<Counted<std::uint32_t>> worst_endpoints;

  Count connection_attempts;
  Count disconnects;               // involuntary
  Samples ready_again;             // of those: until reachable again, ns
  Count never_again;               // of those: still not back at the end of drain
  Count resumes, resumes_refused;  // welcomes that said "recovered: yes", and "no"
  // Login -> first ready, ns, of all who waited at some moment of measure.
  Samples first_login;
  Count never_logged_in;  // of those: still waiting at the end of drain

  // Endpoint-time of intent, ns; they add up to `intent`.
  CountedTime intent, reachable, deaf, disconnected, login_wait;
  Samples deaf_intervals;  // ns, one sample per interval

  CountedTime ghost_ns;                             // time integral of ghost sessions
  Count ghost_pushes;                               // of messages born in measure
  Count route_lookups, route_stale, route_missing;  // by oracle, at the instant of the lookup

  Count room_pairs, room_inversions;  // sampled, see room_sample
  Count room_sample;                  // recipients compared
};

// Of the whole run: what became of the messages that people wanted to send.
struct MessageCounts {
  std::uint64_t offered = 0, admitted = 0, refused = 0, never_sent = 0;
};

struct RunRecord : Measures {
  std::string strategy;
  std::uint64_t seed = 0;
  Duration slice{1'000'000'000};  // the width of those of `series`
  std::vector<NodeSpell> spells;  // by node, then time

  // Of the whole run, warm-up and drain included: for the laws, never for a metric.
  std::uint64_t attempts = 0, established = 0, refused = 0, timed_out = 0, abandoned = 0,
                pending = 0;
  std::uint64_t copies = 0, forks = 0, benign = 0;
  MessageCounts messages;
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
