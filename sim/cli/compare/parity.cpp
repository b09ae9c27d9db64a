// One row per strategy, and what is wrong with it. See parity.hpp.
// Several seeds are compared in pairs: both engines play the same plans.
#include "sim/cli/compare/parity.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <limits>

#include "report/measure/statistics.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

const Glyphs& glyphs() { return ascii_glyphs(); }

std::vector<double> values_of(const StrategyResult& strategy, std::string_view metric) {
  std::vector<double> values;
  for (const MetricValues& one : strategy.metrics) {
    if (one.name != metric) continue;
    for (const auto& value : one.per_seed) values.push_back(value.value_or(0));
  }
  return values;
}

double sum_of(const StrategyResult& strategy, std::string_view metric) {
  double sum = 0;
  for (const double value : values_of(strategy, metric)) sum += value;
  return sum;
}

double mean_of(const StrategyResult& strategy, std::string_view metric) {
  const std::vector<double> values = values_of(strategy, metric);
  return values.empty() ? 0 : sum_of(strategy, metric) / static_cast<double>(values.size());
}

// Pairs that the live engine left out, as their recipient was being welcomed.
double grey_of(const StrategyResult& strategy) {
  double grey = 0;
  for (const LiveShare& live : strategy.live) grey += static_cast<double>(live.grey);
  return grey;
}

double pairs_of(const StrategyResult& strategy, bool structural) {
  double pairs = 0;
  for (const LossShare& loss : strategy.loss) {
    if (structural || loss.trigger != "structural") pairs += static_cast<double>(loss.pairs);
  }
  return pairs;
}

// The mechanism that most pairs were lost by, whoever is to blame.
std::string top_cause(const StrategyResult& strategy) {
  std::vector<std::pair<std::string, std::uint64_t>> causes;
  for (const LossShare& loss : strategy.loss) {
    const auto same = [&](const auto& cause) { return cause.first == loss.mechanism; };
    auto found = std::ranges::find_if(causes, same);
    if (found == causes.end()) found = causes.insert(causes.end(), {loss.mechanism, 0});
    found->second += loss.pairs;
  }
  const auto most = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto top = std::ranges::max_element(causes, most);
  return top == causes.end() ? "-" : top->first;
}

BothSides both_sides(const StrategyResult& simulated, const StrategyResult& live,
                     std::string_view metric) {
  return {mean_of(simulated, metric), mean_of(live, metric)};
}

double interval_of(const StrategyResult& simulated, const StrategyResult& live) {
  const std::vector<double> a = values_of(simulated, "loss.intent");
  const std::vector<double> b = values_of(live, "loss.intent");
  std::vector<double> differences;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    differences.push_back(b[i] - a[i]);
  }
  const auto interval = student_interval(differences);
  return interval ? interval->half_width : 0;
}

std::string percent(double share) { return decimal(share * 100, 2) + " %"; }

std::string signed_percent(double error) {
  if (std::isinf(error)) return "inf %";
  return (error < 0 ? "" : "+") + decimal(error * 100, 1) + " %";
}

std::string table_of(const std::vector<ParityRow>& rows) {
  std::vector<std::vector<std::string>> cells = {{"ENGINES, sim / live", "owed", "loss",
                                                  "top cause", "client B/s", "cluster B/s", "p50",
                                                  "p99", "agree"}};
  const auto times = [](const BothSides& time) {
    return fmt::format("{} / {} ({})", with_unit(time.simulated, "ns", glyphs()),
                       with_unit(time.live, "ns", glyphs()), signed_percent(time.error()));
  };
  const auto bytes = [](const BothSides& rate) {
    return fmt::format("{} ({})", decimal(rate.simulated, 0), signed_percent(rate.error()));
  };
  for (const ParityRow& row : rows) {
    const bool same_cause = row.cause_simulated == row.cause_live;
    cells.push_back({row.strategy, row.owed_text(),
                     percent(row.loss.simulated) + " / " + percent(row.loss.live),
                     same_cause ? row.cause_live : row.cause_simulated + " / " + row.cause_live,
                     bytes(row.client_bytes), bytes(row.cluster_bytes), times(row.p50),
                     times(row.p99), row.agrees() ? "yes" : "NO"});
  }
  return text_table(cells, 1, "  ");
}

}  // namespace

ParityRow compare_strategies_of(const StrategyResult& simulated, const StrategyResult& live) {
  ParityRow row;
  row.strategy = simulated.strategy;
  row.owed = {sum_of(simulated, "pairs.owed"), sum_of(live, "pairs.owed")};
  row.grey = grey_of(live);
  row.loss = both_sides(simulated, live, "loss.intent");
  row.loss_interval = interval_of(simulated, live);
  const auto share = [](double pairs, double owed) { return owed > 0 ? pairs / owed : 0; };
  row.without_structural = {share(pairs_of(simulated, false), row.owed.simulated),
                            share(pairs_of(live, false), row.owed.live)};
  row.cause_simulated = top_cause(simulated), row.cause_live = top_cause(live);
  row.client_bytes = both_sides(simulated, live, "bytes.client.rate");
  row.cluster_bytes = both_sides(simulated, live, "bytes.cluster.rate");
  row.p50 = both_sides(simulated, live, "latency.delivered.p50");
  row.p99 = both_sides(simulated, live, "latency.delivered.p99");

  row.owed_agrees =
      row.owed.live <= row.owed.simulated && row.owed.simulated <= row.owed.live + row.grey;
  const double apart = std::abs(row.loss.live - row.loss.simulated);
  row.loss_agrees = apart <= std::max(kLossTolerance, row.loss_interval);
  const double less = std::min(row.loss.live, row.loss.simulated);
  row.cause_agrees = row.cause_simulated == row.cause_live || less < kCauseMatters;
  row.bytes_agree = std::abs(row.client_bytes.error()) <= kBytesTolerance &&
                    std::abs(row.cluster_bytes.error()) <= kBytesTolerance;
  return row;
}

double BothSides::error() const {
  if (simulated == live) return 0;
  return simulated == 0 ? std::numeric_limits<double>::infinity() : live / simulated - 1;
}

std::string ParityRow::owed_text() const {
  const std::string text = decimal(owed.simulated, 0);
  if (owed.simulated == owed.live) return text;
  return text +
         fmt::format(" / {}{}", decimal(owed.live, 0), grey > 0 ? "+" + decimal(grey, 0) : "");
}

std::string ParityRow::misses() const {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  if (!owed_agrees) add("owed " + owed_text());
  if (!loss_agrees) add(fmt::format("loss {} / {}", percent(loss.simulated), percent(loss.live)));
  if (!cause_agrees) add(fmt::format("top cause {} / {}", cause_simulated, cause_live));
  const auto bytes = [&](const char* whose, const BothSides& rate) {
    if (std::abs(rate.error()) <= kBytesTolerance) return;
    add(fmt::format("bytes of {} {} / {} a second ({})", whose, decimal(rate.simulated, 0),
                    decimal(rate.live, 0), signed_percent(rate.error())));
  };
  bytes("clients", client_bytes);
  bytes("the cluster", cluster_bytes);
  return text;
}

Parity compare_engines(const Result& simulated, const Result& live) {
  Parity parity;
  for (std::size_t i = 0; i < simulated.strategies.size() && i < live.strategies.size(); ++i) {
    parity.rows.push_back(compare_strategies_of(simulated.strategies[i], live.strategies[i]));
  }
  parity.text = table_of(parity.rows);
  for (const ParityRow& row : parity.rows) {
    if (row.agrees()) continue;
    const std::string what = row.strategy + ": " + row.misses();
    parity.text += "  the engines disagree, sim / live, about " + what + "\n";
    if (parity.agrees) parity.where = what;
    parity.agrees = false;
  }
  parity.text += "\n";
  return parity;
}

}  // namespace squall
