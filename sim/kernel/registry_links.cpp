// The nodes' connections to the registry: cut, closed, made again. See registry.hpp.
// What a partition does to them stands in sim/books/paths.hpp.
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry.hpp"

namespace squall {

void Registry::started(NodeId node) {
  Line& line = lines_[index(node)];
  ++line.attempt;
  line.open = true;
  line.loaded = false;
  line.made = epoch_;
  const auto cut = cut_from(node);
  if (!up_ || cut) line.close(cut ? cut->trigger : trigger_);
}

// One wait, then an attempt, as at the broker.
void Registry::reconnect(NodeId node) {
  Line& line = lines_[index(node)];
  if (!world_.backplane.needs.registry) return;
  if (!up_ || line.open || !world_.processes->up(node) || cut_from(node)) return;
  const auto entity = reconnect_stream(world_.plan, node, Place::Kind::registry);
  Duration delay{reconnect_.sample(world_.draw(Purpose::broker_reconnect, entity))};
  for (int leg = 0; leg < 2; ++leg)
    delay += world_.network.cluster_delay(Place::Kind::registry, node);
  const Pause* const pause = pause_at(world_.plan, node, world_.now);
  const Time noticed = pause != nullptr ? pause->range.end : world_.now;
  world_.at(noticed + delay, {EventKind::registry_link_up, node, 0, ++line.attempt});
}

void Registry::link_up(NodeId node, std::uint32_t attempt) {
  Line& line = lines_[index(node)];
  if (!up_ || attempt != line.attempt || !world_.processes->up(node) || cut_from(node)) return;
  line.open = true;
  line.loaded = false;
  line.made = epoch_;
  world_.nodes->step(node, RegistryBack{});
}

void Registry::cut_off(NodeId node) {
  if (!world_.backplane.needs.registry) return;
  const Time end =
      given_up(world_.plan, *cut_from(node), world_.scenario.cluster.registry.keep_alive);
  if (end != kNever) world_.at(end, {EventKind::registry_link_lost, node});
}

void Registry::keep_alive_fails(NodeId node) {
  Line& line = lines_[index(node)];
  const auto cut = cut_from(node);
  if (cut || line.made != epoch_) line.close(cut ? cut->trigger : trigger_);
  reconnect(node);
}

void Registry::healed(NodeId node) {
  if (!world_.backplane.needs.registry) return;
  reconnect(node);
  const Line& line = lines_[index(node)];
  const Patience patience = of_server_link(world_.scenario.cluster.registry.keep_alive);
  if (!line.open || line.made == epoch_ || patience.timeout == Duration{0}) return;
  world_.after(patience.interval, {EventKind::registry_link_lost, node});
}

void Registry::down(TriggerId trigger, Duration lag) {
  up_ = false;
  ++epoch_;
  trigger_ = trigger;
  of_late_.take_back(world_.now, lag);
  for (std::uint16_t n = 0; n < lines_.size(); ++n) {
    if (!cut_from(NodeId{n})) lines_[n].close(trigger);  // else the news does not come through
  }
}

void Registry::up() {
  up_ = true;
  up_since_ = world_.now;
  for (std::uint16_t n = 0; n < lines_.size(); ++n) reconnect(NodeId{n});
}

}  // namespace squall
