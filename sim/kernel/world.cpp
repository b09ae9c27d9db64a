// Setting up a World; the draws that are numbered here, and the bytes of clients' frames.
// What delays and cuts a frame is in network.cpp.
#include "sim/kernel/world.hpp"

#include <utility>

#include "scenarios/model/calibration.hpp"
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
      network(scenario, plan),
      oracle(oracle_setup(plan)),
      bytes(the_scenario.time.measure, the_scenario.cluster.nodes.count),
      ledger(
          with_wires(ledger_setup(plan, spec, backplane, options.mute, options.witness), options),
          oracle, bytes),
      queue(-the_scenario.time.warmup),
      now(-the_scenario.time.warmup),
      witness(options.witness),
      single_heartbeats(options.single_heartbeats),
      overhead(overhead_of(the_scenario)),
      answer(answer_of(the_scenario)),
      as_written_(the_scenario),
      changing_(std::move(changing)),
      after_the_end_(the_scenario.time.measure + the_scenario.time.drain + 1h),
      counts_memory_(the_scenario.cluster.nodes.memory.has_value()),
      balanced_(the_spec.placement.empty()),
      other_draws_(static_cast<std::size_t>(Purpose::session_age) + 1) {
  bytes.count_crossing(network.crossing());
  seat_everybody(oracle, plan);
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
  return world.network.message_delay(rng.at(frame));
}

}  // namespace

Duration World::client_delay(EndpointId endpoint) {
  return drawn(*this, endpoint, clients->next_delay(endpoint));
}

Duration World::client_delay(ConnectionId id) {
  const ConnectionRecord& record = oracle.connection(id);
  const std::uint64_t frame = clients->next_delay(record.endpoint);
  return drawn(*this, record.endpoint, frame) + network.detour(pipe(id), record.node) +
         network.weather(pipe(id), record.node, frames_of(record.endpoint), frame);
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
  network.obey(scenario.cluster.net);
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
  Time end = entry.socket + network.line(of).buffer();
  if (total <= kSendBuffer) {
    end = entry.arrival -
          network.message_delay(downlink_rng(message.id).at(clients->numbers().path(of.link))) -
          network.detour(of, of.node) -
          network.weather(of, of.node, frames_down(message.id), clients->numbers().path(of.link));
  }
  const Duration passed = until - (end - network.line(of).time(total));
  return passed <= Duration{0} ? 0 : std::min(total, network.line(of).bytes(passed));
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
