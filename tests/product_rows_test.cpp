// The table of products: that each default is what its row plays, yields to what the file says,
// and tells the row apart from every other.
//
// Not whether the figures are the products': their sources stand beside them.
#include "strategies/products.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "scenarios/model/settings.hpp"
#include "sim/cli/play/playing.hpp"
#include "strategies/core/client_policies.hpp"
#include "tests/support/play.hpp"

namespace squall {
namespace {

using testing::built_in;
using testing::everything;
using ::testing::HasSubstr;
using testing::load;
using testing::scenario_with;
using testing::vocabulary;

// The scenario as this product plays it.
Scenario played_by(std::string_view product, const std::string& more = "") {
  const LoadResult result = load(scenario_with(more));
  EXPECT_TRUE(result.scenario) << render(result.problems, more);
  Scenario scenario = *result.scenario;
  EXPECT_TRUE(choose_strategies(scenario, std::string(product), vocabulary()).empty()) << product;
  return with_settings(scenario, scenario.strategies.front());
}

struct Defaults {
  std::string_view product;
  Duration every, timeout, connect_timeout;
  std::string_view policy;  // of its client's waits; empty: compared below
  OfflineSend offline;
  AckLevel ack;
  Bytes egress;
  Distribution reconnect;  // of a node and its broker
};

const ClientConfig kUsual;
const NodeConfig kNode;
const BrokerConfig kBroker;
constexpr Bytes kMiB = 1 << 20;
constexpr Bytes kEndless = 1024LL << 30;

Distribution uniform(Duration low, Duration high) {
  return {Distribution::Kind::uniform, low.count(), high.count(), 0};
}
Distribution always(Duration wait) { return Distribution::fixed(wait.count()); }

// A second time, from the manuals, and not out of the table.
std::vector<Defaults> documented() {
  constexpr auto queue = OfflineSend::queue, refuse = OfflineSend::refuse;
  constexpr auto none = AckLevel::none, ingress = AckLevel::ingress;
  const Duration usual = kUsual.connect_timeout;
  const Distribution node_redis = uniform(50ms, 250ms);
  return {
      {"socketio:memory", 25s, 20s, 20s, "socketio", queue, none, kEndless, kBroker.reconnect},
      {"socketio:redis", 25s, 20s, 20s, "socketio", queue, none, kEndless, node_redis},
      {"socketio:sharded", 25s, 20s, 20s, "socketio", queue, none, kEndless, node_redis},
      {"socketio:streams", 25s, 20s, 20s, "socketio", queue, none, kEndless, node_redis},
      {"centrifugo:redis", 25s, 8s, 5s, "centrifuge-js", refuse, ingress, kMiB, always(250ms)},
      {"signalr:redis", 15s, 14900ms, 15s, "signalr", refuse, ingress, kNode.egress_limit,
       always(2500ms)},
      {"anycable:nats", 3s, 2900ms, usual, "actioncable", refuse, none, kMiB, uniform(2s, 2100ms)},
      {"nchan:redis", 900s, 24600ms, usual, "", queue, ingress, kNode.egress_limit,
       uniform(475ms, 525ms)},
      {"nats:ws", 120s, 119900ms, 20s, "nats.js", refuse, none, 64 * kMiB, kBroker.reconnect},
      {"phoenix:pg", 30s, 29900ms, 10s, "phoenix", queue, ingress, kNode.egress_limit,
       kBroker.reconnect},
      {"ejabberd:mnesia", 60s, 59900ms, usual, "xmpp.js", queue, ingress, kNode.egress_limit,
       kBroker.reconnect},
      {"ejabberd:redis", 60s, 59900ms, usual, "xmpp.js", queue, ingress, kNode.egress_limit,
       always(1s)},
  };
}

bool same(const Backoff& one, const Backoff& other) {
  return one.kind == other.kind && one.first == other.first && one.cap == other.cap &&
         one.least == other.least && one.delays == other.delays &&
         one.give_up_after == other.give_up_after;
}

TEST(Products, PlayWhatTheirManualsSay) {
  const std::vector<Defaults> all = documented();
  ASSERT_EQ(all.size(), products().size());
  for (const Defaults& expected : all) {
    SCOPED_TRACE(expected.product);
    const Scenario scenario = played_by(expected.product);
    EXPECT_EQ(scenario.client.heartbeat_every, expected.every);
    EXPECT_EQ(scenario.client.heartbeat_timeout, expected.timeout);
    EXPECT_EQ(scenario.client.connect_timeout, expected.connect_timeout);
    EXPECT_EQ(scenario.client.offline_send, expected.offline);
    EXPECT_EQ(scenario.client.ack, expected.ack);
    EXPECT_EQ(scenario.cluster.nodes.egress_limit, expected.egress);
    EXPECT_EQ(scenario.cluster.nodes.egress_on_full, OnFull::disconnect);
    EXPECT_EQ(scenario.cluster.broker.reconnect.kind, expected.reconnect.kind);
    EXPECT_EQ(scenario.cluster.broker.reconnect.first, expected.reconnect.first);
    EXPECT_EQ(scenario.cluster.broker.reconnect.second, expected.reconnect.second);
    if (expected.policy.empty()) continue;
    EXPECT_TRUE(same(scenario.client.backoff, client_policy_named(expected.policy)->backoff));
  }
}

TEST(Products, PlayTheFiguresThatOneOfThemHasAlone) {
  EXPECT_EQ(played_by("socketio:redis").client.offline_queue, 1'000'000U);
  EXPECT_EQ(played_by("phoenix:pg").client.offline_queue, 1'000'000U);
  EXPECT_EQ(played_by("anycable:nats").cluster.broker.publisher_buffer, 8 * kMiB);
  EXPECT_EQ(played_by("ejabberd:mnesia").cluster.registry.lease, 60s);
  EXPECT_EQ(played_by("ejabberd:redis").cluster.registry.lease, 24h * 7);
  EXPECT_EQ(played_by("nchan:redis").client.backoff.kind, BackoffKind::fixed);
  EXPECT_EQ(played_by("nchan:redis").client.backoff.first, 1s);

  EXPECT_EQ(product_named("socketio:streams")->spec.resume, 2min);
  EXPECT_EQ(product_named("socketio:streams")->spec.resume_messages, 10'000U);
  EXPECT_EQ(product_named("centrifugo:redis")->spec.resume_messages, 300U);
  EXPECT_EQ(product_named("nchan:redis")->spec.resume, 1h);
  EXPECT_EQ(product_named("nchan:redis")->spec.resume_messages, 10U);
  EXPECT_FALSE(product_named("socketio:redis")->spec.resumes());
}

TEST(Products, HaveASourceForEveryFigureAndSayWhatTheyLeaveOut) {
  std::set<std::string> names;
  for (const ProductRow& row : products()) {
    SCOPED_TRACE(row.spec.name);
    EXPECT_TRUE(names.insert(row.spec.name).second);
    EXPECT_EQ(product_named(row.spec.name), &row);
    EXPECT_EQ(preset_named(row.spec.name), nullptr);
    for (const std::string_view words : {row.version, row.source, row.meaning, row.left_out}) {
      EXPECT_FALSE(words.empty());
    }
    for (const Setting& setting : row.spec.settings) {
      EXPECT_FALSE(setting.source.empty()) << setting.pointer;
      EXPECT_TRUE(setting.yields) << setting.pointer;
    }
  }
}

TEST(AProductsDefault, YieldsToWhatTheFileSaysAndTheRunSaysSo) {
  const std::string more = R"("client": {"heartbeat": {"every": "40s"}})";
  LoadResult result = load(scenario_with(more));
  ASSERT_TRUE(result.scenario);
  Scenario& scenario = *result.scenario;
  ASSERT_TRUE(choose_strategies(scenario, "centrifugo:redis", vocabulary()).empty());

  const Scenario own = with_settings(scenario, scenario.strategies.front());

  EXPECT_EQ(own.client.heartbeat_every, 40s);
  EXPECT_EQ(own.client.heartbeat_timeout, kUsual.heartbeat_timeout);
  EXPECT_EQ(own.client.connect_timeout, 5s);
  const Result empty = result_of(scenario, {1}, {{}}, {});
  ASSERT_EQ(empty.strategies.size(), 1U);
  EXPECT_THAT(empty.strategies.front().notes,
              ::testing::Contains(AllOf(HasSubstr("plays its own client.connect_timeout \"5s\""),
                                        HasSubstr("plays the scenario's client.heartbeat"))));
}

TEST(AProductsDefault, YieldsToTheCommandLineToo) {
  LoadResult result = load(scenario_with(""), {{"/client/backoff/first", "7s"}});
  ASSERT_TRUE(result.scenario);
  ASSERT_TRUE(choose_strategies(*result.scenario, "phoenix:pg", vocabulary()).empty());

  const Scenario own = with_settings(*result.scenario, result.scenario->strategies.front());

  EXPECT_EQ(own.client.backoff.first, 7s);
  EXPECT_EQ(own.client.backoff.kind, Backoff{}.kind);
}

TEST(AProduct, IsNamedInAScenarioAndTheResolvedOneReadsTheSame) {
  const LoadResult first = load(scenario_with(
      R"("client": {"ack": "ingress"}, "strategies": ["socketio:redis",
         {"use": "socketio:redis", "as": "mine", "with": {"/client/connect_timeout": "3s"}}])"));
  ASSERT_TRUE(first.scenario) << render(first.problems, "");

  const LoadResult second = load(first.scenario->resolved_json);

  ASSERT_TRUE(second.scenario) << render(second.problems, first.scenario->resolved_json);
  EXPECT_EQ(second.scenario->resolved_json, first.scenario->resolved_json);
  for (const LoadResult* const result : {&first, &second}) {
    const std::vector<StrategySpec>& specs = result->scenario->strategies;
    const ClientConfig plain = with_settings(*result->scenario, specs[0]).client;
    const ClientConfig mine = with_settings(*result->scenario, specs[1]).client;
    EXPECT_EQ(plain.connect_timeout, 20s);
    EXPECT_EQ(mine.connect_timeout, 3s);
    EXPECT_EQ(mine.heartbeat_timeout, 20s);
    EXPECT_EQ(mine.ack, AckLevel::ingress);
  }
}

TEST(AStrategysOwnValues, AreCheckedLikeThoseOfAScenario) {
  const auto codes = [](const std::string& with) {
    return testing::findings(load(
        scenario_with(R"("strategies": [{"use": "routed", "as": "mine", "with": )" + with + "}]")));
  };
  EXPECT_THAT(codes(R"({"/cluster/nodes/count": 4})").front(), HasSubstr("S0328"));
  EXPECT_THAT(codes(R"({"/client/hartbeat": 4})").front(), HasSubstr("S0101"));
  EXPECT_THAT(codes(R"({"/client/connect_timeout": "soon"})").front(), HasSubstr("S02"));
  EXPECT_THAT(codes(R"({"/client/heartbeat/timeout": "60s"})").front(), HasSubstr("S0403"));
}

TEST(AnUnknownProduct, IsRefusedWithASuggestion) {
  LoadResult result = load(scenario_with(""));
  ASSERT_TRUE(result.scenario);

  const auto problems = choose_strategies(*result.scenario, "socketio:reddis", vocabulary());

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].suggestion, "did you mean \"socketio:redis\"?");
}

TEST(AWordForAGroup, StandsForAllOfIt) {
  LoadResult result = load(scenario_with(""));
  ASSERT_TRUE(result.scenario);

  ASSERT_TRUE(choose_strategies(*result.scenario, "products", vocabulary()).empty());
  EXPECT_EQ(result.scenario->strategies.size(), products().size());
  ASSERT_TRUE(choose_strategies(*result.scenario, "hardened", vocabulary()).empty());
  for (const StrategySpec& spec : result.scenario->strategies) {
    EXPECT_EQ(form_of(spec), Form::hardened) << spec.name;
  }
  ASSERT_TRUE(choose_strategies(*result.scenario, "textbook", vocabulary()).empty());
  EXPECT_EQ(result.scenario->strategies.size(), 5U);
}

TEST(AProductBesideADesign, IsSaidToBeOne) {
  const StrategySpec product = product_named("socketio:redis")->spec;
  const StrategySpec other = product_named("nats:ws")->spec;
  const StrategySpec design = preset_named("broadcast")->spec;

  EXPECT_THAT(rigged_duel(product, std::vector{product, design}), HasSubstr("(broadcast)"));
  EXPECT_EQ(rigged_duel(product, std::vector{product, other}), "");
  EXPECT_EQ(rigged_duel(design, std::vector{product, design}), "");
}

// One scenario of the library tells all of them apart: a node crashes, and comes back.
TEST(EachProduct, DiffersFromEveryOtherAndAllMeetTheSameMessages) {
  const Scenario scenario = built_in("crash-process", {{"/params/users", "150"},
                                                       {"/params/dm", "20/s"},
                                                       {"/params/chat", "5/s"},
                                                       {"/params/rooms", "20"},
                                                       {"/params/measure", "90s"}});
  std::vector<std::vector<std::uint64_t>> seen;
  std::set<std::uint64_t> arrivals;
  for (const ProductRow& row : products()) {
    const RunRecord run = play(scenario, row.spec, 1);
    EXPECT_TRUE(complete(run)) << row.spec.name;
    arrivals.insert(run.arrivals_hash);
    seen.push_back(everything(run));
  }
  EXPECT_EQ(arrivals.size(), 1U);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const ProductRow &one = products()[i], &other = products()[j];
      const bool said = one.same_as == other.spec.name || other.same_as == one.spec.name;
      EXPECT_NE(seen[i] == seen[j], !said) << one.spec.name << " and " << other.spec.name;
    }
  }
}

}  // namespace
}  // namespace squall
