// Pairs, changes of order, knees. See rank.hpp.
// What is said about them stands in rank_text.cpp.
#include "sim/cli/sweep/rank.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <map>

#include "report/compare/paired.hpp"
#include "report/measure/criteria.hpp"
#include "report/measure/statistics.hpp"
#include "sim/farm/quantity.hpp"

namespace squall {
namespace {

constexpr double kError = 0.05;
constexpr double kBeside = 0.1;  // of the value, where a change is looked for again
constexpr double kKnee = 3;      // so many times faster is a knee

using Values = std::vector<std::optional<double>>;

// Points that differ in one axis only, ascending; values that are no quantities have no line.
struct Line {
  std::size_t axis = 0;
  std::string where;
  std::vector<const SweepPointResult*> points;
  std::vector<Quantity> values;

  double at(std::size_t i) const { return static_cast<double>(values[i].value); }
  Quantity::Kind kind() const { return values.front().kind; }
};

std::vector<Line> lines_of(const SweepResult& result) {
  std::vector<Line> lines;
  for (std::size_t axis = 0; axis < result.parameters.size(); ++axis) {
    std::map<std::string, Line> by_place;
    for (const SweepPointResult& point : result.points) {
      const std::optional<Quantity> value = parse_quantity(point.values[axis]);
      if (!value) continue;
      std::string where;
      for (std::size_t other = 0; other < point.values.size(); ++other) {
        if (other == axis) continue;
        where += fmt::format("{}{}={}", where.empty() ? "" : " ", result.parameters[other].pointer,
                             point.values[other]);
      }
      Line& line = by_place[where];
      line.axis = axis, line.where = where;
      line.points.push_back(&point), line.values.push_back(*value);
    }
    for (auto& [where, line] : by_place) {
      const bool rising = std::ranges::is_sorted(line.values, {}, &Quantity::value);
      if (line.points.size() >= 2 && rising) lines.push_back(std::move(line));
    }
  }
  return lines;
}

const Values* values_at(const SweepPointResult& point, const std::string& strategy,
                        const std::string& metric) {
  const SweepStrategy* found = strategy_at(point, strategy);
  const MetricValues* values = found == nullptr ? nullptr : metric_of(*found, metric);
  return values == nullptr ? nullptr : &values->per_seed;
}

std::string text_at(Quantity::Kind kind, double value) {
  return text_of({kind, static_cast<std::int64_t>(std::llround(value))});
}

// The value of the axis at which the straight line between two points crosses zero.
double crossing(double x0, double d0, double x1, double d1) {
  if (d0 == d1) return (x0 + x1) / 2;
  return std::clamp(x0 - d0 * (x1 - x0) / (d1 - d0), x0, x1);
}

class Comparing {
 public:
  Comparing(const SweepResult& result, const MetricRow& metric, const PlayBeside& play)
      : result_(result), metric_(metric), play_(play), name_(metric.name) {}

  Ranking compare() {
    Ranking ranking{name_, {}, {}};
    for (const Line& line : lines_of(result_)) {
      for (std::size_t a = 0; a < result_.strategies.size(); ++a) {
        for (std::size_t b = a + 1; b < result_.strategies.size(); ++b) {
          if (auto pair = compare(line, result_.strategies[a], result_.strategies[b])) {
            ranking.tippings.push_back(std::move(*pair));
          }
        }
        if (auto knee = knee_of(line, result_.strategies[a])) {
          ranking.knees.push_back(std::move(*knee));
        }
      }
    }
    return ranking;
  }

 private:
  std::optional<Tipping> compare(const Line& line, const std::string& a, const std::string& b) {
    Tipping tipping;
    tipping.axis = result_.parameters[line.axis].pointer;
    tipping.where = line.where;
    tipping.first = a, tipping.second = b;
    for (const SweepPointResult* point : line.points) {
      const Values* first = values_at(*point, a, name_);
      const Values* second = values_at(*point, b, name_);
      if (first == nullptr || second == nullptr) return std::nullopt;
      tipping.orders.push_back(order_of(*first, *second, metric_.better));
    }
    find_change(line, tipping);
    return tipping;
  }

  // The first change from one order to the other, with points between that do not tell.
  void find_change(const Line& line, Tipping& tipping) {
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < tipping.orders.size(); ++i) {
      if (!tells(tipping.orders[i])) continue;
      if (last && tipping.orders[*last] != tipping.orders[i]) {
        if (tipping.orders[*last] == Order::second) {
          std::swap(tipping.first, tipping.second);
          for (Order& order : tipping.orders) {
            if (tells(order)) order = order == Order::first ? Order::second : Order::first;
          }
        }
        return locate(line, *last, i, tipping);
      }
      last = i;
    }
  }

  void locate(const Line& line, std::size_t from, std::size_t to, Tipping& tipping) {
    const auto difference = [&](std::size_t i, std::size_t seed) -> std::optional<double> {
      const auto& first = (*values_at(*line.points[i], tipping.first, name_))[seed];
      const auto& second = (*values_at(*line.points[i], tipping.second, name_))[seed];
      if (!first || !second || std::isinf(*first) || std::isinf(*second)) return std::nullopt;
      return *first - *second;
    };
    std::vector<double> crossings;
    for (std::size_t seed = 0; seed < result_.seeds.size(); ++seed) {
      const auto before = difference(from, seed), after = difference(to, seed);
      if (!before || !after) continue;
      crossings.push_back(crossing(line.at(from), *before, line.at(to), *after));
    }
    const auto interval = student_interval(crossings);
    tipping.at = interval             ? interval->mean
                 : !crossings.empty() ? crossings.front()
                                      : (line.at(from) + line.at(to)) / 2;
    tipping.low = interval ? interval->mean - interval->half_width : line.at(from);
    tipping.high = interval ? interval->mean + interval->half_width : line.at(to);
    tipping.at_text = text_at(line.kind(), *tipping.at);
    tipping.low_text = text_at(line.kind(), *tipping.low);
    tipping.high_text = text_at(line.kind(), *tipping.high);
    tipping.below = beside(line, *tipping.at * (1 - kBeside), tipping);
    tipping.above = beside(line, *tipping.at * (1 + kBeside), tipping);
  }

  // A count of things is whole: the next one outwards.
  std::optional<Beside> beside(const Line& line, double value, const Tipping& tipping) {
    const bool whole = line.kind() == Quantity::Kind::number &&
                       std::ranges::all_of(line.values, [](const Quantity& one) {
                         return one.value % kWholeNumber == 0;
                       });
    if (whole) {
      const double count = value / kWholeNumber;
      value = (value < *tipping.at ? std::floor(count) : std::ceil(count)) * kWholeNumber;
    }
    Beside probe{text_at(line.kind(), value), Order::same};
    const auto played =
        play_(line.points.front()->values, line.axis, probe.value, tipping.first, tipping.second);
    if (!played) return std::nullopt;
    probe.order = order_of(played->first, played->second, metric_.better);
    return probe;
  }

  // Where the metric begins to grow much faster than before, seen from both ends.
  std::optional<Knee> knee_of(const Line& line, const std::string& strategy) const {
    std::vector<double> means;
    for (const SweepPointResult* point : line.points) {
      const SweepStrategy* found = strategy_at(*point, strategy);
      const MetricValues* values = found == nullptr ? nullptr : metric_of(*found, name_);
      const Summary summary = values == nullptr ? Summary{} : summarize(*values);
      if (summary.no_data || std::isinf(summary.mean)) return std::nullopt;
      means.push_back(summary.mean);
    }
    const auto [least, most] = std::ranges::minmax(means);
    std::optional<Knee> knee;
    for (std::size_t i = 1; i + 1 < means.size(); ++i) {
      const double before = std::abs(means[i] - means.front()) / (line.at(i) - line.at(0));
      const double after = (means.back() - means[i]) / (line.at(means.size() - 1) - line.at(i));
      const bool rises = means.back() - means[i] > (most - least) / 2;
      const double floor = (most - least) / (line.at(means.size() - 1) - line.at(0)) / 100;
      const double times = after / std::max(before, floor);
      if (!rises || most - least <= kMarginRelative * most || times < kKnee) continue;
      if (knee && knee->times >= times) continue;
      knee = Knee{result_.parameters[line.axis].pointer, line.where, strategy,
                  text_of(line.values[i]), rounded(times)};
    }
    return knee;
  }

  const SweepResult& result_;
  const MetricRow& metric_;
  const PlayBeside& play_;
  std::string name_;
};

}  // namespace

Order order_of(const Values& first, const Values& second, Better better) {
  std::vector<double> differences;
  double sum = 0;
  bool infinite = false;
  std::size_t smaller = 0, larger = 0, both = 0;
  for (std::size_t seed = 0; seed < std::min(first.size(), second.size()); ++seed) {
    if (!first[seed] || !second[seed]) continue;
    const double a = *first[seed], b = *second[seed];
    ++both, smaller += a < b ? 1 : 0, larger += a > b ? 1 : 0;
    infinite = infinite || std::isinf(a) || std::isinf(b);
    differences.push_back(a - b);
    sum += std::max(std::abs(a), std::abs(b));
  }
  const Order when_less = better == Better::higher ? Order::second : Order::first;
  const Order when_more = better == Better::higher ? Order::first : Order::second;
  if (both == 0) return Order::no_data;
  if (infinite || both == 1) {  // no mean, or no interval: all seeds have to agree
    return smaller == both ? when_less : larger == both ? when_more : Order::same;
  }
  const std::optional<PairedSample> sample = paired_sample(differences);
  if (!sample) return Order::same;
  const Range range = student_range(*sample, kError);
  const double margin = kMarginRelative * sum / static_cast<double>(both);
  if (std::abs(sample->mean) <= margin) return Order::same;
  return range.high < 0 ? when_less : range.low > 0 ? when_more : Order::same;
}

bool Tipping::confirmed() const {
  return below && above && below->order == Order::first && above->order == Order::second;
}

Ranking rank_of(const SweepResult& result, const MetricRow& metric, const PlayBeside& play) {
  return Comparing(result, metric, play).compare();
}

}  // namespace squall
