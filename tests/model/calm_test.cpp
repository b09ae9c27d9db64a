// A closed form that does not apply keeps silent: each condition that it takes for granted, broken.
//
// What the formulas come to where they hold is in closed_form_test.cpp and laws_test.cpp.
#include "scenarios/model/calm.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "scenarios/model/laws.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Three nodes, a hundred users who talk to each other and in rooms; nothing is short of anything.
Scenario ease() {
  return loaded(scenario_with(R"json(
    "time": {"warmup": "60s", "measure": "60s", "drain": "40s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "10ms"}},
    "people": {"u": {"count": 100, "arrive": "uniform(0s,10s)"}},
    "rooms": {"r": {"count": 5}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "10/s"},
                {"as": "dm", "to": "user:online", "rate": "10/s"}])json"));
}

std::optional<double> loss(const Scenario& scenario, std::string_view preset) {
  return closed_form("loss.intent", scenario, strategy(preset));
}

using Change = std::function<void(Scenario&)>;

void expect_silence(const Change& change, std::initializer_list<std::string_view> presets) {
  Scenario scenario = ease();
  change(scenario);
  for (const std::string_view preset : presets) {
    EXPECT_TRUE(loss(ease(), preset)) << preset;
    EXPECT_EQ(loss(scenario, preset), std::nullopt) << preset;
  }
}

TEST(ClosedFormsKeepSilent, when_leases_end_before_heartbeats_renew_them) {
  expect_silence(
      [](Scenario& scenario) {
        scenario.client.heartbeat_every = 36'000s;
        scenario.cluster.registry.lease = 60s;
        scenario.cluster.registry.renew = Renew::ping;
      },
      {"session_share", "routed"});
  Scenario longer = ease();
  longer.client.heartbeat_every = 36'000s;
  longer.cluster.registry.lease = 300s;
  longer.cluster.registry.renew = Renew::ping;
  EXPECT_TRUE(loss(longer, "session_share"));
  longer.cluster.registry.lease = 60s;
  longer.cluster.registry.renew = Renew::node;
  EXPECT_TRUE(loss(longer, "session_share"));
}

TEST(ClosedFormsKeepSilent, when_pongs_come_after_the_timeout) {
  expect_silence([](Scenario& scenario) { scenario.client.heartbeat_timeout = 15ms; },
                 {"session_share", "broadcast", "routed", "multi_active"});
}

TEST(ClosedFormsKeepSilent, when_nobody_has_the_patience_to_connect) {
  expect_silence([](Scenario& scenario) { scenario.client.connect_timeout = 70ms; },
                 {"session_share", "broadcast", "routed", "multi_active"});
}

TEST(ClosedFormsKeepSilent, when_loops_have_more_to_do_than_time) {
  expect_silence(
      [](Scenario& scenario) { scenario.traffic[0].rate_per_second_nano = 100'000'000'000'000; },
      {"session_share", "broadcast", "routed"});
}

TEST(ClosedFormsKeepSilent, when_the_broker_has_more_to_do_than_time) {
  expect_silence(
      [](Scenario& scenario) {
        scenario.cluster.nodes.loops = 200;
        scenario.traffic[1].rate_per_second_nano = 300'000'000'000'000;
      },
      {"broadcast"});
}

TEST(ClosedFormsKeepSilent, when_a_node_s_card_is_too_slow) {
  expect_silence([](Scenario& scenario) { scenario.cluster.net.node_bandwidth = 8'000; },
                 {"broadcast", "routed"});
}

TEST(ClosedFormsKeepSilent, when_lines_of_clients_are_too_slow) {
  expect_silence([](Scenario& scenario) { scenario.people[0].downlink = 2'000; },
                 {"session_share", "broadcast", "routed"});
}

TEST(ClosedFormsKeepSilent, when_messages_overflow_queues) {
  expect_silence(
      [](Scenario& scenario) { scenario.traffic[0].size = Distribution::fixed(2'000'000); },
      {"session_share", "broadcast"});
  expect_silence([](Scenario& scenario) { scenario.cluster.broker.output_hard = 500; },
                 {"broadcast"});
}

TEST(ClosedFormsKeepSilent, when_warm_up_ends_before_everybody_is_in) {
  expect_silence([](Scenario& scenario) { scenario.time.warmup = 10s; },
                 {"session_share", "broadcast", "routed"});
  expect_silence(  // 33,000 handshakes of 0.5 ms on each node
      [](Scenario& scenario) {
        scenario.people[0].count = 100'000;
        scenario.people[0].arrive = Distribution::fixed(1'000'000'000);
      },
      {"session_share", "broadcast", "routed"});
}

TEST(ClosedFormsKeepSilent, about_backplanes_that_they_do_not_know) {
  Scenario scenario = ease();
  StrategySpec mesh = strategy("broadcast");
  mesh.backplane = "mesh";
  EXPECT_EQ(closed_form("loss.intent", scenario, mesh), std::nullopt);
  scenario.cluster.nodes.count = 1;
  EXPECT_EQ(closed_form("loss.intent", scenario, mesh), std::nullopt);
}

// ---- Churn -------------------------------------------------------------------------------------

Scenario churning() {
  Scenario scenario = ease();
  scenario.people[0].drop = {Distribution::Kind::exponential, 60'000'000'000, 0, 0};
  scenario.client.backoff = {.kind = BackoffKind::fixed, .first = 1s};
  return scenario;
}

void expect_silence_about_churn(const Change& change) {
  Scenario scenario = churning();
  EXPECT_TRUE(loss(scenario, "broadcast"));
  change(scenario);
  EXPECT_EQ(loss(scenario, "broadcast"), std::nullopt);
}

TEST(ClosedFormsKeepSilent, about_drops_that_have_a_memory) {
  expect_silence_about_churn(
      [](Scenario& scenario) { scenario.people[0].drop = Distribution::fixed(60'000'000'000); });
}

TEST(ClosedFormsKeepSilent, about_gaps_that_are_long_for_the_run) {
  expect_silence_about_churn([](Scenario& scenario) { scenario.client.backoff.first = 30s; });
}

TEST(ClosedFormsKeepSilent, about_senders_whose_queue_overflows_in_a_gap) {
  expect_silence_about_churn([](Scenario& scenario) { scenario.client.offline_queue = 0; });
}

// 2 s up, dropped every 60 s on average: 1 - e^(-2/60) of what is sent, whenever it is sent.
TEST(ClosedForm, of_the_uplink_does_not_depend_on_the_gap) {
  const double law = laws::uplink_loss({.gap_s = 76, .up_s = 60}, 2);

  EXPECT_NEAR(law, 0.0328, 0.0001);
  EXPECT_EQ(law, laws::uplink_loss({.gap_s = 1, .up_s = 60}, 2));
}

TEST(ClosedForm, of_the_uplink_is_what_a_run_loses_there) {
  Scenario scenario = churning();
  scenario.cluster.net.client_node = Distribution::fixed(200'000'000);
  scenario.client.heartbeat_every = 36'000s;
  scenario.client.backoff.first = 20s;
  scenario.time.measure = 300s;
  scenario.people[0].drop.first = 10'000'000'000;
  scenario.traffic = {scenario.traffic[1]};
  scenario.traffic[0].rate_per_second_nano = 80'000'000'000;

  const std::vector<double> shares = over_seeds(scenario, strategy("broadcast"), 5, [](auto& run) {
    return static_cast<double>(lost_by(run, Mechanism::uplink_in_flight_at_disconnect)) /
           static_cast<double>(totals(run).owed);
  });

  EXPECT_TRUE(agrees(shares, laws::uplink_loss({.gap_s = 21.6, .up_s = 10}, 0.2), 0.2));
}

TEST(Library, has_an_answer_wherever_it_names_a_closed_form) {
  for (const LibraryFile& file : scenario_library()) {
    const Scenario scenario = loaded(std::string(file.text));
    for (const Expectation& expectation : scenario.expect) {
      if (expectation.op != "~") continue;
      bool answered = false;
      for (const StrategySpec& spec : scenario.strategies) {
        answered |= closed_form(expectation.metric, scenario, spec).has_value();
      }
      EXPECT_TRUE(answered) << file.name << ": " << expectation.that;
    }
  }
}

}  // namespace
}  // namespace squall::testing
