// Bytes between balancer and clients: messages, acknowledgements of both kinds, heartbeats.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/volume.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "sim/record/wire.hpp"

namespace squall::predict {

namespace {

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
bool lines_are_quiet(const Case& of, bool answered) {
  double frames = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    frames += messages_per_second(traffic) * (recipients_of(of, traffic) + (answered ? 1 : 0));
  }
  return frames <= 10 * users_of(of.scenario);
}

}  // namespace

Answer line_bytes(const Case& of) {
  const wire::Tls tls = tls_of(of);
  const auto frame = [&](Bytes payload, bool up) { return wire::websocket(payload, up, tls); };
  const auto whole = [](const WireCost& cost) { return static_cast<double>(cost.total()); };
  const bool answered = of.scenario.client.ack == AckLevel::ingress;
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
    if (traffic.from == kBackend) continue;
    up += sent * whole(spoken);
    down += sent * static_cast<double>(wire::ack_bytes(spoken.segments));
    if (!answered) continue;
    down += sent * (whole(frame(wire::kAckPayload, false)) - bare);  // it carries one of those
    up += sent * bare;
  }
  const double beats = beats_per_second(of.scenario);
  up += beats * (whole(frame(0, true)) + bare);
  down += beats * whole(frame(0, false));
  Answer answer;
  const bool quiet = lines_are_quiet(of, answered), clients_speak = kClientsSpeak.holds(of);
  // The node's acknowledgements ride where it answers each message.
  if (quiet || answered || !clients_speak) {
    answer.say("from balancer to clients", down, "bytes/s", "bytes.lb_to_client.rate");
  }
  if (!quiet) return answer;
  answer.say("between balancer and clients, both ways", up + down, "bytes/s", "bytes.client.rate");
  return answer;
}

}  // namespace squall::predict
