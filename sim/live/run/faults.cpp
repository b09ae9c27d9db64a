// Puts every stimulus where it belongs. See faults.hpp.
// What a fault does is the business of the part that it hits.
#include "sim/live/run/faults.hpp"

#include "sim/books/spells.hpp"

#include <algorithm>
#include <utility>

#include "sim/books/paths.hpp"
#include "sim/live/node/node.hpp"

namespace squall::live {

// The part of the script that concerns this loop's nodes and clients.
void Faults::schedule(std::size_t number) {
  Loop& loop = *cluster_.loops[number];
  for (const Stimulus& stimulus : cluster_.plan.stimuli()) {
    using Kind = Stimulus::Kind;
    switch (stimulus.kind) {
      case Kind::crash:
      case Kind::host_lost:
      case Kind::stop:
      case Kind::start:
      case Kind::drain:
      case Kind::undrain:
        if (&cluster_.loop_of(NodeId{static_cast<std::uint16_t>(stimulus.item)}) == &loop) {
          loop.at(stimulus.at, [this, &stimulus] { node_fault(stimulus); });
        }
        break;
      case Kind::disconnect:
        loop.at(stimulus.at, [this, number, &stimulus] { clients_[number]->disconnect(stimulus); });
        break;
      case Kind::join:
      case Kind::leave:
        loop.at(stimulus.at, [this, number, &stimulus] { clients_[number]->membership(stimulus); });
        break;
      case Kind::lb_reload:
      case Kind::old_workers_end:
        loop.at(stimulus.at, [this, number, &stimulus] {
          const bool begins = stimulus.kind == Kind::lb_reload;
          if (begins && number == 0) cluster_.balancer.reload();
          clients_[number]->reload(stimulus);
        });
        break;
      case Kind::unlist:  // the balancer alone learns of it
      case Kind::pace:    // not on sockets
      case Kind::cut:     // partitions: below
      case Kind::heal:
      case Kind::broker_down:  // servers: services.hpp
      case Kind::broker_up:
      case Kind::registry_down:
      case Kind::registry_up:
      case Kind::settings:  // not on sockets
      case Kind::connect:   // people: timeline.hpp
      case Kind::send: break;
    }
  }
  for (std::uint16_t n = 0; n < cluster_.nodes.size(); ++n) {
    if (&cluster_.loop_of(NodeId{n}) == &loop) schedule_for_node(loop, NodeId{n});
  }
}

void Faults::schedule_for_node(Loop& loop, NodeId id) {
  Node& node = *cluster_.nodes[index(id)];
  for (const Pause& pause : cluster_.plan.pauses(id)) {
    loop.at(pause.range.begin, [&node] { node.pause(true); });
    loop.at(pause.range.end, [&node] { node.pause(false); });
  }
  const auto number = static_cast<std::uint16_t>(id);
  for (const Partition& partition : cluster_.plan.partitions()) {
    for (const auto& [mine, theirs] :
         {std::pair{&partition.a, &partition.b}, std::pair{&partition.b, &partition.a}}) {
      if (std::ranges::find(mine->nodes, number) == mine->nodes.end()) continue;
      const PartitionSide* const side = theirs;
      for (const Time at : {partition.range.begin, partition.range.end}) {
        loop.at(at, [this, id, side, at] { this->partition(id, *side, at); });
      }
    }
  }
}

// How the paths from the node to what is on that side stand at `at`: others may cut them too.
void Faults::partition(NodeId node, const PartitionSide& side, Time at) {
  const auto cut = [&](const Place& to) {
    return cut_at(cluster_.plan, node_place(node), to, at).has_value();
  };
  for (const std::uint16_t peer : side.nodes) {
    if (NodeId{peer} == node) continue;
    cluster_.nodes[index(node)]->partition(NodeId{peer}, cut(node_place(NodeId{peer})));
  }
  using Kind = Place::Kind;
  if (side.broker) services_.partition(node, Kind::broker, cut({Kind::broker, kNoNode}));
  if (side.registry) services_.partition(node, Kind::registry, cut({Kind::registry, kNoNode}));
}

void Faults::node_fault(const Stimulus& stimulus) {
  Node& node = *cluster_.nodes[stimulus.item];
  using Kind = Stimulus::Kind;
  switch (stimulus.kind) {
    case Kind::crash:
    case Kind::host_lost:
    case Kind::stop: node.crash(end_of_process(stimulus.kind), stimulus.trigger); break;
    case Kind::start: node.start(); break;
    case Kind::drain: node.drain(stimulus.lasts, stimulus.trigger); break;
    case Kind::undrain: node.undrain(); break;
    case Kind::unlist:
    case Kind::pace:
    case Kind::cut:
    case Kind::heal:
    case Kind::broker_down:
    case Kind::broker_up:
    case Kind::registry_down:
    case Kind::registry_up:
    case Kind::lb_reload:
    case Kind::old_workers_end:
    case Kind::settings:
    case Kind::disconnect:
    case Kind::connect:
    case Kind::join:
    case Kind::leave:
    case Kind::send: break;  // no fault of a node
  }
}

}  // namespace squall::live
