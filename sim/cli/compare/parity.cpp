// One line per strategy. See parity.hpp.
// A cause counts as the same when it is the largest one of both, or neither lost anything.
#include "sim/cli/compare/parity.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace squall {
namespace {

double sum_of(const StrategyResult& strategy, const std::string& metric) {
  double sum = 0;
  for (const MetricValues& values : strategy.metrics) {
    if (values.name != metric) continue;
    for (const auto& value : values.per_seed) sum += value.value_or(0);
  }
  return sum;
}

std::string top_cause(const StrategyResult& strategy) {
  return strategy.loss.empty() ? "-" : strategy.loss.front().mechanism;
}

// The outcomes of one strategy's expectations, in order of the file.
std::string verdicts_of(const Result& result, const std::string& strategy) {
  std::string text;
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.strategy == strategy) text += verdict.outcome == Outcome::pass ? '+' : '-';
  }
  return text;
}

std::string count(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f", value);
  return text;
}

}  // namespace

Parity compare_engines(const Result& simulated, const Result& live) {
  Parity parity;
  char line[256];
  std::snprintf(line, sizeof line, "  %-16s %12s %12s %10s %10s  %-34s %s\n", "ENGINES", "owed sim",
                "owed live", "lost sim", "lost live", "top cause sim / live", "agree");
  parity.text = line;
  for (std::size_t i = 0; i < simulated.strategies.size() && i < live.strategies.size(); ++i) {
    const StrategyResult& a = simulated.strategies[i];
    const StrategyResult& b = live.strategies[i];
    const double owed_a = sum_of(a, "pairs.owed"), owed_b = sum_of(b, "pairs.owed");
    const std::string cause_a = top_cause(a), cause_b = top_cause(b);
    const bool same = owed_a == owed_b && cause_a == cause_b &&
                      verdicts_of(simulated, a.strategy) == verdicts_of(live, b.strategy);
    const std::string causes = cause_a == cause_b ? cause_a : cause_a + " / " + cause_b;
    std::snprintf(line, sizeof line, "  %-16s %12s %12s %10s %10s  %-34s %s\n", a.strategy.c_str(),
                  count(owed_a).c_str(), count(owed_b).c_str(),
                  count(sum_of(a, "pairs.lost")).c_str(), count(sum_of(b, "pairs.lost")).c_str(),
                  causes.c_str(), same ? "yes" : "no");
    parity.text += line;
    parity.agrees = parity.agrees && same;
  }
  parity.text += "\n";
  return parity;
}

}  // namespace squall
