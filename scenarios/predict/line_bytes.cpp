// Bytes between balancer and clients: messages, acknowledgements of both kinds, heartbeats.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>
#include <cmath>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/volume.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "sim/record/wire.hpp"

namespace squall::predict {

namespace {

constexpr double kLittle = 0.005;  // of all bytes

double beats_per_second(const Scenario& scenario) {
  const auto rate = [](double users, const ClientConfig& client) {
    return users * 1e9 / static_cast<double>(client.heartbeat_every.count());
  };
  if (clients_alike(scenario)) return rate(users_of(scenario), scenario.client);
  double beats = 0;
  for (const Population& people : scenario.people) {
    beats += rate(people.count, client_of(scenario, people));
  }
  return beats;
}

// An end that has answered lets acknowledgements wait for 40 ms (sim/record/acknowledgements.hpp):
// with ten frames a second to each client the next one is mostly later than that.
bool lines_are_quiet(const Case& of) {
  const double answered = answer_of(of.scenario) > 0 ? 1 : 0;
  double frames = 2 * beats_per_second(of.scenario);  // pings and pongs
  for (const Traffic& traffic : of.scenario.traffic) {
    const double own = from_backend(traffic) ? 0 : 1 + answered + echoed(of.scenario, traffic);
    frames += messages_per_second(traffic) * (recipients_of(of, traffic) + own);
  }
  return frames <= 10 * users_of(of.scenario);
}

// Clients ping at fixed intervals from their login on, so measure has a whole number of pings, and
// a part: how far that is from the mean, as a share of all pings.
double pings_left_over(const Scenario& scenario) {
  double most = 0;
  const auto measure = scenario.time.measure;
  for (const ClientConfig& client : played_clients(scenario)) {
    if (measure % client.heartbeat_every == Duration{0}) continue;
    most = std::max(most, laws::seconds(client.heartbeat_every) / laws::seconds(measure));
  }
  return most;
}

// Share of its messages whose senders hear something of the node.
double said_back_to(const Scenario& scenario, const Traffic& traffic) {
  return answer_of(scenario) > 0 ? 1 : echoed(scenario, traffic);
}

bool all_are_said_back_to(const Scenario& scenario) {
  return std::ranges::all_of(scenario.traffic, [&](const Traffic& traffic) {
    return from_backend(traffic) || said_back_to(scenario, traffic) == 1;
  });
}

// Of one message, between the balancer and its sender.
struct BothWays {
  double down = 0, up = 0;
};

// What a node says back leaves together, and carries the acknowledgement of a message of one
// segment; of two, that goes before it.
BothWays said_back(const Case& of, const WireCost& spoken, const WireCost& pushed, bool echo) {
  const wire::Tls tls = tls_of(of);
  const Bytes answer = answer_of(of.scenario);
  if (answer == 0 && !echo) return {};
  WireCost all = echo ? pushed : WireCost{};
  if (answer > 0) all += wire::websocket(answer, false, tls);
  const Bytes headers = all.segments * wire::kTcpIpHeader;
  const Bytes segments = wire::segments(all.total() - headers);
  const Bytes carried = spoken.segments > 1 ? 0 : wire::kTcpIpHeader;
  const Bytes down = all.total() - headers + segments * wire::kTcpIpHeader - carried;
  // The echo goes first, and is acknowledged by itself.
  const Bytes first = echo ? pushed.segments : 0;
  const Bytes acks = wire::acks(first) + wire::acks(segments - first);
  return {static_cast<double>(down), static_cast<double>(acks * wire::kTcpIpHeader)};
}

// A node whose acknowledgement of a message has waited in vain waits no more: the next ping of that
// client is acknowledged beside its pong.
double pings_acknowledged_apart(const Case& of) {
  double said = 0;  // by one client, in a second
  for (const Traffic& traffic : of.scenario.traffic) {
    if (from_backend(traffic)) continue;
    const double alone = 1 - said_back_to(of.scenario, traffic);
    said += alone * messages_per_second(traffic) / users_of(of.scenario);
  }
  double apart = 0;
  for (const Population& people : of.scenario.people) {
    const double every = laws::seconds(client_of(of.scenario, people).heartbeat_every);
    apart += people.count / every * (1 - std::exp(-said * every));
  }
  return apart;
}

}  // namespace

Answer line_bytes(const Case& of) {
  const wire::Tls tls = tls_of(of);
  const auto frame = [&](Bytes payload, bool up) { return wire::websocket(payload, up, tls); };
  const auto whole = [](const WireCost& cost) { return static_cast<double>(cost.total()); };
  const bool answered = all_are_said_back_to(of.scenario);
  const double bare = static_cast<double>(wire::kTcpIpHeader);
  const ProtocolOverhead around = overhead_of(of.scenario);
  double up = 0, down = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    const double sent = messages_per_second(traffic);
    const double heard = sent * recipients_of(of, traffic);
    const auto size = static_cast<Bytes>(traffic.size.first);
    const NodeConfig& nodes = of.scenario.cluster.nodes;
    const WireCost pushed = frame(on_client_line(nodes, size + around.down), false),
                   spoken = frame(on_client_line(nodes, size + around.up), true);
    down += heard * whole(pushed);
    up += heard * static_cast<double>(wire::ack_bytes(pushed.segments));
    if (from_backend(traffic)) continue;
    up += sent * whole(spoken);
    down += sent * static_cast<double>(wire::ack_bytes(spoken.segments));
    const double echoes = echoed(of.scenario, traffic);
    for (const bool echo : {true, false}) {
      const BothWays back = said_back(of, spoken, pushed, echo);
      const double often = sent * (echo ? echoes : 1 - echoes);
      down += often * back.down;
      up += often * back.up;
    }
  }
  const double beats = beats_per_second(of.scenario);
  up += beats * (whole(frame(0, true)) + bare);
  down += beats * whole(frame(0, false));
  down += pings_acknowledged_apart(of) * bare;
  const double pings = beats * (whole(frame(0, false)) + whole(frame(0, true)) + bare);
  if (pings * pings_left_over(of.scenario) > kLittle * down) {
    return Answer::nothing("measure is no whole number of heartbeats, and these are much of it");
  }
  Answer answer;
  const bool quiet = lines_are_quiet(of), clients_speak = kClientsSpeak.holds(of);
  // The node's acknowledgements ride where it answers each message.
  if (quiet || answered || !clients_speak) {
    answer.say("from balancer to clients", down, "bytes/s", "bytes.lb_to_client.rate");
  }
  if (!quiet) return answer;
  answer.say("between balancer and clients, both ways", up + down, "bytes/s", "bytes.client.rate");
  return answer;
}

}  // namespace squall::predict
