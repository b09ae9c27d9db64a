// Results that consist of a few chosen numbers, and the advice on them.
// No engine takes part; one seed, unless a test says more.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "report/words/advice.hpp"

namespace squall::advised {

inline constexpr double kForever = std::numeric_limits<double>::infinity();
inline constexpr double kNone = -1;  // not measured

struct Numbers {
  std::string strategy;
  double loss = kNone, p99 = kNone, cluster = kNone, client = kNone;
  double connections = kNone, cpu = kNone, deaf = kNone, ready = kNone;
  double month = kNone, a_day = kNone;  // money; ns of all traffic
};

inline void add(StrategyResult& strategy, const char* metric, const char* unit, double value) {
  if (value != kNone) strategy.metrics.push_back({metric, unit, {value}});
}

inline Result result_of(const std::vector<Numbers>& field) {
  Result result;
  result.seeds = {1};
  std::string presets;
  for (const Numbers& one : field) {
    StrategyResult strategy;
    strategy.strategy = one.strategy;
    add(strategy, "loss.intent", "ratio", one.loss);
    add(strategy, "latency.obliged.p99", "ns", one.p99);
    add(strategy, "bytes.cluster.rate", "bytes/s", one.cluster);
    add(strategy, "bytes.client.rate", "bytes/s", one.client);
    add(strategy, "node.cpu.max", "ratio", one.cpu);
    add(strategy, "deaf.share", "ratio", one.deaf);
    add(strategy, "ready_again.p99", "ns", one.ready);
    add(strategy, "cost.month", "money", one.month);
    add(strategy, "loss.per_day", "ns", one.a_day);
    result.strategies.push_back(std::move(strategy));
    if (one.connections == kNone) continue;
    presets += (presets.empty() ? "" : ",") + std::string(R"({"as":")") + one.strategy +
               R"(","connections":)" + std::to_string(static_cast<int>(one.connections)) + "}";
  }
  result.resolved_scenario = R"({"strategies":[)" + presets + "]}";
  return result;
}

inline std::vector<std::string> advice(const std::vector<Numbers>& field) {
  return advice_of(result_of(field), unicode_glyphs());
}
inline std::string line(const std::vector<Numbers>& field) {
  return advice_line(result_of(field), unicode_glyphs());
}

struct Situation {
  const char* what;
  std::vector<Numbers> field;  // in the order of loss
  std::size_t of;              // whose sentence
  const char* right;
};

}  // namespace squall::advised
