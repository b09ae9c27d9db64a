// How many connections one process of the live engine holds, and what each of them costs.
//
// connections_main [--clients N] [--nodes N] [--own-descriptors]: everybody connects, chats in
// rooms of 10, and leaves. Both ends of each connection are in this process. A room's members are
// on one node (sticky_hash), so that connections are measured and not brokers.
// Prints a table and one line of JSON; exit code 1 when anything went wrong on the way.
#include <fmt/core.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "scenarios/model/scenario.hpp"
#include "sim/live/run/engine.hpp"
#include "strategies/presets.hpp"

namespace squall::bench {
namespace {

constexpr std::uint32_t kRoom = 10;  // members

struct Options {
  std::uint32_t clients = 9000;
  std::uint16_t nodes = 4;
  double connects = 8000;     // planned, per second
  double deliveries = 50000;  // per second
  std::uint32_t bytes = 128;
  double seconds = 10;
  std::string strategy = "sticky_hash", broker = "embedded";
  live::LiveOptions live;
};

// What was seen while it ran.
struct Seen {
  std::int64_t resident_before = 0, resident_connected = 0, resident_most = 0;
  std::uint64_t connected_most = 0;
  Time all_connected = kNever;  // to the second
};

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

Duration seconds(double number) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(number));
}

Scenario scenario_of(const Options& options) {
  const Duration arriving = seconds(options.clients / options.connects);
  Scenario scenario;
  scenario.name = "connections";
  scenario.time = {
      .warmup = arriving + 3s, .measure = seconds(options.seconds), .drain = 2s, .deadline = 10s};
  scenario.cluster.nodes.count = options.nodes;
  scenario.cluster.lb.connect_timeout = scenario.client.connect_timeout = 20s;  // none gives up
  scenario.client.ack = AckLevel::none;
  Population people;
  people.name = "users";
  people.count = options.clients;
  people.arrive = {Distribution::Kind::uniform, 0, arriving.count(), 0};
  scenario.people.push_back(people);
  RoomSet rooms;
  rooms.name = "room";
  rooms.count = options.clients / kRoom;
  rooms.sizes = {{kRoom, rooms.count}};
  scenario.rooms.push_back(rooms);
  Traffic chat;
  chat.name = "chat";
  chat.from = "member";
  chat.to = TrafficTo::room;
  chat.room_set = rooms.name;
  chat.rate_per_second_nano = static_cast<std::int64_t>(options.deliveries / (kRoom - 1) * 1e9);
  chat.size = Distribution::fixed(options.bytes);
  chat.poisson = false;
  scenario.traffic.push_back(chat);
  return scenario;
}

void look(const live::LiveProgress& progress, std::uint32_t clients, Seen& seen) {
  const std::int64_t resident = resident_bytes();
  seen.resident_most = std::max(seen.resident_most, resident);
  seen.connected_most = std::max(seen.connected_most, progress.connected);
  std::fprintf(stderr, "  %5.1f s  %6llu connected  %8llu delivered  %6lld MB\n",
               std::chrono::duration<double>(progress.now).count(),
               static_cast<unsigned long long>(progress.connected),
               static_cast<unsigned long long>(progress.delivered),
               static_cast<long long>(resident >> 20));
  if (seen.all_connected != kNever || progress.connected < clients) return;
  seen.all_connected = progress.now;
  seen.resident_connected = resident;
}

// A sentence for each thing that should not be.
std::vector<std::string> complaints_of(const RunRecord& record, const Options& options,
                                       const Seen& seen) {
  std::vector<std::string> complaints;
  const auto none = [&](std::uint64_t count, const std::string& what) {
    if (count > 0) complaints.push_back(fmt::format("{} {}", count, what));
  };
  none(options.clients - seen.connected_most, "clients were never connected");
  none(record.refused, "attempts to connect were refused");
  none(record.timed_out + record.abandoned, "attempts to connect took too long");
  none(record.disconnects, "connections were lost");
  std::uint64_t lost = 0;
  for (const Cell& cell : record.cells) lost += cell.lost + cell.unresolved;
  none(lost, "deliveries were lost");
  for (const Violation& violation : record.violations) {
    complaints.push_back(violation.law + ": " + violation.detail);
  }
  if (!record.live.invalid.empty()) complaints.push_back(record.live.invalid);
  return complaints;
}

int report(const RunRecord& record, const Options& options, const Seen& seen) {
  constexpr double kNsPerMs = 1e6;
  std::uint64_t delivered = 0;
  Histogram latency;
  for (const Cell& cell : record.cells) {
    delivered += cell.live;
    latency.merge(cell.latency);
  }
  const Duration warmup = scenario_of(options).time.warmup;
  const auto each = [&](std::int64_t resident) {
    return static_cast<double>(resident - seen.resident_before) / options.clients;
  };
  const bool all = seen.all_connected != kNever;
  const double took = std::chrono::duration<double>(seen.all_connected + warmup).count();
  const double connects = all ? options.clients / took : 0;
  const double memory = all ? each(seen.resident_connected) : 0;
  const double rate = static_cast<double>(delivered) / options.seconds;
  const double p50 = static_cast<double>(latency.quantile(0.5)) / kNsPerMs;
  const double p99 = static_cast<double>(latency.quantile(0.99)) / kNsPerMs;
  const double login = static_cast<double>(record.first_login.quantile(0.99)) / kNsPerMs;
  const auto complaints = complaints_of(record, options, seen);
  std::printf(
      "| connections | connects/s | login p99 ms | bytes a pair | deliveries/s | p50 ms | "
      "p99 ms | errors |\n| --: | --: | --: | --: | --: | --: | --: | --: |\n");
  std::printf("| %llu | %.0f | %.1f | %.0f | %.0f | %.2f | %.2f | %zu |\n",
              static_cast<unsigned long long>(seen.connected_most), connects, login, memory, rate,
              p50, p99, complaints.size());
  std::printf(
      "{\"connections\":%llu,\"connects_per_s\":%.0f,\"login_ms_p99\":%.2f,"
      "\"bytes_per_pair\":%.0f,\"bytes_per_pair_with_facts\":%.0f,\"delivered_per_s\":%.0f,"
      "\"latency_ms_p50\":%.3f,\"latency_ms_p99\":%.3f,\"errors\":%zu}\n",
      static_cast<unsigned long long>(seen.connected_most), connects, login, memory,
      each(seen.resident_most), rate, p50, p99, complaints.size());
  for (const std::string& complaint : complaints) std::fprintf(stderr, "%s\n", complaint.c_str());
  return complaints.empty() ? 0 : 1;
}

int run(Options& options) {
  Seen seen;
  options.live.broker = options.broker;
  options.live.on_progress = [&](const live::LiveProgress& progress) {
    look(progress, options.clients, seen);
  };
  seen.resident_before = resident_bytes();
  try {
    const RunRecord record =
        live::play(scenario_of(options), preset_named(options.strategy)->spec, 1, options.live);
    return report(record, options, seen);
  } catch (const live::CannotRun& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

}  // namespace
}  // namespace squall::bench

int main(int argc, char** argv) {
  squall::bench::Options options;
  CLI::App app{"Connections of the live engine"};
  app.add_option("--clients", options.clients, "connections; two descriptors each");
  app.add_option("--nodes", options.nodes);
  app.add_option("--loops", options.live.loops, "threads; 0: one per processor");
  app.add_flag("--own-descriptors", options.live.own_descriptors, "a table of them per thread");
  app.add_option("--connects", options.connects, "planned, per second");
  app.add_option("--deliveries", options.deliveries, "per second");
  app.add_option("--seconds", options.seconds, "of chat");
  app.add_option("--strategy", options.strategy)
      ->check(CLI::IsMember({"sticky_hash", "broadcast", "routed"}));
  app.add_option("--broker", options.broker, "as squall run --broker");
  CLI11_PARSE(app, argc, argv);
  return squall::bench::run(options);
}
