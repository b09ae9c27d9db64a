// What may be wrong with what is simulated, or with a cluster: each breaks some expectations of the
// library. Planted into a scenario that has been read, past what the loader would say of it.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <optional>
#include <string_view>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "strategies/core/causes.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {

struct Defect {
  std::string_view name;
  std::function<void(Scenario&)> plant;
  std::optional<Mechanism> mute = {};  // whose reports do not reach the books
};

inline void wait(Scenario& scenario, Duration before_each) {
  scenario.client.backoff = {.kind = BackoffKind::fixed, .first = before_each, .cap = before_each};
  for (Population& people : scenario.people) people.client.clear();
  for (StrategySpec& spec : scenario.strategies) spec.settings.clear();
}

inline void drop_all(Scenario& scenario, Duration every, double silent) {
  for (Population& people : scenario.people) {
    people.drop = {Distribution::Kind::exponential, every.count(), 0, 0};
    people.silent_drop = silent;
  }
}

inline bool is_fault(const ScriptStep& step) {
  constexpr std::array kNone{Verb::connect, Verb::join, Verb::leave, Verb::send};
  return std::ranges::find(kNone, step.verb) == kNone.end();
}

// Labels stay, so that who asks what happened during a fault is answered: nothing.
inline void let_faults_do_nothing(Scenario& scenario) {
  for (ScriptStep& step : scenario.script) {
    if (!is_fault(step)) continue;
    step.verb = Verb::slow;
    step.nodes = {0};
    step.times = 1;
    if (step.lasts == Duration{0}) step.lasts = 1s;
  }
  for (Population& people : scenario.people) people.drop = Distribution::never();
}

inline void crash_often(Scenario& scenario, Duration every) {
  for (Time at = 500ms; at < scenario.time.measure; at += every) {
    ScriptStep step;
    step.at = at;
    step.label = fmt::format("defect-{}", at.count());
    step.lasts = 2s;
    for (std::uint16_t n = 0; n < scenario.cluster.nodes.count; ++n) step.nodes.push_back(n);
    scenario.script.push_back(step);
  }
  std::ranges::stable_sort(scenario.script, {}, &ScriptStep::at);
}

inline void cost(Scenario& scenario, Duration each) {
  CostChanges& costs = scenario.cluster.nodes.costs;
  costs.handshake = costs.frame_read = costs.push = costs.broker_receive = costs.publish = each;
  costs.peer_send = costs.peer_receive = costs.heartbeat = costs.registry_call = each;
}

inline void play_all_as(Scenario& scenario, std::string_view preset) {
  for (StrategySpec& spec : scenario.strategies) {
    std::string name = spec.name;
    spec = strategy(preset);
    spec.name = std::move(name);
  }
}

inline void strike_everywhere(Scenario& scenario, int times_as_long) {
  for (ScriptStep& step : scenario.script) {
    step.lasts *= times_as_long;
    if (step.nodes.empty()) continue;
    step.nodes.resize(scenario.cluster.nodes.count);
    std::iota(step.nodes.begin(), step.nodes.end(), std::uint16_t{0});
  }
}

inline void let_all_lines_be_fast(Scenario& scenario) {
  scenario.cluster.net.client_bandwidth = scenario.cluster.net.broker_bandwidth = 0;
  for (Population& people : scenario.people) people.downlink = 1'000'000'000;
  for (ScriptedClient& client : scenario.clients) client.downlink = 1'000'000'000;
}

inline void let_the_network_take(Scenario& scenario, Duration one_way) {
  scenario.cluster.net.client_node = Distribution::fixed(one_way.count());
}

// Who is offline says no to his application, and the books are not told.
inline void refuse_without_a_word(Scenario& scenario) {
  scenario.client.offline_send = OfflineSend::refuse;
  crash_often(scenario, 4s);
}

// While something is on its way.
inline void end_in_the_middle(Scenario& scenario) {
  let_the_network_take(scenario, 30ms);
  scenario.time.drain = 0s;
  constexpr std::int64_t kHundredPerSecond = 100'000'000'000;
  for (Traffic& traffic : scenario.traffic) {
    traffic.rate_per_second_nano = std::max(traffic.rate_per_second_nano, kHundredPerSecond);
  }
  for (const ScriptStep& step : scenario.script) {
    if (step.verb == Verb::send) scenario.time.measure = step.at + step.repeat * step.every;
  }
}

inline void let_everybody_be_back_at_once(Scenario& scenario) {
  let_the_network_take(scenario, 1us);
  cost(scenario, 1ns);
  wait(scenario, 1ms);
  scenario.cluster.database.connect = 0s;
  scenario.cluster.lb.connect_timeout = scenario.client.connect_timeout = 10ms;
  scenario.client.heartbeat_every = scenario.client.heartbeat_timeout = 100ms;
}

inline void let_all_arrive_twice(Scenario& scenario) {
  play_all_as(scenario, "multi_active");
  scenario.client.dedupe_window = 0s;
}

inline void let_the_broker_mix(Scenario& scenario) {
  play_all_as(scenario, "broadcast");
  scenario.cluster.broker.paths = 8;
  scenario.cluster.net.node_broker = {Distribution::Kind::exponential, 300'000'000, 0, 0};
}

inline void need_more_memory(Scenario& scenario) {
  if (scenario.cluster.nodes.memory) scenario.cluster.nodes.memory->per_connection *= 1000;
}

inline void remember_for_ever(Scenario& scenario) {
  for (StrategySpec& spec : scenario.strategies) {
    if (spec.resumes()) spec.resume = 1h, spec.resume_messages = 1'000'000;
  }
}

inline void send_large_messages(Scenario& scenario) {
  for (Traffic& traffic : scenario.traffic) traffic.size = Distribution::fixed(20'000);
}

inline const std::vector<Defect>& defects() {
  static const std::vector<Defect> rows = {
      {"faults do nothing", let_faults_do_nothing},
      {"the run ends in the middle", end_in_the_middle},
      {"a refusal is not reported", refuse_without_a_word, Mechanism::sender_offline_refused},
      {"the network takes 400 ms", [](Scenario& s) { let_the_network_take(s, 400ms); }},
      {"another design: broadcast", [](Scenario& s) { play_all_as(s, "broadcast"); }},
      {"another design: session_share", [](Scenario& s) { play_all_as(s, "session_share"); }},
      {"another design: sticky_hash", [](Scenario& s) { play_all_as(s, "sticky_hash"); }},
      {"another design: routed", [](Scenario& s) { play_all_as(s, "routed"); }},
      {"all arrive twice", let_all_arrive_twice},
      {"the broker mixes what it hears", let_the_broker_mix},
      {"everybody is back at once", let_everybody_be_back_at_once},
      {"nobody comes back",
       [](Scenario& s) {
         wait(s, 1h);
         drop_all(s, 30s, 0);
       }},
      {"faults strike everywhere", [](Scenario& s) { strike_everywhere(s, 1); }},
      {"faults last ten times as long", [](Scenario& s) { strike_everywhere(s, 10); }},
      {"connections break, and nobody is told", [](Scenario& s) { drop_all(s, 10s, 1); }},
      {"all lines are fast", let_all_lines_be_fast},
      {"all work takes 20 ms", [](Scenario& s) { cost(s, 20ms); }},
      {"no work takes time", [](Scenario& s) { cost(s, 1ns); }},
      {"nodes crash all the time", [](Scenario& s) { crash_often(s, 10s); }},
      {"messages are a hundred times larger", send_large_messages},
      {"nobody gets in", [](Scenario& s) { s.cluster.nodes.max_connections = 1; }},
      {"processes need more memory", need_more_memory},
      {"a history reaches back for ever", remember_for_ever},
  };
  return rows;
}

}  // namespace squall::testing
