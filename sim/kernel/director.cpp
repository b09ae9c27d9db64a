// From the plan's instants to the parts of the engine. See director.hpp.
// What a fault does to whom is decided by the part that is called, not here.
#include "sim/kernel/director.hpp"

#include "scenarios/model/recipients.hpp"
#include "scenarios/model/volume.hpp"
#include "sim/books/setup.hpp"
#include "sim/books/spells.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry.hpp"

namespace squall {

Director::Director(World& world) : world_(world) {
  for (std::uint16_t i = 0; i < world.scenario.traffic.size(); ++i) {
    sources_.emplace_back(world.plan, i);
  }
}

void Director::begin() {
  const auto stimuli = world_.plan.stimuli();
  for (std::uint32_t i = 0; i < stimuli.size(); ++i) {
    world_.at(stimuli[i].at, {EventKind::stimulus, kNoNode, i});
  }
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].upcoming() < world_.scenario.time.measure) {
      world_.at(sources_[i].upcoming(), {EventKind::traffic, kNoNode, i});
    }
  }
}

void Director::traffic(std::uint32_t number) {
  TrafficSource& source = sources_[number];
  if (const auto send = source.next(world_.oracle.online())) {
    const bool backend = from_backend(world_.scenario.traffic[number]);
    backend ? world_.broker->publish_from_outside(*send) : world_.clients->send(*send);
  }
  if (source.upcoming() < world_.scenario.time.measure) {
    world_.at(source.upcoming(), {EventKind::traffic, kNoNode, number});
  }
}

void Director::stimulus(std::uint32_t number) {
  const Stimulus& stimulus = world_.plan.stimuli()[number];
  const NodeId node{static_cast<std::uint16_t>(stimulus.item)};  // of those that are of a node
  Processes& processes = *world_.processes;
  using Kind = Stimulus::Kind;
  switch (stimulus.kind) {
    case Kind::crash:
    case Kind::host_lost:
    case Kind::stop: processes.crash(node, end_of_process(stimulus.kind), stimulus.trigger); break;
    case Kind::start: processes.start(node); break;
    case Kind::drain: processes.drain(node, stimulus.lasts, stimulus.trigger); break;
    case Kind::undrain: processes.undrain(node); break;
    case Kind::unlist: world_.balancer->tell(node, false); break;
    case Kind::pace: processes.keep_pace(node); break;
    case Kind::cut: cut(stimulus.item); break;
    case Kind::heal: heal(stimulus.item); break;
    case Kind::broker_down: broker_down(stimulus); break;
    case Kind::broker_up: world_.broker->up(); break;
    case Kind::registry_down: world_.registry->down(stimulus.trigger, step_of(stimulus).lag); break;
    case Kind::registry_up: world_.registry->up(); break;
    case Kind::lb_reload: world_.balancer->reload(stimulus.item); break;
    case Kind::old_workers_end:
      world_.balancer->old_workers_end(stimulus.item, stimulus.trigger);
      break;
    case Kind::settings: world_.set_now(); break;
    case Kind::disconnect: disconnect(stimulus); break;
    case Kind::connect: login(stimulus); break;
    case Kind::join:
    case Kind::leave: membership(stimulus); break;
    case Kind::send: send(stimulus); break;
  }
}

// Every link is told for itself, as its own time-outs decide whether it lives through a partition.
void Director::cut(std::uint32_t partition) {
  const Network& network = world_.network;
  for (std::uint16_t n = 0; n < world_.scenario.cluster.nodes.count; ++n) {
    const Place node = node_place(NodeId{n});
    if (network.cut_by(partition, node, kBroker, world_.now))
      world_.broker->links().cut_off(NodeId{n});
    if (network.cut_by(partition, node, kRegistry, world_.now)) world_.registry->cut_off(NodeId{n});
  }
  world_.peers->cut(partition);
}

void Director::heal(std::uint32_t partition) {
  const Network& network = world_.network;
  for (std::uint16_t n = 0; n < world_.scenario.cluster.nodes.count; ++n) {
    const Place node = node_place(NodeId{n});
    if (network.opened_by(partition, node, kBroker, world_.now))
      world_.broker->links().healed(NodeId{n});
    if (network.opened_by(partition, node, kRegistry, world_.now))
      world_.registry->healed(NodeId{n});
  }
  world_.peers->healed(partition);
}

void Director::disconnect(const Stimulus& stimulus) {
  const DisconnectHow how = step_of(stimulus).how;
  for (const EndpointId endpoint : hit_by(world_.plan, stimulus.item)) {
    world_.clients->disconnect(endpoint, how, stimulus.trigger);
  }
}

// Where a replica takes its place, what the logs hold is known there, but for the last of it.
void Director::broker_down(const Stimulus& stimulus) {
  world_.broker->down(stimulus.trigger, failover_lag(world_.plan, stimulus.trigger));
}

void Director::login(const Stimulus& stimulus) {
  const ScriptStep& step = step_of(stimulus);
  world_.clients->login(world_.plan.individual_named(step.client), 0);
}

void Director::membership(const Stimulus& stimulus) {
  const ScriptStep& step = step_of(stimulus);
  const EndpointId who = world_.plan.individual_named(step.client);
  const RoomId room = world_.plan.room_named(step.room);
  if (stimulus.kind == Stimulus::Kind::join)
    world_.clients->join(who, room);
  else
    world_.clients->leave(who, room);
}

void Director::send(const Stimulus& stimulus) {
  const ScriptStep& step = step_of(stimulus);
  world_.clients->send(scripted_send(world_.plan, step, world_.now));
}

}  // namespace squall
