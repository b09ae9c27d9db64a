// The nodes' loops, and what is counted of a node over the run. See nodes.hpp.
// Messages and what backplanes want done: nodes_messages.cpp.
#include "sim/kernel/nodes.hpp"

#include <fmt/core.h>
#include <string>
#include <utility>

#include "scenarios/model/running.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {

Nodes::Nodes(World& world) : world_(world), directory_(world.plan) {
  nodes_.reserve(world.scenario.cluster.nodes.count);
  for (std::uint16_t n = 0; n < world.scenario.cluster.nodes.count; ++n) {
    nodes_.emplace_back(world, NodeId{n});
  }
}

void Nodes::begin() {
  for (Node& node : nodes_) world_.processes->start(node.id);
  world_.broker->links().booted();
}

Duration Nodes::cost(const Node& node, Duration base, Bytes size) const {
  return node.paced(base + world_.costs.per_kib * size / 1024);
}

Time Nodes::work(NodeId node, Duration base, Bytes size) {
  return at(node).loops.front().work(world_.now, cost(at(node), base, size));
}

// ---- counting ----------------------------------------------------------------------------------

void Nodes::end_measure(RunRecord& record) {
  constexpr Duration kBacklog = 1s;  // more than that was building up, not passing through
  for (Node& node : nodes_) {
    Attendance::take_stock(node.sessions.size(), world_.window, world_.now, node.row);
    world_.memory->take_stock(node.id);
    const bool paused = world_.processes->paused_by(node.id, world_.now - kBacklog) != kStructural;
    for (std::size_t l = 0; l < node.loops.size(); ++l) {
      const auto waiting = static_cast<std::int64_t>(node.accept_queues[l].waiting.size());
      const Time free = node.loops[l].busy_until() + waiting * world_.costs.handshake;
      record.unstable |= !paused && free > world_.now + kBacklog;
    }
  }
}

// Copies that strategies still hold stay alive in the ledger: unresolved. But what waits for a
// broker that has not come back was never published.
std::uint64_t Nodes::give_back() {
  std::uint64_t copies = 0;
  for (const Node& node : nodes_) {
    if (!node.up) continue;
    Actions held;
    node.backplane->lose_all(held);
    const bool no_broker =
        world_.backplane.needs.broker && !world_.broker->links().of(node.id).listening;
    for (const Action& action : held.list()) {
      const auto* const lost = std::get_if<Drop>(&action);
      if (no_broker && lost != nullptr) {
        world_.ledger.drop(lost->message.id,
                           {Mechanism::publish_failed, world_.now, kNoNode,
                            world_.broker->blame_of_deafness(node.id, kGlobalTopic)});
        continue;
      }
      const auto* const kept = std::get_if<LetGo>(&action);
      copies += kept == nullptr ? 1 : 0;
      if (kept == nullptr) continue;
      world_.ledger.let_go(kept->message.id, Ledger::Keeper::history, kNever);
      world_.memory->gives(node.id, Memory::Purpose::history, kept->message.size);
    }
  }
  return copies;
}

void Nodes::finish(RunRecord& record) {
  world_.processes->finish();
  const std::uint16_t ever = most_running(world_.scenario);  // others are no part of the cluster
  for (Node& node : nodes_) {
    world_.sessions->count(node);
    for (Loop& loop : node.loops) {
      if (!loop.balanced(world_.now)) {
        record.violations.push_back(
            {"loops", fmt::format("a queue of node n{} does not balance", index(node.id) + 1)});
      }
      node.row.busy.add(loop.busy());
      node.row.queue_ns.add(loop.queue_ns());
    }
    if (index(node.id) < ever) record.node_rows.push_back(node.row);
  }
  world_.sessions->check(record);
  record.route_lookups = lookups_;
  record.route_stale = stale_;
  record.route_missing = missing_;
}

}  // namespace squall
