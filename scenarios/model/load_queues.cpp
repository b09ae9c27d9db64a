// What a queue that lets go of older frames does not go with, as what was said of those frames
// cannot be taken back there: memory that is counted frame by frame, and a card that is shared.
#include <fmt/core.h>

#include "scenarios/model/settings.hpp"
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

struct Found {
  std::string queue, card, memory;  // the pointers of who says so; empty: nobody
};

void look(const Scenario& scenario, std::string_view queue, std::string_view card, Found& found) {
  if (lets_go(scenario.cluster.nodes.egress_on_full)) found.queue = queue;
  if (scenario.cluster.net.client_bandwidth > 0) found.card = card;
  if (scenario.cluster.nodes.memory) found.memory = "/cluster/nodes/memory";
}

// By the file, by what a strategy plays of it, or by what the script sets.
Found found_in(const Scenario& scenario) {
  constexpr std::string_view kQueue = "/cluster/nodes/egress_queue/on_full";
  constexpr std::string_view kCard = "/cluster/net/client_bandwidth";
  Found found;
  look(scenario, kQueue, kCard, found);
  for (std::size_t i = 0; i < scenario.strategies.size(); ++i) {
    const StrategySpec& spec = scenario.strategies[i];
    if (spec.settings.empty()) continue;
    look(with_settings(scenario, spec), fmt::format("/strategies/{}", i), kCard, found);
  }
  for (std::size_t i = 0; i < scenario.script.size(); ++i) {
    const ScriptStep& step = scenario.script[i];
    if (step.verb != Verb::set || (step.path != kQueue && step.path != kCard)) continue;
    Scenario own = scenario;
    apply_setting(own, step.path, step.value);
    const std::string here = fmt::format("/script/{}", i);
    step.path == kQueue ? look(own, here, kCard, found) : look(own, kQueue, here, found);
  }
  return found;
}

}  // namespace

void check_queues(Reading& reading, const Json& root) {
  if (reading.full() || !reading.clean("/cluster") || !reading.clean("/script")) return;
  if (!reading.clean("/strategies")) return;
  const Found found = found_in(reading.scenario);
  if (found.queue.empty()) return;
  const auto refuse = [&](const std::string& pointer, const std::string& what) {
    if (pointer.empty()) return;
    reading.fail_at(root, found.queue, "S0330",
                    "a queue that drops older messages does not go with " + what,
                    "drop_newest, or without it");
  };
  refuse(found.card, "cluster.net.client_bandwidth");
  refuse(found.memory, "cluster.nodes.memory");
}

}  // namespace squall::language
