// Designs with one planted mistake each: squall explore finds it, by name, and does not find it in
// the sound design. On a quiet day nobody would notice any of them.
#include <gtest/gtest.h>

#include <ostream>

#include "sim/cli/explore/property.hpp"
#include "sim/cli/explore/search.hpp"
#include "tests/explore/mutants.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using explore::Corpus;
using explore::Exploration;
using explore::Ground;
using explore::Limits;

// A mistake: the spoiled design, the sound one, and what an exploration says of the first alone.
struct Mutant {
  const char* name;
  const char* strategy;  // as JSON of the scenario language
  const char* sound;
  const char* property;
  const char* faults;  // that are tried: --faults
  const char* way;
  const char* broker = "{}";  // for a mistake in settings: cluster.broker of the spoiled one
};

void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

constexpr Mutant kMutants[] = {
    {"blind_delete", R"({"as": "m", "backplane": "blind_delete"})", R"("routed:nack")",
     "no_silent_loss", "disconnect", "route_missing by disconnect"},
    {"fence_off", R"({"as": "m", "use": "routed:fenced", "fenced": false})", R"("routed:fenced")",
     "no_silent_loss", "disconnect", "route_missing by disconnect"},
    {"never_asks_again", R"({"as": "m", "backplane": "never_asks_again"})", R"("routed:nack")",
     "no_silent_loss", "disconnect", "route_stale by disconnect"},
    {"ack_before_subscribe", R"({"as": "m", "use": "broadcast:interest", "admission_wait": false})",
     R"("broadcast:interest")", "no_silent_loss", "disconnect", "not_subscribed by disconnect"},
    {"subscribes_once", R"({"as": "m", "backplane": "subscribes_once"})", R"("broadcast:interest")",
     "no_silent_loss", "disconnect", "not_subscribed by disconnect"},
    {"never_resubscribes", R"("broadcast")", R"("broadcast")", "nobody_deaf", "broker_down",
     "not_subscribed by broker_down", R"({"never_returns": "subscriber"})"},
    {"deaf_while_draining", R"({"as": "m", "backplane": "deaf_while_draining"})", R"("broadcast")",
     "no_silent_loss", "drain", "not_subscribed by structural"},
    {"bears_a_grudge", R"({"as": "m", "backplane": "bears_a_grudge"})",
     R"({"as": "m", "backplane": "mesh"})", "no_silent_loss", "crash",
     "peer_link_lost by structural"},
};

constexpr std::uint64_t kRuns = 150;

Scenario calm_scenario(const std::string& strategy, const std::string& broker) {
  add_mutants();
  return loaded(scenario_with(R"("time": {"warmup": "10s", "measure": "60s", "drain": "90s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "random"}, "broker": )" +
                              broker + R"(},
    "people": {"user": {"count": 6}}, "rooms": {"live": {"count": 2}},
    "client": {"heartbeat": {"every": "5s", "timeout": "3s"}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "2/s"},
                {"as": "chat", "from": "member", "to": "room:live", "rate": "2/s"}],
    "strategies": [)" + strategy +
                              "]"));
}

Exploration explored(const std::string& strategy, const Mutant& mutant, const char* broker) {
  std::vector<Problem> problems;
  const auto ground =
      explore::ground_of(calm_scenario(strategy, broker),
                         explore::expectations_of({mutant.property}), vocabulary(), problems);
  EXPECT_TRUE(ground) << render(problems, "");
  if (!ground) return {};
  Limits limits;
  limits.runs = kRuns;
  limits.way = mutant.way;
  limits.verbs = {mutant.faults};
  Corpus corpus;
  return explore::explored(*ground, vocabulary(), limits, corpus);
}

class Mutants : public ::testing::TestWithParam<Mutant> {};

TEST_P(Mutants, are_found_and_their_sound_forms_are_not) {
  const Mutant& mutant = GetParam();

  const Exploration found = explored(mutant.strategy, mutant, mutant.broker);
  const Exploration sound = explored(mutant.sound, mutant, "{}");

  ASSERT_EQ(found.breaks.size(), 1U) << "not found in " << found.runs << " runs";
  EXPECT_EQ(found.breaks.front().way, mutant.way);
  EXPECT_TRUE(sound.breaks.empty()) << sound.breaks.front().scenario.dump(1);
}

TEST_P(Mutants, deliver_everything_on_a_quiet_day) {
  const Mutant& mutant = GetParam();
  const Scenario scenario = calm_scenario(mutant.strategy, mutant.broker);

  const RunRecord run = play(scenario, scenario.strategies.front(), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(totals(run).owed, 100U);
  EXPECT_EQ(totals(run).lost, 0U);
}

INSTANTIATE_TEST_SUITE_P(Planted, Mutants, ::testing::ValuesIn(kMutants),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace squall::testing
