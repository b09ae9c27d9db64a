// The live engine itself in the same setting: it plays clients and nodes in one process, keeps all
// its books, and is asked for more and more until it cannot keep up.
//
// live_engine_main --redis PORT. One line of JSON, as the load client's.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/peers/setting.hpp"
#include "bench/peers/sustained.hpp"
#include "sim/live/run/engine.hpp"
#include "strategies/presets.hpp"

namespace squall::bench {
namespace {

Point play_once(const Setting& setting, const live::LiveOptions& options, double deliveries,
                Duration measured) {
  const double hearers = setting.clients / setting.rooms - 1;
  const Scenario scenario = scenario_of(setting, deliveries / hearers, measured);
  const RunRecord record = live::play(scenario, preset_named("broadcast")->spec, kSeed, options);
  std::uint64_t delivered = 0;
  Histogram latency;
  for (const Cell& cell : record.cells) {
    delivered += cell.live;
    latency.merge(cell.latency);
  }
  for (const Violation& violation : record.violations) {
    std::fprintf(stderr, "  violation: %s: %s\n", violation.law.c_str(), violation.detail.c_str());
  }
  const double seconds = std::chrono::duration<double>(measured).count();
  return point_of(deliveries, static_cast<double>(delivered) / seconds, latency,
                  record.live.lateness);
}

}  // namespace
}  // namespace squall::bench

int main(int argc, char** argv) {
  using namespace squall::bench;
  Setting setting;
  Search search;
  std::string redis, name = "squall-live-engine";
  CLI::App app{"The live engine's fan-out"};
  app.add_option("--redis", redis, "its port on 127.0.0.1")->required();
  app.add_option("--name", name, "in the result");
  app.add_option("--clients", setting.clients);
  app.add_option("--rooms", setting.rooms);
  app.add_option("--from", search.from, "first rate, deliveries per second");
  app.add_option("--equal", search.equal, "a rate to look at as well");
  CLI11_PARSE(app, argc, argv);
  squall::live::LiveOptions options;
  options.broker = "redis://127.0.0.1:" + redis;
  try {
    const auto play = [&](double rate, squall::Duration measured) {
      return play_once(setting, options, rate, measured);
    };
    std::printf("%s\n", json_of(name, find_sustained(play, search)).c_str());
  } catch (const squall::live::CannotRun& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
