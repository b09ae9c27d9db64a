// The median grows evenly with the length of a way: two runs tell how many ways there are in it.
// See design.hpp.
#include "sim/cli/calibrate/design.hpp"

#include <algorithm>

#include "sim/record/wire.hpp"
#include "strategies/core/backplane.hpp"

namespace squall {
namespace {

// Messages one by one, to one recipient each.
bool alone(const PlayedLoad& one) {
  return one.recipients > 0 && one.recipients < 3 && one.bytes < 1024;
}

// The fewest of them; where none was played, nothing.
const PlayedLoad* least_disturbed(const std::vector<PlayedLoad>& played) {
  const PlayedLoad* least = nullptr;
  for (const PlayedLoad& one : played) {
    if (alone(one) && (least == nullptr || one.pushes < least->pushes)) least = &one;
  }
  return least;
}

bool says_more(const PlayedLoad& one, const PlayedLoad* than) {
  return one.messages > 0 && (than == nullptr || one.messages > than->messages);
}

// Of what clients hear beside payloads, in the order of one message: all but its own text, where
// that comes back `own` times to who has sent it.
double beside_echo(const PlayedLoad& one, double own) {
  const double text =
      one.bytes + static_cast<double>(wire::websocket_header(static_cast<Bytes>(one.bytes), false));
  return one.beside_down * one.recipients - own * text;
}

// Whether what senders of single messages hear grows by a byte with each byte that they say.
bool grows_with_messages(const std::vector<PlayedLoad>& played) {
  struct Mean {
    double bytes = 0, heard = 0, loads = 0;
  } small, large;
  for (const PlayedLoad& one : played) {
    if (one.recipients <= 0 || one.recipients >= 3 || one.bytes <= 0) continue;
    Mean& mean = alone(one) ? small : large;
    mean.bytes += one.bytes, mean.heard += one.beside_down * one.recipients, ++mean.loads;
  }
  if (small.loads == 0 || large.loads == 0) return false;
  const double heard = large.heard / large.loads - small.heard / small.loads;
  return heard > 0.5 * (large.bytes / large.loads - small.bytes / small.loads);
}

// The payload of a frame of so many bytes; less than a header is none.
Bytes unframed(double frame) {
  const Bytes whole = static_cast<Bytes>(std::max(0.0, frame) + 0.5);
  const Bytes payload = whole - wire::websocket_header(whole, false);
  return std::max<Bytes>(0, payload);
}

// What servers of others do once a message is seen as one cost. Where a broker is between them it
// is a read, a publication and what each node hears: from outside nobody tells these apart, so
// that each gets the same.
void divide(CostChanges& costs, std::size_t nodes) {
  if (!costs.frame_read) return;
  const Duration part = std::max(Duration{1}, *costs.frame_read / static_cast<int>(2 + nodes));
  costs.frame_read = costs.publish = costs.broker_receive = part;
}

}  // namespace

Duration fitted_way(double median_s, const std::function<double(Duration way)>& simulated_s) {
  constexpr Duration kShort = std::chrono::microseconds{1}, kLong = std::chrono::microseconds{201};
  const double at_short = simulated_s(kShort), at_long = simulated_s(kLong);
  if (at_long <= at_short || median_s <= 0) return Duration{0};
  const double longer = median_s - at_short;
  if (longer <= 0) return kShort;
  const double step_s = std::chrono::duration<double>(kLong - kShort).count();
  return kShort + from_seconds(longer * step_s / (at_long - at_short));
}

Duration from_seconds(double s) {
  return std::max(Duration{1}, Duration{static_cast<std::int64_t>(s * 1e9 + 0.5)});
}

Duration one_way_through_a_node(const std::vector<PlayedLoad>& played, const CostChanges& costs) {
  const auto seconds = [](const std::optional<Duration>& cost) {
    return std::chrono::duration<double>(cost.value_or(Duration{0})).count();
  };
  const PlayedLoad* const least = least_disturbed(played);
  if (least == nullptr) return Duration{0};
  const double on_the_way = least->median_s - seconds(costs.frame_read) - seconds(costs.push);
  return on_the_way > 0 ? from_seconds(on_the_way / 2) : Duration{0};
}

// Up: of the smallest messages. Down: what comes for a message is as much again for each recipient,
// and once more, or not, for its sender. That is an echo where it grows as the message does, and
// else an answer. Of rooms, and of pairs, the load that says the most: names of messages grow with
// their number.
ProtocolOverhead overhead_in(const std::vector<PlayedLoad>& played) {
  constexpr double kMany = 20;
  ProtocolOverhead around;
  const PlayedLoad *pairs = nullptr, *rooms = nullptr;
  for (const PlayedLoad& one : played) {
    if (alone(one)) around.up = static_cast<Bytes>(one.beside_up + 0.5);
    if (alone(one) && says_more(one, pairs)) pairs = &one;
    if (one.recipients > kMany && says_more(one, rooms)) rooms = &one;
  }
  if (rooms == nullptr) return around;
  around.echo = grows_with_messages(played);
  const double own = around.echo ? 1 : 0;
  double down = beside_echo(*rooms, own) / (rooms->recipients + own);
  if (pairs != nullptr) {
    down = std::max(0.0, (beside_echo(*rooms, own) - beside_echo(*pairs, own)) /
                             (rooms->recipients - pairs->recipients));
    const double frame = beside_echo(*pairs, own) - down * (pairs->recipients + own);
    around.answer = unframed(frame);
  }
  around.down = static_cast<Bytes>(down + 0.5);
  return around;
}

void take_echo_apart(CostChanges& costs) {
  if (!costs.frame_read || !costs.push) return;
  costs.frame_read = std::max(Duration{1}, *costs.frame_read - *costs.push);
}

void fit_design(Calibration& profile, const StrategySpec& as, std::size_t nodes,
                const std::vector<PlayedLoad>& played) {
  if (backplane_named(as.backplane)->needs.broker) {
    divide(profile.costs, nodes);
    divide(profile.plus_minus, nodes);
  }
  double median_s = 0, rounds = 0;
  const LoadRow* typical = nullptr;
  for (const PlayedLoad& one : played) {
    if (one.row->typical) typical = one.row, median_s += one.median_s, ++rounds;
  }
  if (typical == nullptr) return;
  profile.one_way = fitted_way(median_s / rounds, [&](Duration way) {
    return simulated_median_s(*typical, nodes, as, profile, way);
  });
}

}  // namespace squall
