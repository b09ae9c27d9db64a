// When nodes were draining, down, paused or slow, read off the script's instants.
//
// What the script asks for, not what a node made of it: a drain that nobody waits for ends early
// in the engine, and still is one here until the process stops.
#include "sim/books/spells.hpp"

#include <algorithm>
#include <tuple>

#include "sim/books/setup.hpp"

namespace squall {
namespace {

using Kind = Stimulus::Kind;
using What = NodeSpell::What;

}  // namespace

CloseReason end_of_process(Stimulus::Kind kind) {
  if (kind == Kind::crash) return CloseReason::crash;
  if (kind == Kind::host_lost) return CloseReason::host_loss;
  return kind == Kind::stop ? CloseReason::drain : CloseReason::none;
}

std::optional<NodeSpell::What> spell_begun_by(Stimulus::Kind kind) {
  if (kind == Kind::unlist || kind == Kind::drain) return What::draining;
  if (end_of_process(kind) != CloseReason::none) return What::down;
  return std::nullopt;
}

bool takes_a_node_away(Stimulus::Kind kind) {
  return kind != Stimulus::Kind::unlist && spell_begun_by(kind).has_value();
}

namespace {

bool ends(Kind kind) { return kind == Kind::start || kind == Kind::undrain; }

// One node's drains and absences, in order.
std::vector<BlamedSpell> absences(const Plan& plan, NodeId node, Time end) {
  std::vector<BlamedSpell> spells;
  bool open = false;
  for (const Stimulus& stimulus : plan.stimuli()) {
    const std::optional<What> what = spell_begun_by(stimulus.kind);
    if ((!what && !ends(stimulus.kind)) || stimulus.item != index(node)) continue;
    if (open && what == spells.back().spell.what) continue;
    if (open) spells.back().spell.end = stimulus.at;
    open = what.has_value();
    if (open) spells.push_back({{*what, node, stimulus.at, end}, stimulus.trigger});
  }
  return spells;
}

}  // namespace

std::vector<BlamedSpell> blamed_spells(const Plan& plan) {
  const TimeWindows& time = plan.scenario().time;
  const Time end = time.measure + time.drain;
  std::vector<BlamedSpell> all;
  for (std::uint16_t n = 0; n < plan.scenario().cluster.nodes.count; ++n) {
    const NodeId node{n};
    std::vector<BlamedSpell> spells = absences(plan, node, end);
    for (const Pause& pause : plan.pauses(node)) {
      const Time until = std::min(pause.range.end, end);
      spells.push_back({{What::paused, node, pause.range.begin, until}, pause.trigger});
    }
    for (const Slowness& slow : plan.slow_times(node)) {
      const Time until = std::min(slow.range.end, end);
      spells.push_back({{What::slow, node, slow.range.begin, until}, slow.trigger});
    }
    std::erase_if(spells, [](const BlamedSpell& of) { return of.spell.begin >= of.spell.end; });
    std::ranges::stable_sort(spells, {}, [](const BlamedSpell& of) { return of.spell.begin; });
    all.insert(all.end(), spells.begin(), spells.end());
  }
  return all;
}

std::vector<NodeSpell> node_spells(const Plan& plan) {
  std::vector<NodeSpell> all;
  for (const BlamedSpell& of : blamed_spells(plan)) all.push_back(of.spell);
  return all;
}

TriggerId kept_out_by(std::span<const BlamedSpell> spells, NodeId node, Time from, Time to) {
  const BlamedSpell* last = nullptr;
  for (const BlamedSpell& of : spells) {
    const NodeSpell& spell = of.spell;
    const bool away = spell.what == What::down || spell.what == What::draining;
    const bool concerns = node == kNoNode ? away : spell.node == node;
    if (!concerns || spell.begin > to || spell.end < from) continue;
    if (last == nullptr || spell.begin >= last->spell.begin) last = &of;
  }
  return last == nullptr ? kStructural : last->trigger;
}

std::optional<Duration> failover_lag(const Plan& plan, TriggerId fault) {
  const auto takes_away = [&](const Stimulus& stimulus) {
    const bool away = stimulus.kind == Stimulus::Kind::broker_down ||
                      stimulus.kind == Stimulus::Kind::registry_down;
    return away && stimulus.trigger == fault;
  };
  const auto found = std::ranges::find_if(plan.stimuli(), takes_away);
  if (found == plan.stimuli().end()) return std::nullopt;
  const ScriptStep& step = plan.scenario().script[found->item];
  const bool fails_over =
      step.verb == Verb::broker_failover || step.verb == Verb::registry_failover;
  return fails_over ? std::optional(step.lag) : std::nullopt;
}

Duration longest_lag_of_registry(const Scenario& scenario) {
  Duration longest{0};
  for (const ScriptStep& step : scenario.script) {
    if (step.verb == Verb::registry_failover) longest = std::max(longest, step.lag);
  }
  return longest;
}

}  // namespace squall
