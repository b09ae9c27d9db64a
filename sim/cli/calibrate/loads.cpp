// Plays one load and counts its work. See loads.hpp.
// Work is counted from the books, not from the plan: a late generator changes how much was done,
// not what a piece of it costs.
#include "sim/cli/calibrate/loads.hpp"

#include <fmt/core.h>
#include <array>
#include <nlohmann/json.hpp>

#include "sim/cli/calibrate/process_cpu.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/live/run/engine.hpp"
#include "strategies/core/check.hpp"
#include "strategies/presets.hpp"

namespace squall {
namespace {

// clang-format off
constexpr std::array kLoads{
    LoadRow{"idle",                100,  1,    64,    0},
    LoadRow{"few pairs, 64 B",      40, 20,    64,  100},
    LoadRow{"pairs, 64 B",          40, 20,    64, 1500},
    LoadRow{"pairs, 4 KiB",         40, 20,  4096, 1000},
    LoadRow{"rooms of 10, 256 B",   50,  5,   256,  400},
    LoadRow{"few in rooms of 10",   50,  5,   256,  100, 1, false, false, true},
    LoadRow{"rooms of 25, 64 B",    50,  2,    64,  300},
    LoadRow{"rooms of 25, 8 KiB",   50,  2,  8192,   80},
    LoadRow{"a room of 200, 128 B", 200, 1,   128,   40},
    LoadRow{"a room of 200, 2 KiB", 200, 1,  2048,   20},
    LoadRow{"broker, 1 node",       20, 10,   128, 1000, 1, true},
    LoadRow{"broker, 3 nodes",      20, 10,   128,  700, 3, true},
    LoadRow{"broker, 3 nodes, 4 KiB", 20, 10, 4096, 400, 3, true},
    LoadRow{"reconnects",          200,  1,    64,    0, 1, false, true},
    LoadRow{"half the reconnects", 100,  1,    64,    0, 1, false, true},
};
// clang-format on

std::uint64_t delivered(const RunRecord& record) {
  std::uint64_t pairs = 0;
  for (const Cell& cell : record.cells) {
    pairs += cell.live + cell.live_after_reconnect + cell.recovered;
  }
  return pairs;
}

std::uint64_t messages(const RunRecord& record) {
  std::uint64_t sum = 0;
  for (const Cell& cell : record.cells) sum += cell.messages;
  return sum;
}

StrategySpec spec_of(const LoadRow& row) {
  const PresetRow* const preset = preset_named(row.broker ? "broadcast" : "sticky_hash");
  SQUALL_CHECK(preset != nullptr);
  return preset->spec;
}

// Control is what the books have no other name for.
double beside(const RunRecord& record, Link link, std::uint64_t messages) {
  const LinkBytes& bytes = record.bytes[static_cast<std::size_t>(link)];
  const double control =
      static_cast<double>(Bytes{bytes.sent[static_cast<std::size_t>(BytePurpose::control)]});
  return messages > 0 ? control / static_cast<double>(messages) : 0;
}

}  // namespace

double quantile_s_of(const RunRecord& record, double quantile) {
  Histogram latency;
  for (const Cell& cell : record.cells) latency.merge(cell.latency);
  return static_cast<double>(latency.quantile(quantile)) * 1e-9;
}

std::span<const LoadRow> load_rows() { return kLoads; }

Scenario scenario_of(const LoadRow& row, std::size_t nodes) {
  nlohmann::json people = {{"count", row.users},
                           {"arrive", fmt::format("uniform(0s,{}ms)", row.connect_ms)},
                           {"downlink", "10Gbit/s"}};
  if (row.reconnects) people["drop"] = "exp(500ms)";
  nlohmann::json scenario = {
      {"squall", 1},
      {"name", "calibrate"},
      {"time",
       {{"warmup", fmt::format("{}ms", row.connect_ms + 300)},
        {"measure", fmt::format("{}ms", row.measure_ms)},
        {"drain", "200ms"},
        {"deadline", "200ms"}}},
      {"cluster", {{"nodes", {{"count", nodes}}}, {"lb", {{"policy", "round_robin"}}}}},
      {"people", {{"u", people}}},
      {"client",
       {{"heartbeat", {{"every", fmt::format("{}s", row.beat_s)}, {"timeout", "20s"}}},
        {"connect_timeout", "5s"},
        {"backoff", {{"first", "10ms"}, {"factor", 1}, {"cap", "10ms"}}}}},
      {"rooms", {{"r", {{"count", row.rooms}}}}}};
  if (row.per_second > 0) {
    scenario["traffic"] = {{{"as", "chat"},
                            {"from", "member"},
                            {"to", "room:r"},
                            {"rate", fmt::format("{}/s", row.per_second)},
                            {"size", fmt::format("{}B", row.bytes)}}};
  }
  const std::string text = scenario.dump(1);
  LoadResult loaded = load_scenario_text(text, "calibrate", {}, make_vocabulary());
  SQUALL_CHECK(loaded.scenario.has_value());
  return std::move(*loaded.scenario);
}

void set_ways(Scenario& scenario, Duration way, double sigma) {
  NetConfig& net = scenario.cluster.net;
  for (Distribution* const one :
       {&net.client_node, &net.node_node, &net.node_broker, &net.node_registry}) {
    *one = sigma > 0 ? Distribution{Distribution::Kind::lognormal, way.count(), 0, sigma}
                     : Distribution::fixed(way.count());
  }
}

double simulated_median_s(const LoadRow& row, std::size_t nodes, const StrategySpec& as,
                          const Calibration& profile, Duration one_way) {
  Scenario scenario = scenario_of(row, nodes);
  scenario.cluster.nodes.cost_profile = "beast-plain";
  scenario.cluster.nodes.costs = profile.costs;
  scenario.client.overhead = profile.overhead;
  set_ways(scenario, one_way);
  return median_s_of(play(scenario, as, 1, {}));
}

PlayedLoad play_load(const LoadRow& row, const Playground& where, std::uint64_t seed) {
  const std::size_t nodes = where.attached != nullptr ? where.attached->targets.size()
                                                      : static_cast<std::size_t>(row.nodes);
  const Scenario scenario = scenario_of(row, nodes);
  live::NodeMeter meter;
  live::LiveOptions options;
  options.stop = &stop_flag();
  options.loops = 2;
  MeasuredCpu servers(where.servers);
  if (where.attached == nullptr) {
    options.apart = true, options.meter = &meter;
  } else {
    options.loops = 1;  // the servers need the other processor
    options.on_measure = [&](bool begins) { servers.mark(begins); };
  }
  const RunRecord record =
      where.attached == nullptr
          ? live::play(scenario, spec_of(row), seed, options)
          : live::attach(scenario, where.foreign, seed, options, *where.attached);
  if (where.attached != nullptr && !servers.spent()) {
    throw live::CannotRun("a server was gone before the load was over, and its CPU with it");
  }
  const auto cpu = where.attached == nullptr ? meter.cpu : *servers.spent();

  PlayedLoad played;
  played.row = &row;
  played.invalid = record.live.invalid;
  const double measure_s = row.measure_ms / 1000.0;
  const double read = static_cast<double>(messages(record)) / measure_s;
  const double push = static_cast<double>(delivered(record)) / measure_s;
  const bool brokers = row.broker && where.attached == nullptr;
  const double publish = brokers ? read : 0;
  const double hear = brokers ? read * row.nodes : 0;
  const double kib = row.bytes / 1024.0 * (read + push + publish + hear);
  const double connect = static_cast<double>(record.connection_attempts) / measure_s;
  const bool beats = row.measure_ms >= 1000 * row.beat_s;
  const double beat = beats ? static_cast<double>(row.users) / row.beat_s : 0;
  played.load = {std::string(row.name),
                 {read, push, kib, publish, hear, connect, 1, beat},
                 std::chrono::duration<double>(cpu).count() / measure_s};
  played.bytes = row.per_second > 0 ? row.bytes : 0;
  played.recipients = read > 0 ? push / read : 0;
  played.messages = read * measure_s;
  played.pushes = push / static_cast<double>(nodes);
  played.median_s = median_s_of(record);
  played.beside_up = beside(record, Link::client_to_lb, messages(record));
  played.beside_down = beside(record, Link::lb_to_client, delivered(record));
  return played;
}

}  // namespace squall
