// L10: of k copies the first counts: P(min > t) = P(one > t)^k. With one it is the path's mean.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <cmath>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
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

// A connection keeps the order of its frames, so one waits for another that is slower. Whether that
// is rare: frames that a client is sent, seen from one of them, while another is on its way.
bool seldom_overtaken(const Case& of) {
  constexpr double kSeldom = 0.02;
  const bool known = kOneRoomEach.holds(of) && kMembersSpeak.holds(of);
  if (has_traffic_to_rooms(of.scenario) && !known) return false;
  double heard_per_s = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    heard_per_s +=
        messages_per_second(traffic) *
        (traffic.to == TrafficTo::room ? share_of_heard_room(of) : 1.0 / users_of(of.scenario));
  }
  const Distribution& delay = of.scenario.cluster.net.client_node;
  return heard_per_s * (nearly_highest(delay) - delay.mean()) * 1e-9 < kSeldom;
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
  Answer answer;
  answer.say("from client to node", delay.mean(), "ns", "latency.stage.uplink.mean");
  answer.say(of.strategy.connections > 1 ? "from node to client, the fastest of its connections"
                                         : "from node to client",
             mean_of_least(delay, of.strategy.connections) + line_ns / pairs, "ns",
             seldom_overtaken(of) ? "latency.stage.downlink.mean" : "");
  return answer;
}

}  // namespace squall::predict
