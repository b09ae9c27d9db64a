// Populations with a client, a node and rooms of their own: what is said of some is played for them
// alone, and as if it had been said of all.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/laws.hpp"
#include "scenarios/model/plan.hpp"
#include "scenarios/predict/prediction.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

std::string cluster(const std::string& people, const std::string& script,
                    const std::string& client = "{}") {
  return R"json({"squall": 1, "name": "own", "why": "some are different",
    "time": {"warmup": "60s", "measure": "120s", "drain": "90s"},
    "cluster": {"nodes": {"count": 3}, "net": {"client_node": "45ms"}},
    "rooms": {"r": {"count": 5}, "s": {"count": 2}},
    "traffic": [{"as": "chat", "to": "room:r", "rate": "20/s"}],
    "people": )json" +
         people + R"json(, "script": )json" + script + R"json(, "client": )json" + client + "}";
}

constexpr const char* kSlowClient = R"json({"heartbeat": {"every": "60s", "timeout": "12s"},
  "connect_timeout": "9s", "offline_queue": 1,
  "backoff": {"kind": "plus_minus", "first": "3s", "jitter": 0.5}})json";

// ---- client -------------------------------------------------------------------------------------

TEST(OwnClient, of_everybody_is_played_as_the_client_of_all) {
  const std::string people = R"json("count": 90, "drop": "exp(40s)", "silent_drop": 0.5)json";
  const std::string script = R"json([{"at": "20s", "do": "crash", "on": "n1", "for": "9s"},
    {"at": "50s", "do": "pause", "on": "n2", "for": "40s"}])json";
  const Scenario of_all = loaded(cluster(R"({"u": {)" + people + "}}", script, kSlowClient));
  const Scenario own =
      loaded(cluster(R"({"u": {)" + people + R"(, "client": )" + kSlowClient + "}}", script));

  for (const char* name : {"broadcast", "routed", "broadcast:interest+resume"}) {
    const RunRecord expected = play(of_all, strategy(name), 1), run = play(own, strategy(name), 1);
    EXPECT_GT(run.disconnects, 90U);
    EXPECT_EQ(run.fingerprint, expected.fingerprint) << name;
  }
}

TEST(OwnClient, of_each_individual_is_played_as_the_client_of_all) {
  const auto with = [](const std::string& own, const std::string& of_all) {
    return loaded(R"json({"squall": 1, "name": "own", "why": "three individuals",
      "time": {"warmup": "60s", "measure": "120s", "drain": "90s"},
      "cluster": {"nodes": {"count": 3}}, "rooms": {"r": {}},
      "clients": {"ann": {"rooms": ["r-0"])json" +
                  own + R"json(}, "bob": {"rooms": ["r-0"])json" + own +
                  R"json(}, "eve": {"rooms": ["r-0"])json" + own + R"json(}},
      "script": [{"at": "10s", "do": "crash", "on": "node[*]", "for": "9s"},
        {"at": "30s", "do": "pause", "on": "n2", "for": "40s"},
        {"at": "12s", "do": "send", "by": "ann", "to": "room:r-0", "repeat": 50, "every": "1s"}],
      "client": )json" +
                  of_all + "}");
  };
  const Scenario of_all = with("", kSlowClient);
  const Scenario own = with(std::string(R"(, "client": )") + kSlowClient, "{}");

  for (const char* name : {"broadcast", "routed"}) {
    const RunRecord expected = play(of_all, strategy(name), 1), run = play(own, strategy(name), 1);
    EXPECT_GE(run.disconnects, 3U);
    EXPECT_EQ(run.fingerprint, expected.fingerprint) << name;
  }
}

// Whom the second fault cut waits 9 s before it tries, the other one 2 s.
void expect_seven_seconds_apart(const RunRecord& run) {
  ASSERT_EQ(run.faults.size(), 2U);
  EXPECT_EQ(run.faults[0].ready_again.count(), 1U);
  EXPECT_EQ(static_cast<std::int64_t>(run.faults[1].ready_again.sum()) -
                static_cast<std::int64_t>(run.faults[0].ready_again.sum()),
            7'000'000'000);
}

// Both are cut in their turn, and connect as quickly: only their first waits differ.
TEST(OwnClient, of_an_individual_is_its_alone_to_the_nanosecond) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "own", "why": "one is patient",
    "time": {"warmup": "60s", "measure": "120s", "drain": "90s"},
    "cluster": {"nodes": {"count": 2}, "net": {"client_node": "45ms"}},
    "clients": {"ann": {}, "bob": {"client": {"backoff": {"kind": "fixed", "first": "9s"}}}},
    "client": {"backoff": {"kind": "fixed", "first": "2s"}},
    "script": [{"at": "20s", "do": "disconnect", "by": "ann"},
               {"at": "60s", "do": "disconnect", "by": "bob"}]})json");

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  expect_seven_seconds_apart(run);
}

TEST(OwnClient, says_only_what_differs) {
  const Scenario scenario = loaded(cluster(
      R"({"u": {"count": 2, "client": {"heartbeat": {"every": "60s"}}}})", "[]", kSlowClient));
  const Plan plan(scenario, 1);

  EXPECT_EQ(plan.client(EndpointId{0}).heartbeat_every, 60s);
  EXPECT_EQ(plan.client(EndpointId{0}).heartbeat_timeout, 12s);
  EXPECT_EQ(plan.client(EndpointId{0}).connect_timeout, 9s);
  EXPECT_EQ(plan.patience(EndpointId{1}), 72s);
}

// Both are cut in the same moment, and connect as quickly: only their first waits differ.
TEST(OwnClient, waits_by_its_own_back_off_to_the_nanosecond) {
  const Scenario scenario = loaded(cluster(
      R"json({"a": {"count": 1, "client": {"backoff": {"kind": "fixed", "first": "2s"}}},
              "b": {"count": 1, "client": {"backoff": {"kind": "fixed", "first": "9s"}}}})json",
      R"json([{"at": "20s", "do": "disconnect", "on": "a"},
              {"at": "60s", "do": "disconnect", "on": "b"}])json"));

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  expect_seven_seconds_apart(run);
}

// Ghosts of phones are seen after U[10 s, 70 s], those of desktops after U[10 s, 35 s].
TEST(OwnClient, a_rarer_heartbeat_is_deaf_and_dead_for_longer) {
  const auto ghosts = [](const char* hit) {
    const Scenario scenario = loaded(cluster(
        R"json({"desktops": {"count": 500, "arrive": "uniform(0s,25s)"},
                "phones": {"count": 500, "arrive": "uniform(0s,50s)",
                           "client": {"heartbeat": {"every": "50s"}}}})json",
        R"json([{"at": "20s", "do": "disconnect", "how": "silent", "on": ")json" +
            std::string(hit) + R"json("}])json",
        R"json({"heartbeat": {"every": "25s", "timeout": "10s"},
                "backoff": {"kind": "fixed", "first": "70s"}})json"));
    const auto means = over_seeds(scenario, strategy("broadcast"), 20, [](const RunRecord& run) {
      return static_cast<double>(run.ghost_ns) * 1e-9 / static_cast<double>(run.disconnects);
    });
    return means;
  };

  EXPECT_TRUE(agrees(ghosts("desktops"), 10 + 25 / 2.0, 0.04));
  EXPECT_TRUE(agrees(ghosts("phones"), 10 + 50 / 2.0, 0.04));
}

// 1,000 x 1/500 s x 20 s and 500 x 1/500 s x 40 s, by Little's law.
TEST(OwnClient, ghosts_are_those_of_each_population) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "ghosts", "why": "phones die",
    "time": {"warmup": "300s", "measure": "300s", "drain": "90s"},
    "cluster": {"nodes": {"count": 2}, "net": {"client_node": "45ms"}},
    "people": {"desktops": {"count": 1000, "drop": "exp(500s)", "silent_drop": 1},
               "phones": {"count": 500, "drop": "exp(500s)", "silent_drop": 1,
                          "client": {"heartbeat": {"every": "60s"}}}},
    "client": {"heartbeat": {"every": "20s", "timeout": "10s"},
               "backoff": {"kind": "fixed", "first": "75s"}}})json");

  const auto predicted = predict::predicted("ghost.time", {scenario, strategy("broadcast")});

  ASSERT_TRUE(predicted);
  const double gap_s = 75 + 2 * 4 * 0.045;
  EXPECT_NEAR(*predicted * 1e-9, 300 * (1000 * 20 + 500 * 40) / (500 + gap_s), 1);
  const auto ratios = over_seeds(scenario, strategy("broadcast"), 6, [&](const RunRecord& run) {
    return static_cast<double>(run.ghost_ns) / *predicted;
  });
  EXPECT_TRUE(agrees(ratios, 1.0, 0.06));
}

// ---- node ---------------------------------------------------------------------------------------

constexpr const char* kPinned = R"json({"kiosks": {"count": 40, "node": "n2"},
  "others": {"count": 60}})json";

TEST(PinnedPopulation, is_on_its_node_whatever_the_balancer_says) {
  const Scenario scenario = loaded(cluster(kPinned, "[]"));

  for (const char* name : {"broadcast", "sticky_hash", "routed"}) {
    const RunRecord run = play(scenario, strategy(name), 1);
    EXPECT_TRUE(complete(run)) << name;
    EXPECT_GE(run.node_rows[1].connections_end, 40U) << name;
    if (std::string(name) == "broadcast") {  // round robin and least_conn do not see the 40
      EXPECT_EQ(run.node_rows[0].connections_end, 20U);
      EXPECT_EQ(run.node_rows[1].connections_end, 60U);
    }
  }
}

TEST(PinnedPopulation, is_away_for_as_long_as_its_node) {
  const Scenario scenario =
      loaded(cluster(kPinned, R"json([{"at": "20s", "do": "crash", "on": "n2", "for": "30s"}])json",
                     R"json({"backoff": {"kind": "fixed", "first": "1s"}})json"));

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  ASSERT_EQ(run.disconnects, 60U);  // 40 kiosks and a third of the others
  EXPECT_EQ(run.never_again, 0U);
  EXPECT_LT(run.ready_again.quantile(0.3), 3'000'000'000);  // the others go elsewhere at once
  EXPECT_GT(run.ready_again.quantile(0.4), 30'000'000'000);
  EXPECT_LT(run.ready_again.quantile(1), 33'000'000'000);
}

TEST(PinnedPopulation, never_comes_back_to_a_host_that_stays_lost) {
  const Scenario scenario =
      loaded(cluster(kPinned, R"json([{"at": "20s", "do": "host_loss", "on": "n2"}])json"));

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(run.never_again, 40U);
  EXPECT_GT(run.timed_out, 40U);  // a lost host refuses nobody
}

// ---- rooms --------------------------------------------------------------------------------------

TEST(OwnRooms, are_those_that_a_population_is_in) {
  const Scenario scenario = loaded(cluster(
      R"json({"readers": {"count": 30, "rooms": ["s"]}, "writers": {"count": 30}})json", "[]"));
  const Plan plan(scenario, 1);

  for (std::uint32_t e = 0; e < 60; ++e) {
    EXPECT_EQ(plan.memberships(EndpointId{e}).size(), e < 30 ? 1U : 2U) << e;
  }
}

TEST(OwnRooms, do_not_move_those_who_are_in_all) {
  const auto rooms_of_writers = [](const char* readers) {
    const Scenario scenario =
        loaded(cluster(R"json({"readers": {"count": 30)json" + std::string(readers) +
                           R"json(}, "writers": {"count": 30}})json",
                       "[]"));
    const Plan plan(scenario, 1);
    std::vector<std::uint32_t> rooms;
    for (std::uint32_t e = 30; e < 60; ++e) {
      for (const Membership& seat : plan.memberships(EndpointId{e})) {
        rooms.push_back(index(seat.room));
      }
    }
    return rooms;
  };

  EXPECT_EQ(rooms_of_writers(R"(, "rooms": ["s"])"), rooms_of_writers(""));
}

TEST(ClosedForms, are_silent_where_somebody_is_pinned_or_not_in_all_rooms) {
  const auto law = [](const char* people) {
    Scenario scenario = loaded(cluster(people, "[]"));
    return closed_form("loss.intent", scenario, strategy("broadcast"));
  };

  EXPECT_EQ(law(R"json({"u": {"count": 60, "arrive": "uniform(0s,20s)"}})json"), 0.0);
  EXPECT_EQ(law(R"json({"u": {"count": 60, "node": "n1"}})json"), std::nullopt);
  EXPECT_EQ(law(R"json({"u": {"count": 60, "rooms": ["s"]}})json"), std::nullopt);
}

}  // namespace
}  // namespace squall::testing
