// Kills, restarts and questions. See supervisor.hpp.
// A question is a connection of nobody's, whose handshake is the answer.
#include "sim/kernel/supervisor.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/kernel/handshakes.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/world.hpp"

namespace squall {
namespace {

// Of a question: its event says which.
enum class Probe : std::uint8_t { ask, times_out, answered };
constexpr std::uint32_t number_of(Probe what) { return static_cast<std::uint32_t>(what); }

// The script wants it down: nobody starts it before the script does.
bool taken_down(const Plan& plan, NodeId node, Time now) {
  bool down = false;
  for (const Stimulus& stimulus : plan.stimuli()) {
    if (stimulus.at > now) break;
    if (stimulus.item != index(node)) continue;
    const bool ends = stimulus.kind == Stimulus::Kind::crash ||
                      stimulus.kind == Stimulus::Kind::host_lost ||
                      stimulus.kind == Stimulus::Kind::stop;
    down = ends || (down && stimulus.kind != Stimulus::Kind::start);
  }
  return down;
}

}  // namespace

Supervisor::Supervisor(World& world) : world_(world), asked_(world.scenario.cluster.nodes.count) {}

void Supervisor::started(NodeId node) {
  for (NodeSpell& spell : away_) {
    if (spell.node == node && spell.end == kNever) spell.end = world_.now;
  }
  const std::optional<LivenessConfig>& liveness = world_.scenario.cluster.nodes.liveness;
  if (!liveness) return;
  asked_[index(node)] = {};
  asked_[index(node)].connections = static_cast<std::uint32_t>(world_.pipes.size());
  world_.after(liveness->every, {EventKind::probe, node, 0, world_.processes->epoch(node)});
}

void Supervisor::kill(NodeId node, TriggerId trigger, Duration restart) {
  world_.unplanned_leaves.push_back({node, world_.now, trigger});
  world_.processes->crash(node, CloseReason::crash, trigger);
  end_pause(world_.plan, node, world_.now);  // when all that was in its loops is gone
  away_.push_back({NodeSpell::What::down, node, world_.now, kNever});
  if (restart == Duration{0}) return;
  world_.after(restart, {EventKind::supervised, node, 0, world_.processes->epoch(node), 1});
}

void Supervisor::restart(NodeId node, std::uint32_t epoch) {
  const bool runs = world_.processes->up(node) || world_.processes->epoch(node) != epoch;
  if (!runs && !taken_down(world_.plan, node, world_.now)) world_.processes->start(node);
}

// ---- whether it lives --------------------------------------------------------------------------

void Supervisor::probe(const Event& event) {
  Node& node = world_.nodes->at(event.node);
  if (!node.up || node.epoch != event.b) return;
  Asked& asked = asked_[index(node.id)];
  switch (Probe{static_cast<std::uint8_t>(event.c)}) {
    case Probe::ask: return ask(node, asked);
    case Probe::times_out: return times_out(node, asked, event.a);
    case Probe::answered:
      asked.answered = event.a;
      return world_.handshakes->question_ended(node.id);
  }
}

void Supervisor::ask(Node& node, Asked& asked) {
  const LivenessConfig& config = *world_.scenario.cluster.nodes.liveness;
  const std::uint32_t number = ++asked.asked;
  node.row.probes.add(world_.inside());
  world_.after(config.timeout,
               {EventKind::probe, node.id, number, node.epoch, number_of(Probe::times_out)});
  world_.after(config.every, {EventKind::probe, node.id, 0, node.epoch, number_of(Probe::ask)});
  asked.waiting.push_back(number);
  if (!world_.handshakes->question(node.id)) asked.waiting.pop_back();
}

void Supervisor::taken_up(NodeId id) {
  Node& node = world_.nodes->at(id);
  Asked& asked = asked_[index(id)];
  const std::uint32_t number = asked.waiting.front();
  asked.waiting.pop_front();
  const Time answer = node.loops.front().work(world_.now, node.paced(world_.costs.heartbeat));
  world_.at(answer, {EventKind::probe, id, number, node.epoch, number_of(Probe::answered)});
}

// Answers come in order.
void Supervisor::times_out(Node& node, Asked& asked, std::uint32_t number) {
  if (asked.answered >= number) {
    asked.failed = 0;
    asked.connections = static_cast<std::uint32_t>(world_.pipes.size());
    return;
  }
  const LivenessConfig& config = *world_.scenario.cluster.nodes.liveness;
  if (++asked.failed < config.failed) return;
  node.row.probe_kills.add(world_.inside());
  kill(node.id, blame(node.id), config.restart);
}

TriggerId Supervisor::held_up_by(NodeId node) const {
  return squall::held_up_by(world_.plan, node, world_.now, world_.now);
}

// Who holds it up. Else the fault that has brought more than half of the connections which came to
// it since it answered last, as their handshakes are what a loop has most to do with. Else nobody:
// it has too much to do.
TriggerId Supervisor::blame(NodeId node) const {
  const Time from = world_.now - world_.scenario.cluster.nodes.liveness->timeout;
  const TriggerId paused = world_.processes->paused_by(node, from);
  if (paused != kStructural) return paused;
  if (const TriggerId slow = held_up_by(node); slow != kStructural) return slow;
  std::map<TriggerId, std::uint32_t> brought;
  std::uint32_t all = 0;
  for (std::uint32_t c = asked_[index(node)].connections; c < world_.pipes.size(); ++c) {
    const ConnectionRecord& record = world_.oracle.connection(ConnectionId{c});
    if (record.node != node) continue;
    ++all, ++brought[record.born];
  }
  for (const auto& [trigger, count] : brought) {
    const bool fault =
        trigger >= fault_trigger(world_.scenario, 0) && trigger < accident_trigger(world_.scenario);
    if (fault && 2 * count > all) return trigger;
  }
  return kOverload;
}

void Supervisor::finish(RunRecord& record) {
  if (away_.empty()) return;
  for (NodeSpell& spell : away_) spell.end = std::min(spell.end, world_.now);
  record.spells.insert(record.spells.end(), away_.begin(), away_.end());
  std::ranges::stable_sort(record.spells, {}, [](const NodeSpell& spell) {
    return std::tuple(spell.node, spell.begin);
  });
}

}  // namespace squall
