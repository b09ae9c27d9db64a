// The table of criteria, and the one rule for "these two differ".
// What is made of it: the marks in comparison.cpp, the sentences in words/advice.cpp.
#include "report/measure/criteria.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "report/measure/comparison.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/measure/too_few.hpp"

namespace squall {
namespace {

constexpr Criterion kCriteria[] = {
    {"loss.intent", "ratio", "loss", "less", 0},
    {"bytes.cluster.rate", "bytes/s", "traffic inside the cluster", "less", 0, true},
    {"bytes.client.rate", "bytes/s", "traffic to clients", "less", 0, true},
    {"", "1", "connections per client", "fewer", 0},
    {"latency.obliged.p50", "ns", "median latency", "less", 1e6},
    {"latency.obliged.p99", "ns", "p99 latency", "less", 1e6},
    {"node.cpu.max", "ratio", "CPU of the busiest node", "less", 0.005},
    {"ready_again.p99", "ns", "time until ready again (p99)", "less", 5e7},
    {"deaf.share", "ratio", "deafness while connected", "less", 0.0002},
    {"dup.surfaced", "ratio", "duplicates", "fewer", 0.0002},
    {"loss.broken_promises", "ratio", "broken promises", "fewer", 0.0002},
    {"cost.month", "money", "money a month", "less", 0},
};

// How many connections each of its clients holds; empty when the scenario does not say.
std::optional<double> connections_of(const nlohmann::json& scenario, const std::string& strategy) {
  const auto list = scenario.is_object() ? scenario.find("strategies") : scenario.end();
  if (!scenario.is_object() || list == scenario.end() || !list->is_array()) return std::nullopt;
  for (const nlohmann::json& entry : *list) {
    if (!entry.is_object() || entry.value("as", "") != strategy) continue;
    const auto count = entry.find("connections");
    if (count != entry.end() && count->is_number()) return count->get<double>();
  }
  return std::nullopt;
}

double delivered_share(const StrategyResult& strategy, std::optional<std::size_t> seed) {
  const MetricValues* loss = find_metric(strategy, "loss.intent");
  if (loss == nullptr) return 1;
  const std::optional<double> lost =
      seed ? loss->per_seed[*seed] : mean_of(strategy, "loss.intent");
  return 1 - lost.value_or(0);
}

double held(const Criterion& criterion, const StrategyResult& strategy, double value,
            std::optional<std::size_t> seed = std::nullopt) {
  if (!criterion.per_delivered || value == 0) return value;
  const double share = delivered_share(strategy, seed);
  return share > 0 ? value / share : std::numeric_limits<double>::infinity();
}

double lateness_of(const StrategyResult& strategy) {
  double late = 0;
  for (const LiveShare& live : strategy.live) {
    late = std::max(late, static_cast<double>(live.lateness_p99_ns));
  }
  return late;
}

// Messages, as the pairs of one share its fate; pairs, where nobody counted messages.
std::optional<double> losses_behind(const StrategyResult& strategy) {
  if (find_metric(strategy, "pairs.lost") == nullptr) return std::nullopt;
  const double lost = total_of(strategy, "pairs.lost"), owed = total_of(strategy, "pairs.owed");
  const double messages = total_of(strategy, "messages.owed");
  return owed > 0 && messages > 0 ? lost * messages / owed : lost;
}

Standing standing_of(const StrategyResult& strategy, const Criterion& criterion,
                     const nlohmann::json& scenario) {
  Standing standing;
  if (criterion.metric.empty()) {
    standing.value = connections_of(scenario, strategy.strategy);
    standing.compared = standing.value.value_or(0);
    return standing;
  }
  const MetricValues* values = find_metric(strategy, criterion.metric);
  if (values == nullptr || !supported(*values)) return standing;
  const Summary summary = summarize(*values);
  if (summary.no_data) return standing;
  // An infinite latency is loss under another name, and loss is a criterion of its own.
  const bool latency = criterion.metric.starts_with("latency.");
  if (latency && (std::isinf(summary.mean) || is_unstable(strategy))) return standing;
  standing.value = summary.mean;
  standing.compared = held(criterion, strategy, summary.mean);
  if (latency) standing.blur = lateness_of(strategy);
  if (values->pooled) {
    standing.low = summary.low;
    standing.high = summary.high;
    return standing;
  }
  for (std::size_t seed = 0; seed < values->per_seed.size(); ++seed) {
    if (!values->per_seed[seed]) return standing;
    standing.per_seed.push_back(held(criterion, strategy, *values->per_seed[seed], seed));
  }
  if (criterion.metric == "loss.intent") standing.events = losses_behind(strategy);
  return standing;
}

// So few lost messages are chance, however alike the seeds are.
constexpr double kFewLosses = 10;

// What seeds too few for an interval can say about two shares: the noise of counting.
bool drowned(const Standing& a, const Standing& b) {
  if (!a.events || !b.events) return false;
  return std::abs(*a.events - *b.events) <= 2 * std::sqrt(*a.events + *b.events);
}

// Whether the replications leave it open which of the two is larger.
bool in_doubt(const Standing& a, const Standing& b) {
  if (a.low && a.high && b.low && b.high) return *a.low <= *b.high && *b.low <= *a.high;
  if (a.per_seed.size() != b.per_seed.size() || a.per_seed.empty()) return false;
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.per_seed.size(); ++i) {
    if (std::isinf(a.per_seed[i]) || std::isinf(b.per_seed[i])) return false;
    differences.push_back(a.per_seed[i] - b.per_seed[i]);
  }
  // Two seeds make an interval that is wider than anything a reader would call doubt.
  if (differences.size() < 3) return drowned(a, b);
  if (a.events && b.events && *a.events + *b.events < kFewLosses && drowned(a, b)) return true;
  const std::optional<Interval> interval = student_interval(differences);
  return interval && std::abs(interval->mean) <= interval->half_width;
}

}  // namespace

std::span<const Criterion> criteria() { return kCriteria; }

bool Field::worse(std::size_t criterion, std::size_t strategy, std::size_t than) const {
  const Standing &mine = at(strategy, criterion), &its = at(than, criterion);
  if (!mine.value || !its.value) return false;
  // Who delivered nothing has no traffic per delivered byte to be held against others.
  const bool nothing = std::isinf(mine.compared) || std::isinf(its.compared);
  if (nothing && kCriteria[criterion].per_delivered) return false;
  if (std::isinf(mine.compared)) return !std::isinf(its.compared);
  const double floor = std::max({kCriteria[criterion].floor, mine.blur, its.blur});
  return mine.compared > its.compared * (1 + kMarginRelative) &&
         mine.compared > its.compared + floor && !in_doubt(mine, its);
}

bool Field::equal_loss(std::size_t a, std::size_t b) const {
  return !worse(kLossCriterion, a, b) && !worse(kLossCriterion, b, a);
}

bool Field::heavy(std::size_t strategy) const {
  const std::optional<double> loss = at(strategy, kLossCriterion).value;
  if (!loss || *loss < kMuchLost) return false;
  const std::size_t best = least();
  return *loss >= kMuchMore * *at(best, kLossCriterion).value &&
         worse(kLossCriterion, strategy, best);
}

std::size_t Field::least() const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < strategies.size(); ++i) {
    const std::optional<double> loss = at(i, kLossCriterion).value;
    const std::optional<double> its = at(best, kLossCriterion).value;
    if (loss && (!its || *loss < *its)) best = i;
  }
  return best;
}

bool is_unstable(const StrategyResult& strategy) {
  return std::ranges::any_of(strategy.warnings, [](const std::string& warning) {
    return warning.starts_with("unstable in ");
  });
}

Field field_of(const Result& result, std::span<const StrategyResult* const> strategies) {
  const auto scenario = nlohmann::json::parse(result.resolved_scenario, nullptr, false);
  Field field;
  for (const StrategyResult* strategy : strategies) {
    field.strategies.push_back(strategy);
    std::vector<Standing> standings;
    for (const Criterion& criterion : kCriteria) {
      const bool told = !nothing_owed(result, *strategy);
      standings.push_back(told ? standing_of(*strategy, criterion, scenario) : Standing{});
    }
    field.standings.push_back(std::move(standings));
  }
  return field;
}

}  // namespace squall
