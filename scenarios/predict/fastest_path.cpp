// L10: of k copies the first counts: P(min > t) = P(one > t)^k. With one it is the path's mean.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>
#include <cmath>
#include <optional>

#include "scenarios/model/busiest.hpp"
#include "scenarios/model/calibration.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "sim/record/wire.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

using Kind = Distribution::Kind;

double beyond(const Distribution& delay, double t) {
  if (t <= 0) return 1;
  const auto first = static_cast<double>(delay.first);
  switch (delay.kind) {
    case Kind::fixed: return t < first ? 1 : 0;
    case Kind::uniform: {
      const auto second = static_cast<double>(delay.second);
      return t < first ? 1 : t < second ? (second - t) / (second - first) : 0;
    }
    case Kind::exponential: return std::exp(-t / first);
    case Kind::lognormal: return 0.5 * std::erfc(std::log(t / first) / delay.sigma / std::sqrt(2));
    case Kind::never: break;
  }
  return 1;
}

// Mean of the least of k delays: the integral of P(one > t)^k, by the trapezoidal rule.
double mean_of_least(const Distribution& delay, std::uint32_t k) {
  if (k == 1) return delay.mean();
  if (delay.kind == Kind::fixed) return static_cast<double>(delay.first);
  constexpr int kSteps = 20'000;
  const double step = 1.2 * nearly_highest(delay) / kSteps;
  double sum = 0.5;
  for (int i = 1; i <= kSteps; ++i) sum += laws::min_of_k(k, beyond(delay, step * i));
  return sum * step;
}

// Frames of one connection in a second, seen from a message on it; pings and pongs included.
struct Pace {
  double up = 0, down = 0;
};

// Nothing where it is not said who hears how much.
std::optional<Pace> pace_of(const Case& of) {
  const bool known = kOneRoomEach.holds(of) && kMembersSpeak.holds(of);
  if (has_traffic_to_rooms(of.scenario) && !known) return std::nullopt;
  Pace pace;
  for (const Traffic& traffic : of.scenario.traffic) {
    const double said = messages_per_second(traffic);
    pace.up += said / senders_of(of.scenario, traffic);
    pace.down += said * (traffic.to == TrafficTo::room ? share_of_heard_room(of)
                                                       : 1.0 / users_of(of.scenario));
  }
  if (answer_of(of.scenario) > 0) pace.down += pace.up;
  for (const Traffic& traffic : of.scenario.traffic) {
    pace.down += messages_per_second(traffic) * echoed(of.scenario, traffic) /
                 senders_of(of.scenario, traffic);
  }
  double beats = 0;
  for (const ClientConfig& client : played_clients(of.scenario)) {
    beats = std::max(beats, 1 / laws::seconds(client.heartbeat_every));
  }
  return Pace{pace.up + beats, pace.down + beats};
}

// A connection keeps the order of its frames: who follows a slower one waits for it. As long as
// that is rare, it costs half the frames in a time times the variance of their delays, on average.
double order_costs(double frames_per_s, const Distribution& delay) {
  return frames_per_s * 1e-9 * variance_of(delay) / 2;
}

constexpr double kRare = 0.01;  // of the mean: beyond it, frames wait for those that wait, too

// Of a client's line, a frame's time on it: all frames fit into the kernel, and seldom meet there,
// nor before it, on a card that all clients of a node share.
bool lines_are_free(const Case& of, const Pace& pace, double line_ns) {
  constexpr double kFree = 0.02;
  if (of.scenario.cluster.net.client_bandwidth > 0) return false;
  return frames_fit_into_the_kernel(of) && pace.down * line_ns * 1e-9 < kFree;
}

// What nodes read in turn comes to a client at once, and waits on his line. Of several copies the
// first is the one of the least delay only if all leave at the same time, whatever the loops do.
bool copies_leave_together(const Case& of) {
  if (backplane_named(of.strategy.backplane)->reads_log) return false;
  if (of.strategy.connections == 1) return true;
  const double apart_s =
      wait_for_loop_s(of.scenario, of.strategy) + longest_batch_s(of.scenario, of.strategy);
  return apart_s * 1e9 < kRare * of.scenario.cluster.net.client_node.mean();
}

}  // namespace

Answer fastest_path(const Case& of) {
  const Distribution& delay = of.scenario.cluster.net.client_node;
  const wire::Tls tls = tls_of(of);
  double pairs = 0, line_ns = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    const double heard = messages_per_second(traffic) * mean_recipients(of.scenario, traffic);
    const Bytes size =
        on_client_line(of.scenario.cluster.nodes,
                       static_cast<Bytes>(traffic.size.mean()) + overhead_of(of.scenario).down);
    const double bits = 8.0 * static_cast<double>(wire::websocket(size, false, tls).total());
    double ns = 0;  // of a client's line, on average over clients
    for (const Population& people : of.scenario.people) {
      ns += people.count * bits * 1e9 / static_cast<double>(people.downlink);
    }
    pairs += heard;
    line_ns += heard * ns / users_of(of.scenario);
  }
  if (pairs <= 0) return Answer::nothing("nobody is to hear anything");
  line_ns /= pairs;
  const std::optional<Pace> pace = pace_of(of);
  const auto measured = [&](bool is, double order_ns, const char* metric) {
    return is && pace && order_ns < kRare * delay.mean() ? metric : "";
  };
  const double up_ns = pace ? order_costs(pace->up, delay) : 0;
  const double down_ns = pace ? order_costs(pace->down, delay) : 0;
  const bool alone = of.strategy.connections == 1;  // else the others make up for it, in part
  Answer answer;
  answer.say("from client to node", delay.mean() + up_ns, "ns",
             measured(true, up_ns, "latency.stage.uplink.mean"));
  answer.say(alone ? "from node to client" : "from node to client, the fastest of its connections",
             mean_of_least(delay, of.strategy.connections) + line_ns + (alone ? down_ns : 0), "ns",
             measured(pace && lines_are_free(of, *pace, line_ns) && copies_leave_together(of),
                      down_ns, "latency.stage.downlink.mean"));
  return answer;
}

}  // namespace squall::predict
