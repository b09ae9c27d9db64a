// Setting up a World, and the random delays of its wires.
// Every delay is drawn from its own stream, so no part can shift the draws of another.
#include "sim/kernel/world.hpp"

#include <utility>

#include "scenarios/model/settings.hpp"
#include "sim/books/setup.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/director.hpp"
#include "sim/kernel/fan_out.hpp"
#include "sim/kernel/handshakes.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/sessions.hpp"
#include "sim/kernel/supervisor.hpp"

namespace squall {
namespace {

std::unique_ptr<Scenario> one_that_changes(const Scenario& scenario) {
  const auto sets = [](const ScriptStep& step) {
    return step.verb == Verb::set && step.traffic.empty();  // rates: TrafficSource
  };
  const bool changes = std::ranges::any_of(scenario.script, sets);
  return changes ? std::make_unique<Scenario>(scenario) : nullptr;
}

// Links of the cluster between two zones; clients come over the internet wherever they are.
Crosses crossing_in(const Distances& distances) {
  if (!distances.any()) return {};
  return [&distances](Link link, NodeId node, NodeId other) {
    const ZoneId here = distances.of(node);
    switch (link) {
      case Link::node_to_node:
        SQUALL_CHECK(other != kNoNode);
        return distances.cross(here, distances.of(other));
      case Link::node_to_broker:
      case Link::broker_to_node: return distances.cross(here, distances.broker());
      case Link::node_to_registry:
      case Link::registry_to_node: return distances.cross(here, distances.registry());
      case Link::client_to_lb:
      case Link::lb_to_client:
      case Link::lb_to_node:
      case Link::node_to_lb:
      case Link::broker_to_broker: break;  // all of them stand where the broker stands
    }
    return false;
  };
}

}  // namespace

World::World(const Scenario& the_scenario, const StrategySpec& the_spec, std::uint64_t seed,
             const PlayOptions& options)
    : World(one_that_changes(the_scenario), the_scenario, the_spec, seed, options) {}

World::World(std::unique_ptr<Scenario> changing, const Scenario& the_scenario,
             const StrategySpec& the_spec, std::uint64_t seed, const PlayOptions& options)
    : scenario(changing == nullptr ? the_scenario : *changing),
      window(the_scenario.time.measure),
      spec(with_placement(the_spec, the_scenario)),
      backplane(*backplane_named(the_spec.backplane)),
      costs(costs_of(the_scenario.cluster.nodes)),
      tls(costs.encrypted() ? wire::Tls::on : wire::Tls::off),
      crew(options.threads),
      plan(the_scenario, seed, options.stop),
      distances(the_scenario),
      oracle(oracle_setup(plan)),
      bytes(the_scenario.time.measure, the_scenario.cluster.nodes.count),
      ledger(
          with_wires(ledger_setup(plan, spec, backplane, options.mute, options.witness), options),
          oracle, bytes),
      queue(-the_scenario.time.warmup),
      now(-the_scenario.time.warmup),
      witness(options.witness),
      single_heartbeats(options.single_heartbeats),
      as_written_(the_scenario),
      changing_(std::move(changing)),
      after_the_end_(the_scenario.time.measure + the_scenario.time.drain + 1h),
      counts_memory_(the_scenario.cluster.nodes.memory.has_value()),
      balanced_(the_spec.placement.empty()),
      client_node_(the_scenario.cluster.net.client_node),
      node_node_(the_scenario.cluster.net.node_node),
      node_broker_(the_scenario.cluster.net.node_broker),
      node_registry_(the_scenario.cluster.net.node_registry),
      other_draws_(static_cast<std::size_t>(Purpose::session_age) + 1) {
  bytes.count_crossing(crossing_in(distances));
  seat_everybody(oracle, plan);
  for (std::uint64_t hop = 0; hop < hop_draws_.size(); ++hop) {
    for (std::uint64_t n = 0; n < scenario.cluster.nodes.count; ++n) {
      hop_draws_[hop].push_back({Rng(seed, Purpose::cluster_latency, hop << 32 | n)});
    }
  }
  memory = std::make_unique<Memory>(*this);
  supervisor = std::make_unique<Supervisor>(*this);
  client_acks = std::make_unique<ClientAcks>(*this);
  balancer = std::make_unique<Balancer>(*this);
  peers = std::make_unique<Peers>(*this);
  broker = std::make_unique<Broker>(*this);
  registry = std::make_unique<Registry>(*this);
  nodes = std::make_unique<Nodes>(*this);
  processes = std::make_unique<Processes>(*this);
  handshakes = std::make_unique<Handshakes>(*this);
  sessions = std::make_unique<Sessions>(*this);
  heartbeats = std::make_unique<Heartbeats>(*this);
  fan_out = std::make_unique<FanOut>(*this);
  clients = std::make_unique<Clients>(*this);
  director = std::make_unique<Director>(*this);
}

World::~World() = default;

void World::count_waiting(const Event& event) { memory->waits(event); }

namespace {

// Of what is no message of a client, frame by frame.
Duration drawn(const World& world, EndpointId endpoint, std::uint64_t frame) {
  const Rng rng(world.plan.seed(), Purpose::downlink_latency,
                ~static_cast<std::uint64_t>(endpoint));
  return world.message_delay(rng.at(frame));
}

}  // namespace

Duration World::client_delay(EndpointId endpoint) {
  return drawn(*this, endpoint, clients->next_delay(endpoint));
}

Duration World::client_delay(ConnectionId id) {
  const ConnectionRecord& record = oracle.connection(id);
  const std::uint64_t frame = clients->next_delay(record.endpoint);
  return drawn(*this, record.endpoint, frame) + detour(pipe(id), record.node) +
         weather(pipe(id), record.node, frames_of(record.endpoint), frame);
}

Duration World::cluster_delay(Hop hop, NodeId node) {
  const auto which = static_cast<std::size_t>(hop);
  Draws& draws = hop_draws_[which][index(node)];
  const std::uint64_t bits = draws.rng.at(draws.drawn++);
  const Sampler& sampler = hop == Hop::peer     ? node_node_
                           : hop == Hop::broker ? node_broker_
                                                : node_registry_;
  const Duration delay{sampler.sample(bits)};
  if (hop == Hop::peer || !distances.any()) return delay;  // see peer_delay()
  const ZoneId server = hop == Hop::broker ? distances.broker() : distances.registry();
  return delay + between_zones(hop, node, distances.of(node), server);
}

Duration World::peer_delay(NodeId from, NodeId to) {
  const Duration delay = cluster_delay(Hop::peer, to);
  if (!distances.any()) return delay;
  return delay + between_zones(Hop::peer, to, distances.of(from), distances.of(to));
}

// Of the frame whose delay was drawn last.
Duration World::between_zones(Hop hop, NodeId node, ZoneId from, ZoneId to) const {
  const auto which = static_cast<std::size_t>(hop);
  const std::uint64_t stream = 4 * (which << 32 | index(node)) + 3;
  return distances.between(from, to) +
         distances.weather(from, to, {plan.seed(), stream, hop_draws_[which][index(node)].drawn});
}

// From what is written, and all that is set at this moment: so one that ends leaves what another
// one says.
void World::set_now() {
  changing_->cluster = as_written_.cluster;
  for (const ScriptStep& step : as_written_.script) {
    const bool on = step.at <= now && (step.lasts == Duration{0} || now < step.at + step.lasts);
    if (step.verb != Verb::set || !step.traffic.empty() || !on) continue;
    apply_setting(*changing_, step.path, step.value);
  }
  costs = costs_of(scenario.cluster.nodes);
  if (balanced_) balancer->obey(scenario.cluster.lb.policy);
  const NetConfig& net = scenario.cluster.net;
  client_node_ = Sampler(net.client_node);
  node_node_ = Sampler(net.node_node);
  node_broker_ = Sampler(net.node_broker);
  node_registry_ = Sampler(net.node_registry);
}

// ---- bytes -------------------------------------------------------------------------------------

LedgerSetup World::with_wires(LedgerSetup setup, const PlayOptions& options) {
  setup.owed_log = options.owed_log;
  setup.owed_elsewhere = options.owed_elsewhere;
  setup.push_cost = [this](Bytes size) { return message_frame(size); };
  setup.on_the_line = [this](const Message& message, const PushEntry& entry, Time until) {
    return on_the_line(message, entry, until);
  };
  setup.send_buffer = kSendBuffer;
  setup.homes.unplanned = &unplanned_leaves;
  return setup;
}

// A frame larger than the send buffer has left user space when the rest of it fits in there; of a
// smaller one the delay is drawn again, which says when its last byte was on the line.
Bytes World::on_the_line(const Message& message, const PushEntry& entry, Time until) {
  const Pipe& of = pipe(entry.connection);
  const Bytes total = message_frame(message.size).total();
  Time end = entry.socket + line(of).buffer();
  if (total <= kSendBuffer) {
    end = entry.arrival -
          message_delay(downlink_rng(message.id).at(clients->numbers().path(of.link))) -
          detour(of, of.node) -
          weather(of, of.node, frames_down(message.id), clients->numbers().path(of.link));
  }
  const Duration passed = until - (end - line(of).time(total));
  return passed <= Duration{0} ? 0 : std::min(total, line(of).bytes(passed));
}

void World::pass_client_frame(Bytes payload, bool from_client, NodeId node, bool arrives) {
  const WireCost cost = client_frame(payload, from_client);
  const auto hops = from_client ? std::array{Link::client_to_lb, Link::lb_to_node}
                                : std::array{Link::node_to_lb, Link::lb_to_client};
  for (const Link hop : hops) {
    bytes.passed(hop, BytePurpose::control, cost, now, node, arrives);
  }
}

void World::book_acknowledgements(bool from_client, Bytes acknowledgements, Time at, NodeId node) {
  const auto hops = from_client ? std::array{Link::client_to_lb, Link::lb_to_node}
                                : std::array{Link::node_to_lb, Link::lb_to_client};
  for (const Link hop : hops) bytes.acknowledged(hop, acknowledgements, at, node);
}

std::uint64_t World::draw(Purpose purpose, std::uint32_t entity) {
  auto& draws = other_draws_[static_cast<std::size_t>(purpose)];
  if (draws.size() <= entity) draws.resize(entity + 1, 0);
  return Rng(plan.seed(), purpose, entity).at(draws[entity]++);
}

void World::update_reach(EndpointId endpoint) {
  oracle.reachable(endpoint, sessions->reaches(endpoint), now);
}

}  // namespace squall
