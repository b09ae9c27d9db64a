// What the hardened form of routing saves, beside fencing and returns: nobody is told that he is in
// before he can be found, and what is said to somebody who is nowhere waits for him.
//
// The conversations are in tests/transcripts/routed_nack_mailbox_*.txt and _route_wait_*.txt; on
// real sockets in tests/live/returned_live_test.cpp.
#include <gtest/gtest.h>

#include "sim/record/wire.hpp"
#include "tests/planted/storms.hpp"
#include "tests/support/play.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

Scenario phones() {
  return built_in("wifi-to-lte",
                  sets("users=1000 rooms=100 chat=2/s dm=100/s drop=exp(4m) measure=60s"));
}

TEST(HardenedRoutes, PhonesThatChangeTheirNetworkAreDeafInTheTextbookFormAlone) {
  const Scenario scenario = phones();
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const RunRecord plain = play(scenario, strategy("routed"), seed);
    const RunRecord hardened = play(scenario, strategy("routed:hardened"), seed);

    EXPECT_TRUE(complete(hardened)) << seed;
    EXPECT_GT(plain.deaf.count(), 0) << seed;
    EXPECT_EQ(hardened.deaf.count(), 0) << seed;
    EXPECT_EQ(lost_by(hardened, Mechanism::route_missing), 0U) << seed;
    EXPECT_EQ(lost_by(hardened, Mechanism::route_stale), 0U) << seed;
    EXPECT_LT(totals(hardened).lost, totals(plain).lost) << seed;
    EXPECT_EQ(value("dup.surfaced", hardened), 0) << seed;
  }
}

// Their connections break for both ends to see, so nobody pushes into a dead one: what is left is
// on the lines when they break.
TEST(HardenedRoutes, WhoIsAwayForAMomentMissesNothingThatWasSaidMeanwhile) {
  Scenario scenario = phones();
  for (Population& people : scenario.people) people.silent_drop = 0;

  const RunRecord returned = play(scenario, strategy("routed:nack"), 1);
  const RunRecord hardened = play(scenario, strategy("routed:hardened"), 1);

  EXPECT_TRUE(complete(hardened));
  EXPECT_GT(lost_by(returned, Mechanism::reconnect_gap), 0U);
  EXPECT_EQ(lost_by(hardened, Mechanism::reconnect_gap), 0U);
  EXPECT_EQ(totals(hardened).owed, totals(returned).owed);
}

// A room's frame goes where its members were, as far as the table knows; who has moved on meanwhile
// is sent none. Fencing does not help: what is wrong is the table of the sender's node.
TEST(HardenedRoutes, WhoMovesTwiceWithinASecondMissesNothingUnnoticed) {
  const Scenario scenario = loaded(moves_twice());
  double fenced = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    fenced += value("loss.unnoticed", play(scenario, strategy("routed:fenced"), seed));
    const RunRecord hardened = play(scenario, strategy("routed:hardened"), seed);

    EXPECT_TRUE(complete(hardened)) << seed;
    EXPECT_EQ(value("loss.unnoticed", hardened), 0) << seed;
  }
  EXPECT_GT(fenced, 0);
}

TEST(HardenedRoutes, EveryStormLeavesBalancedBooks) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    const RunRecord run = play(*loaded_storm(random_storm(number)), strategy("routed:hardened"), 1);
    for (const Violation& violation : run.violations) {
      ADD_FAILURE() << number << ": " << violation.law << ": " << violation.detail;
    }
    EXPECT_EQ(value("ledger.unattributed", run), 0) << number;
    EXPECT_EQ(value("ledger.unresolved", run), 0) << number;
  }
}

// Somebody says `count` words to b, who is on n2, one `every` so often; and something happens.
Scenario said_to_b(const std::string& count, const std::string& every, const std::string& fault) {
  return loaded(R"json({
    "squall": 1, "name": "said-to-b",
    "time": {"warmup": "30s", "measure": "60s", "drain": "60s", "deadline": "60s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"},
                "net": {"peer_heartbeat": "500ms", "peer_timeout": "1s"},
                "broker": {"reconnect": "500ms"}},
    "client": {"backoff": {"kind": "fixed", "first": "5s"}},
    "clients": {"a": {"on": "n1", "rooms": ["r"]}, "b": {"on": "n2", "rooms": ["r"]}},
    "script": [{"at": "0s", "do": "send", "by": "a", "to": "user:b", "size": "200B",
                "repeat": )json" +
                count + R"(, "every": ")" + every + R"("}, )" + fault + "]}");
}

// An answer that does not come names whom it was about: they wait, and nobody is forgotten.
TEST(HardenedRoutes, WhoCannotBeLookedUpIsWaitedFor) {
  Scenario scenario =
      said_to_b("100", "500ms", R"({"at": "2s", "do": "registry_down", "for": "20s"})");
  StrategySpec spec = strategy("routed:hardened");
  spec.options["route_cache"] = 300'000'000;

  const RunRecord run = play(scenario, spec, 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(totals(run).lost, 0U);
}

// b's node dies, and b is back after five seconds. However much is said meanwhile, what waits for
// him is not tried again with each word, and given up for it.
TEST(HardenedRoutes, TheMailboxKeepsItsWindowHoweverMuchIsSaid) {
  const char* const crash = R"({"at": "10050ms", "do": "crash", "on": "n2", "for": "2s"})";
  const RunRecord slow = play(said_to_b("500", "100ms", crash), strategy("routed:hardened"), 1);
  const RunRecord fast = play(said_to_b("2500", "20ms", crash), strategy("routed:hardened"), 1);

  EXPECT_EQ(totals(slow).lost, 0U);  // 51 letters
  // It holds 100 of what is said in five seconds, and until he is asked for again.
  EXPECT_GE(totals(fast).lost, 250U - 100U);
  EXPECT_LE(totals(fast).lost, 300U - 100U + 5U);
}

// What is written before the link is given up is lost with it; the rest is not there, and waits.
TEST(HardenedRoutes, ALinkThatWasGivenUpTakesNothingMore) {
  const Scenario scenario =
      said_to_b("100", "500ms", R"({"at": "2s", "do": "partition", "between": [["n1"], ["n2"]],
                          "for": "8s"})");

  const RunRecord run = play(scenario, strategy("routed:hardened"), 1);

  EXPECT_GT(totals(run).lost, 0U);
  EXPECT_LE(totals(run).lost, 4U);  // 1 to 1.5 s, two a second
  EXPECT_EQ(lost_by(run, Mechanism::peer_link_lost), totals(run).lost);
}

// ---- a lease per node, and notes ---------------------------------------------------------------

// So many people who are there and say nothing.
RunRecord quiet_run(const std::string& people, const StrategySpec& spec) {
  const Scenario scenario = loaded(scenario_with(R"(
    "time": {"warmup": "30s", "measure": "5m", "drain": "60s"},
    "cluster": {"nodes": {"count": 4}},
    "people": {"user": {"count": )" + people + R"(}}, "rooms": {"live": {"count": 3}})"));
  return play(scenario, spec, 1);
}

Bytes sent(const RunRecord& run, Link link, BytePurpose purpose) {
  return run.bytes[static_cast<std::size_t>(link)].sent[static_cast<std::size_t>(purpose)];
}

TEST(HardenedRoutes, TheRegistryIsToldOfNodesAndNotOfUsers) {
  const auto told = [](const std::string& people, std::string_view strategy_name) {
    return sent(quiet_run(people, strategy(std::string(strategy_name))), Link::node_to_registry,
                BytePurpose::control);
  };

  EXPECT_EQ(told("50", "routed:hardened"), told("500", "routed:hardened"));
  EXPECT_GT(told("50", "routed:hardened"), 0);
  EXPECT_NEAR(static_cast<double>(told("500", "routed:nack")),
              10.0 * static_cast<double>(told("50", "routed:nack")),
              0.1 * static_cast<double>(told("500", "routed:nack")));
}

// One who comes back, to one of four nodes: three notes of four numbers, and nobody loses a word.
TEST(HardenedRoutes, ANoteIsBilledByItsNumbers) {
  const Scenario scenario = loaded(scenario_with(R"(
    "time": {"warmup": "30s", "measure": "60s", "drain": "60s"},
    "cluster": {"nodes": {"count": 4}},
    "clients": {"b": {}},
    "script": [{"at": "10s", "do": "disconnect", "by": "b"}])"));
  StrategySpec silent = strategy("routed:hardened");
  silent.options["push_routes"] = 0;
  const auto told = [&](const StrategySpec& spec) {
    return sent(play(scenario, spec, 1), Link::node_to_node, BytePurpose::control);
  };

  constexpr WireCost kNote = wire::note_frame(4);
  static_assert(kNote.payload == wire::kEnvelope + 1 + 16);
  EXPECT_EQ(told(strategy("routed:hardened")) - told(silent), 3 * (kNote.payload + kNote.framing));
}

// The node stands still for longer than its lease, and nobody believes its routes meanwhile; when
// it wakes it takes its lease again, and everybody is found.
TEST(HardenedRoutes, WhoseNodeHasLostItsLeaseIsFoundAgainWhenItWakes) {
  Scenario scenario = said_to_b("400", "50ms", R"({"at": "2s", "do": "pause", "on": "n2",
                                                   "for": "6s"})");
  scenario.cluster.registry.lease = std::chrono::seconds{2};
  StrategySpec leased = strategy("routed:hardened");

  const RunRecord run = play(scenario, leased, 1);
  leased.options["mailbox"] = 0;
  const RunRecord lossy = play(scenario, leased, 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::route_missing), 0U);
  EXPECT_GT(lossy.deaf.count(), 0);
}

}  // namespace
}  // namespace squall::testing
