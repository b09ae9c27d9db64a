// squall sweep --rank: who is better than whom along an axis, and where that changes.
//
// Pairs of strategies are compared point by point, paired by seed: one is better when the 95 %
// interval of the difference and a margin of 2 % say so, else they are indistinguishable. A change
// of order is interpolated seed by seed, and played again 10 % below and above.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "report/measure/metrics.hpp"
#include "report/sweep/sweep_result.hpp"

namespace squall {

// Who is better; no_data: no seed has the metric in both.
enum class Order : std::uint8_t { first, second, same, no_data };
inline bool tells(Order order) { return order == Order::first || order == Order::second; }

// Of two strategies, a metric's values by seed; seeds without data in one of them do not count.
Order order_of(const std::vector<std::optional<double>>& first,
               const std::vector<std::optional<double>>& second, Better better);

struct Beside {  // runs 10 % beside a change of order
  std::string value;
  Order order = Order::same;
};

struct Tipping {
  std::string axis;           // its pointer
  std::string where;          // the values of other axes; empty: there are none
  std::string first, second;  // the better one before and after, or of all points
  std::vector<Order> orders;  // by point of the axis
  // Where the order changes; empty: it does not.
  std::optional<double> at;
  std::optional<double> low, high;  // 95 % over seeds
  std::string at_text, low_text, high_text;
  std::optional<Beside> below, above;
  bool confirmed() const;
};

struct Knee {
  std::string axis, where, strategy;
  std::string from;  // the value of the axis
  double times = 0;  // how much faster the metric grows after it
};

struct Ranking {
  std::string metric;
  std::vector<Tipping> tippings;  // one for each axis, place and pair
  std::vector<Knee> knees;
};

// Plays two strategies at a point of the grid with one value changed; the metric by seed, first and
// second. Empty: it cannot be played.
struct PairValues {
  std::vector<std::optional<double>> first, second;
};
using PlayBeside = std::function<std::optional<PairValues>(
    const std::vector<std::string>& point, std::size_t axis, const std::string& value,
    const std::string& first, const std::string& second)>;

Ranking rank_of(const SweepResult& result, const MetricRow& metric, const PlayBeside& play);

std::string as_text(const Ranking& ranking);
std::string as_json(const Ranking& ranking);  // one document

}  // namespace squall
