// From a plan to empty books. See setup.hpp.
// Triggers are numbered here only by their count; their names are the scenario's.
#include "sim/books/setup.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/key_homes.hpp"
#include "scenarios/model/own_clients.hpp"

namespace squall {
namespace {

std::size_t trigger_count(const Scenario& scenario) {
  return index(accident_trigger(scenario)) + std::size_t{1};
}

}  // namespace

StrategySpec with_placement(StrategySpec spec, const Scenario& scenario) {
  spec.placement = policy_of(scenario, spec);
  return spec;
}

namespace {

LinkOptions link_options(const ClientConfig& client) {
  return {client.heartbeat_every, client.heartbeat_timeout, client.connect_timeout, client.backoff};
}

std::size_t queue_of(const ClientConfig& client) {
  return client.offline_send == OfflineSend::queue ? client.offline_queue : 0;
}

// Endpoints are the populations in order, then the individuals.
std::vector<ClientKind> client_kinds(const Scenario& scenario) {
  std::vector<ClientKind> kinds;
  if (clients_alike(scenario)) return kinds;
  std::uint32_t from = 0;
  const auto add = [&](const ClientConfig& client) {
    kinds.push_back({from, link_options(client), queue_of(client)});
  };
  for (const Population& people : scenario.people) {
    add(client_of(scenario, people));
    from += people.count;
  }
  for (const ScriptedClient& one : scenario.clients) {
    add(client_of(scenario, one));
    ++from;
  }
  return kinds;
}

}  // namespace

EndpointOptions endpoint_options(const Scenario& scenario, const StrategySpec& spec,
                                 const BackplaneRow& backplane) {
  const ClientConfig& client = scenario.client;
  EndpointOptions options;
  options.link = link_options(client);
  options.links = std::min<std::uint16_t>(spec.connections, scenario.cluster.nodes.count);
  options.make_before_break = spec.make_before_break;
  options.queue = queue_of(client);
  options.kinds = client_kinds(scenario);
  options.on_all_links = backplane.reach == Reach::own_node;
  // Where nobody acknowledges, there is nothing to wait for.
  if (answer_of(scenario) > 0) options.outbox = spec.outbox;
  return options;
}

OracleSetup oracle_setup(const Plan& plan) {
  OracleSetup setup{
      plan.endpoints(), {}, plan.scenario().time.measure, trigger_count(plan.scenario())};
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
    setup.room_sizes.push_back(static_cast<std::uint32_t>(plan.members(RoomId{room}).size()));
  }
  return setup;
}

void seat_everybody(Oracle& oracle, const Plan& plan) {
  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    const EndpointId endpoint{e};
    std::vector<Rosters::Seat> seats;
    for (const Membership& membership : plan.memberships(endpoint)) {
      seats.push_back({membership.room, membership.rank});
    }
    oracle.rosters().seat(endpoint, seats, !plan.individual(endpoint));
  }
}

LedgerSetup ledger_setup(const Plan& plan, const StrategySpec& spec, const BackplaneRow& backplane,
                         std::optional<Mechanism> mute, Witness* witness) {
  const Scenario& scenario = plan.scenario();
  LedgerSetup setup{scenario.time.measure,
                    scenario.time.deadline,
                    scenario.client.dedupe_window,
                    {},
                    {},
                    plan.endpoints(),
                    trigger_count(scenario),
                    backplane.uncovered(spec),
                    spec.connections > 1 || spec.make_before_break,
                    mute};
  // Where one node of all gets each message, that is why the others have not heard it.
  if (backplane.needs.broker && scenario.cluster.broker.group == ConsumerGroup::shared) {
    setup.uncovered = Mechanism::consumer_misassigned;
  }
  setup.witness = witness;
  setup.slice = scenario.time.series;
  setup.reads_on = spec.start_at != StartAt::latest;
  setup.homes = homes_of(plan, spec, backplane);
  for (const FaultSpan& span : fault_spans(scenario))
    setup.spans.emplace_back(span.begin, span.end);
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
    setup.rosters.push_back(plan.members(RoomId{room}));
  }
  return setup;
}

RunRecord begin_record(const Plan& plan, const StrategySpec& spec) {
  const Scenario& scenario = plan.scenario();
  RunRecord record;
  record.strategy = spec.name;
  record.seed = plan.seed();
  record.measure = scenario.time.measure;
  record.nodes = scenario.cluster.nodes.count;
  record.loops = scenario.cluster.nodes.loops;
  record.endpoints = plan.endpoints();
  record.zones_apart = !scenario.cluster.net.zones.empty();
  for (const FaultSpan& span : fault_spans(scenario)) {
    FaultRow row;
    row.trigger = span.trigger;
    row.begin = span.begin;
    row.end = span.end;
    row.per_day_micro = span.per_day_micro;
    record.faults.push_back(row);
  }
  record.spells = node_spells(plan);
  return record;
}

std::vector<EndpointId> hit_by(const Plan& plan, std::uint32_t item) {
  const ScriptStep& step = plan.scenario().script[item];
  if (!step.client.empty()) return {plan.individual_named(step.client)};
  std::vector<EndpointId> hit;
  const Rng rng(plan.seed(), Purpose::disconnect_share, item);
  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    const EndpointId endpoint{e};
    if (plan.individual(endpoint)) continue;
    const Population& population = plan.scenario().people[plan.population(endpoint)];
    if (population.name == step.population && unit(rng.at(e)) < step.share) hit.push_back(endpoint);
  }
  return hit;
}

Send scripted_send(const Plan& plan, const ScriptStep& step, Time at) {
  const Address to = step.to_user.empty() ? Address::room(plan.room_named(step.to_room))
                                          : Address::user(plan.individual_named(step.to_user));
  const auto scripted = static_cast<std::uint16_t>(plan.scenario().traffic.size());
  return {at, scripted, plan.individual_named(step.client), to, step.size};
}

}  // namespace squall
