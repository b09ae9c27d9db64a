// The median grows evenly with the length of a way: two runs tell how many ways there are in it.
// See design.hpp.
#include "sim/cli/calibrate/design.hpp"

#include <algorithm>

#include "strategies/core/backplane.hpp"

namespace squall {
namespace {

// The load that disturbs least: messages one by one, to one recipient each.
bool alone(const PlayedLoad& one) {
  return one.recipients > 0 && one.recipients < 3 && one.bytes < 1024;
}

double least_median_s(const std::vector<PlayedLoad>& played) {
  double least = 0;
  for (const PlayedLoad& one : played) {
    if (alone(one) && (least == 0 || one.median_s < least)) least = one.median_s;
  }
  return least;
}

// What servers of others do once a message is seen as one cost. Where a broker is between them it
// is a read, a publication and what each node hears: from outside nobody tells these apart, so
// that each gets the same.
void divide(CostChanges& costs, std::size_t nodes) {
  if (!costs.frame_read) return;
  const Duration part = std::max(Duration{1}, *costs.frame_read / static_cast<int>(2 + nodes));
  costs.frame_read = costs.publish = costs.broker_receive = part;
}

Duration fitted_way(const StrategySpec& as, std::size_t nodes,
                    const std::vector<PlayedLoad>& played, const CostChanges& costs) {
  constexpr Duration kShort = std::chrono::microseconds{1}, kLong = std::chrono::microseconds{201};
  const auto least = std::ranges::find_if(played, alone);
  if (least == played.end()) return Duration{0};
  const double at_short = simulated_median_s(*least->row, nodes, as, costs, kShort);
  const double at_long = simulated_median_s(*least->row, nodes, as, costs, kLong);
  const double longer = least_median_s(played) - at_short;
  if (at_long <= at_short || longer <= 0) return Duration{0};
  const double step_s = std::chrono::duration<double>(kLong - kShort).count();
  return kShort + from_seconds(longer * step_s / (at_long - at_short));
}

}  // namespace

Duration from_seconds(double s) {
  return std::max(Duration{1}, Duration{static_cast<std::int64_t>(s * 1e9 + 0.5)});
}

Duration one_way_through_a_node(const std::vector<PlayedLoad>& played, const CostChanges& costs) {
  const auto seconds = [](const std::optional<Duration>& cost) {
    return std::chrono::duration<double>(cost.value_or(Duration{0})).count();
  };
  const double on_the_way =
      least_median_s(played) - seconds(costs.frame_read) - seconds(costs.push);
  return on_the_way > 0 ? from_seconds(on_the_way / 2) : Duration{0};
}

// Down: of the load whose messages have the most recipients, as what comes once a message hides
// there. Up: of the smallest messages.
ProtocolOverhead overhead_in(const std::vector<PlayedLoad>& played) {
  ProtocolOverhead around;
  double most = 0;
  for (const PlayedLoad& one : played) {
    if (one.recipients > most) {
      most = one.recipients;
      around.down = static_cast<Bytes>(one.beside_down + 0.5);
    }
    if (alone(one)) around.up = static_cast<Bytes>(one.beside_up + 0.5);
  }
  return around;
}

void fit_design(Calibration& profile, const StrategySpec& as, std::size_t nodes,
                const std::vector<PlayedLoad>& played) {
  if (backplane_named(as.backplane)->needs.broker) {
    divide(profile.costs, nodes);
    divide(profile.plus_minus, nodes);
  }
  profile.one_way = fitted_way(as, nodes, played, profile.costs);
}

}  // namespace squall
