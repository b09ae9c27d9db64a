// Packets of a trace. Field numbers are those of perfetto's trace_packet.proto, track_event.proto,
// track_descriptor.proto and process_descriptor.proto.
#include "report/export/perfetto.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>

#include "report/export/protobuf.hpp"
#include "report/words/utf8.hpp"
#include "strategies/core/causes.hpp"

namespace squall {
namespace {

enum class EventType : std::uint64_t { begin = 1, end = 2, instant = 3, counter = 4 };

// Tracks are numbered; a process begins a range of its own.
constexpr std::uint64_t kRun = 1;
constexpr std::uint64_t kSeconds = 2;  // and the two after it
constexpr std::uint64_t kFaults = 100;
constexpr std::uint64_t kNodes = 10'000;
constexpr std::uint64_t kPerNode = 4;  // process, sessions, messages
constexpr std::uint64_t kEndpoints = 1'000'000;

std::string node_name(std::size_t node) { return fmt::format("n{}", node + 1); }

class Trace {
 public:
  Trace(const Scenario& scenario, const RunRecord& run, const JourneyLog& log,
        const TraceLimits& limits)
      : scenario_(scenario), run_(run), log_(log), limits_(limits) {}

  std::string write() {
    process(kRun, fmt::format("squall {} / {}, seed {}", scenario_.name, run_.strategy, run_.seed));
    seconds();
    faults();
    for (std::size_t node = 0; node < run_.nodes; ++node) {
      const std::uint64_t first = kNodes + node * kPerNode;
      process(first, node_name(node));
      track(first + 1, first, "sessions", true);
      track(first + 2, first, "messages to push", false);
    }
    sessions();
    messages();
    endpoints();
    return std::move(text_);
  }

 private:
  std::uint64_t stamp(Time at) const {
    const Duration since = at + scenario_.time.warmup;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, since.count()));
  }

  void packet(ProtobufWriter& packet) {
    packet.varint(10, 1);  // trusted_packet_sequence_id
    ProtobufWriter trace;
    trace.message(1, packet);
    text_ += trace.text();
  }

  void describe(ProtobufWriter& descriptor) {
    ProtobufWriter one;
    packet(one.message(60, descriptor));
  }

  void process(std::uint64_t id, const std::string& name) {
    ProtobufWriter process;
    process.varint(1, id).bytes(6, clean_utf8(name));
    ProtobufWriter descriptor;
    descriptor.varint(1, id).message(3, process);
    describe(descriptor);
  }

  void track(std::uint64_t id, std::uint64_t parent, const std::string& name, bool counter) {
    ProtobufWriter descriptor;
    descriptor.varint(1, id).varint(5, parent).bytes(2, clean_utf8(name));
    if (counter) descriptor.bytes(8, {});
    describe(descriptor);
  }

  static ProtobufWriter event(std::uint64_t id, EventType type, const std::string& name) {
    ProtobufWriter event;
    event.varint(9, static_cast<std::uint64_t>(type)).varint(11, id);
    if (!name.empty()) event.bytes(23, clean_utf8(name));
    return event;
  }

  void emit(Time at, const ProtobufWriter& event) {
    ProtobufWriter one;
    packet(one.varint(8, stamp(at)).message(11, event));
  }

  void slice(std::uint64_t id, Time begin, Time end, const std::string& name) {
    emit(begin, event(id, EventType::begin, name));
    emit(end, event(id, EventType::end, {}));
  }

  void count(std::uint64_t id, Time at, std::uint64_t value) {
    ProtobufWriter counted = event(id, EventType::counter, {});
    emit(at, counted.varint(30, value));
  }

  void seconds() {
    track(kSeconds, kRun, "pairs lost per second", true);
    track(kSeconds + 1, kRun, "pairs delivered per second", true);
    track(kSeconds + 2, kRun, "endpoints connected", true);
    for (std::size_t i = 0; i < run_.seconds.size(); ++i) {
      const Time at = std::chrono::seconds(i);
      count(kSeconds, at, run_.seconds[i].lost);
      count(kSeconds + 1, at, run_.seconds[i].delivered);
      count(kSeconds + 2, at, run_.seconds[i].connected);
    }
  }

  void faults() {
    const std::vector<std::string> triggers = trigger_names(scenario_);
    for (std::size_t i = 0; i < run_.faults.size(); ++i) {
      const FaultRow& fault = run_.faults[i];
      const std::size_t trigger = index(fault.trigger);
      const std::string name = trigger < triggers.size() ? triggers[trigger] : "fault";
      track(kFaults + i, kRun, name, false);
      slice(kFaults + i, fault.begin, std::min(fault.end, end()), name);
    }
  }

  Time end() const { return scenario_.time.measure + scenario_.time.drain; }

  // How many sessions each node believes in, at every change.
  void sessions() {
    std::vector<std::pair<Time, std::pair<std::size_t, int>>> changes;
    for (const ConnectionRecord& connection : log_.connections) {
      if (connection.node == kNoNode || connection.opened == kNever) continue;
      const std::size_t node = index(connection.node);
      changes.push_back({connection.opened, {node, 1}});
      if (connection.closed != kNever) changes.push_back({connection.closed, {node, -1}});
    }
    std::ranges::stable_sort(changes);
    std::vector<std::int64_t> open(run_.nodes, 0);
    for (const auto& [at, change] : changes) {
      const auto& [node, step] = change;
      if (node >= open.size()) continue;
      open[node] = std::max<std::int64_t>(0, open[node] + step);
      count(kNodes + node * kPerNode + 1, at, static_cast<std::uint64_t>(open[node]));
    }
  }

  void messages() {
    const std::size_t every = log_.egress.size() / std::max<std::size_t>(1, limits_.messages) + 1;
    if (every > 1) {
      emit(Time{0}, event(kRun, EventType::instant,
                          fmt::format("sampled: every {}th message is shown", every)));
    }
    for (const Egress& egress : log_.egress) {
      if (egress.number % every != 0) continue;
      const std::string to = egress.to.kind == Address::Kind::room ? " to room " : " to endpoint ";
      ProtobufWriter one = event(kNodes + index(egress.node) * kPerNode + 2, EventType::instant,
                                 fmt::format("message {}{}{}", egress.number, to, egress.to.id));
      emit(egress.at, one.fixed64(47, egress.number + 1));  // flow_ids; zero is none
    }
  }

  // Lives of connections, for the endpoints that had most of them.
  void endpoints() {
    std::map<std::uint32_t, std::vector<const ConnectionRecord*>> lives;
    for (const ConnectionRecord& connection : log_.connections) {
      if (connection.opened == kNever) continue;
      lives[static_cast<std::uint32_t>(connection.endpoint)].push_back(&connection);
    }
    std::vector<std::pair<std::size_t, std::uint32_t>> order;
    for (const auto& [endpoint, connections] : lives) {
      if (connections.size() > 1) order.push_back({connections.size(), endpoint});
    }
    std::ranges::stable_sort(order, std::greater<>{},
                             &std::pair<std::size_t, std::uint32_t>::first);
    if (order.size() > limits_.endpoints) order.resize(limits_.endpoints);
    if (order.empty()) return;
    process(kEndpoints, "clients with most connections");
    for (const auto& [count, endpoint] : order) {
      for (std::size_t i = 0; i < lives[endpoint].size(); ++i) {
        connection(endpoint, i, *lives[endpoint][i]);
      }
    }
  }

  // A track each: a sister connection may overlap.
  void connection(std::uint32_t endpoint, std::size_t number, const ConnectionRecord& life) {
    const std::uint64_t id = kEndpoints + 1 + (std::uint64_t{endpoint} << 12) + (number & 0xFFF);
    const std::string who = fmt::format("endpoint {}", endpoint);
    track(id, kEndpoints, who, false);
    const std::string node = life.node == kNoNode ? "no node" : node_name(index(life.node));
    const Time dead = std::min(life.dead, end());
    slice(id, life.opened, dead, "on " + node);
    if (life.dead == kNever) return;
    emit(dead, event(id, EventType::instant, "ended: " + std::string(name(life.reason))));
    if (life.closed > dead) slice(id, dead, std::min(life.closed, end()), "ghost on " + node);
  }

  const Scenario& scenario_;
  const RunRecord& run_;
  const JourneyLog& log_;
  const TraceLimits& limits_;
  std::string text_;
};

}  // namespace

std::string perfetto_trace(const Scenario& scenario, const RunRecord& run, const JourneyLog& log,
                           const TraceLimits& limits) {
  return Trace(scenario, run, log, limits).write();
}

}  // namespace squall
