// A run costs per client, per message and per recipient. The costs are uncalibrated: set by hand to
// what steady-zipf and rolling-deploy-storm took (2.1 GHz, November 2026), a guess far from these.
#include "sim/cli/play/estimate.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cstdio>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {
namespace {

constexpr double kPerClientSecond = 0.15e-6;  // heartbeats: seconds of work per virtual second
constexpr double kPerClient = 12e-6;          // plan, login, books
constexpr double kPerMessage = 8e-6;
constexpr double kPerPair = 0.08e-6;  // 13 million deliveries a second: bench/README.md
constexpr double kFixed = 0.003;
constexpr double kBytesPerClient = 450, kBytesFixed = 24e6;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string duration_text(double value) {
  char text[64];
  if (value < 1) return "a second";
  if (value < 100) {
    std::snprintf(text, sizeof text, "%.0f s", value);
  } else {
    std::snprintf(text, sizeof text, "%.0f min", value / 60);
  }
  return text;
}

}  // namespace

Estimate estimate_of(const Scenario& scenario, double runs, double at_once) {
  const double clients = users_of(scenario) + static_cast<double>(scenario.clients.size());
  const double time = seconds(scenario.time.warmup + scenario.time.measure + scenario.time.drain);
  double messages = scripted_sends(scenario), pairs = messages;
  for (const Traffic& traffic : scenario.traffic) {
    const double sent =
        volume_of(scenario, traffic, -scenario.time.warmup, scenario.time.measure).messages;
    messages += sent;
    pairs += sent * mean_recipients(scenario, traffic);
  }
  const double one = kFixed + clients * (kPerClient + kPerClientSecond * time) +
                     messages * kPerMessage + pairs * kPerPair;
  at_once = std::clamp(at_once, 1.0, std::max(1.0, runs));
  return {one * runs / at_once, at_once * (kBytesFixed + clients * kBytesPerClient)};
}

std::string as_text(const Estimate& estimate) {
  char memory[64];
  std::snprintf(memory, sizeof memory, "%.2g GB", std::max(estimate.bytes / 1e9, 0.05));
  return fmt::format("about {} and {}", duration_text(estimate.wall_seconds), memory);
}

}  // namespace squall
