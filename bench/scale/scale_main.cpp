// How virtual time scales: a million clients, growth, threads of one run, many small runs.
//
//   scale_main              every part
//   scale_main growth ...   only these: hello seeds million threads growth
//
// Every run is a process of its own, so that its peak of resident memory is known. What is measured
// is printed; nothing is judged here (bench/README.md has the targets).
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/core.h>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/library.hpp"
#include "scenarios/model/load.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/farm/farm.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/presets.hpp"

namespace squall {
namespace {

struct Setting {
  std::string scenario;
  std::vector<Override> overrides;
  std::string strategy = "broadcast";
  unsigned threads = 1;
};

struct Outcome {
  double seconds = 0;
  double peak_bytes = 0;
  std::uint64_t clients = 0, deliveries = 0, events = 0, fingerprint = 0;
};

Scenario scenario_of(const Setting& setting) {
  for (const LibraryFile& file : scenario_library()) {
    if (file.name != setting.scenario) continue;
    const LoadResult loaded = load_scenario_text(std::string(file.text), setting.scenario,
                                                 setting.overrides, make_vocabulary());
    if (loaded.scenario) return *loaded.scenario;
  }
  std::fprintf(stderr, "no such scenario, or it does not load: %s\n", setting.scenario.c_str());
  std::exit(2);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Outcome play_here(const Setting& setting) {
  const auto begin = std::chrono::steady_clock::now();
  const Scenario scenario = scenario_of(setting);
  PlayOptions options;
  options.threads = setting.threads;
  const RunRecord run = play(scenario, preset_named(setting.strategy)->spec, 1, options);
  Outcome outcome;
  outcome.seconds = seconds_since(begin);
  for (const Cell& cell : run.cells) outcome.deliveries += cell.live + cell.live_after_reconnect;
  outcome.clients = run.endpoints;
  outcome.events = run.events;
  outcome.fingerprint = run.fingerprint;
  return outcome;
}

// In a child, whose peak of memory is its own.
Outcome measure(const Setting& setting) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(4);
  const pid_t child = fork();
  if (child == 0) {
    const Outcome outcome = play_here(setting);
    const bool told = write(ends[1], &outcome, sizeof outcome) == sizeof outcome;
    _exit(told ? 0 : 4);
  }
  close(ends[1]);
  Outcome outcome;
  const bool heard = read(ends[0], &outcome, sizeof outcome) == sizeof outcome;
  close(ends[0]);
  rusage usage{};
  int status = 0;
  if (wait4(child, &status, 0, &usage) != child || status != 0 || !heard) std::exit(4);
  outcome.peak_bytes = static_cast<double>(usage.ru_maxrss) * 1024;
  return outcome;
}

void print(const char* name, const Outcome& o) {
  const auto clients = static_cast<double>(o.clients);
  const auto deliveries = static_cast<double>(o.deliveries);
  std::printf("%-34s %8.2f s %10.2f M deliveries/s %8.2f M events/s %7.0f bytes/client\n", name,
              o.seconds, deliveries / o.seconds / 1e6,
              static_cast<double>(o.events) / o.seconds / 1e6, o.peak_bytes / clients);
  std::fflush(stdout);
}

void hello() {
  double least = 1e9;
  for (int i = 0; i < 20; ++i) least = std::min(least, measure({"two-node-hello", {}}).seconds);
  std::printf("two-node-hello, one strategy       %8.4f s\n", least);
}

void seeds() {
  const Scenario scenario = scenario_of({"crash-process",
                                         {{"/params/users", "10000"},
                                          {"/params/rooms", "830"},
                                          {"/params/chat", "17/s"},
                                          {"/params/dm", "170/s"}}});
  std::vector<StrategySpec> five;
  for (const PresetRow& row : presets()) {
    if (row.in_default_set) five.push_back(row.spec);
  }
  const std::vector<std::uint64_t> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  FarmOptions options;
  options.threads = 2;
  const auto begin = std::chrono::steady_clock::now();
  const FarmResult result = play_all(scenario, five, ten, options);
  std::printf("crash-process, 10,000 clients, 10 seeds x %zu strategies, 2 at once %8.2f s\n",
              result.records.size(), seconds_since(begin));
}

void million() {
  for (const char* strategy : {"broadcast", "routed"}) {
    print((std::string("million-zipf ") + strategy).c_str(),
          measure({"million-zipf", {}, strategy}));
  }
}

// Alternately, so that a slow moment of the machine hits both.
void threads() {
  double one = 0, two = 0;
  bool equal = true;
  for (int i = 0; i < 3; ++i) {
    const std::vector<Override> shorter{{"/params/measure", "100s"}};
    const Outcome a = measure({"million-zipf", shorter, "broadcast", 1});
    const Outcome b = measure({"million-zipf", shorter, "broadcast", 2});
    one += a.seconds, two += b.seconds;
    equal = equal && a.fingerprint == b.fingerprint;
  }
  std::printf("million-zipf, 100 s, 2 threads     %8.2f x one thread (%.1f s, %.1f s), %s\n",
              one / two, one / 3, two / 3, equal ? "equal fingerprints" : "DIFFERENT");
}

// Rooms of 20 on 100 nodes, and as many messages a user, so that work is proportional to users.
void growth() {
  std::optional<Outcome> first, last;
  for (const std::uint64_t users : {10'000ULL, 100'000ULL, 1'000'000ULL, 4'000'000ULL}) {
    const std::vector<Override> overrides{{"/params/users", std::to_string(users)},
                                          {"/params/rooms", std::to_string(users / 20)},
                                          {"/params/chat", fmt::format("{}/s", users / 10'000)},
                                          {"/params/measure", "60s"},
                                          {"/rooms/live/popularity", "\"uniform\""}};
    const Outcome outcome = measure({"million-zipf", overrides});
    print(fmt::format("growth, {} users", users).c_str(), outcome);
    if (!first) first = outcome;
    last = outcome;
  }
  const double ratio = std::log(400.0);
  std::printf("growth, exponent of time %.3f, of memory %.3f (10,000 to 4,000,000 users)\n",
              std::log(last->seconds / first->seconds) / ratio,
              std::log(last->peak_bytes / first->peak_bytes) / ratio);
}

struct Part {
  const char* name;
  void (*run)();
};
constexpr Part kParts[] = {{"hello", hello},
                           {"seeds", seeds},
                           {"million", million},
                           {"threads", threads},
                           {"growth", growth}};

}  // namespace
}  // namespace squall

int main(int count, char** words) {
  for (int i = 1; i < count; ++i) {
    bool known = false;
    for (const auto& part : squall::kParts) known = known || std::string(part.name) == words[i];
    if (known) continue;
    std::fprintf(stderr, "scale_main: %s? parts are hello seeds million threads growth\n",
                 words[i]);
    return 2;
  }
  for (const auto& part : squall::kParts) {
    bool wanted = count == 1;
    for (int i = 1; i < count; ++i) wanted = wanted || std::string(part.name) == words[i];
    if (wanted) part.run();
  }
}
