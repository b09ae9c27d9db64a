// The live engine end to end, in seconds: the smallest scenario gives the same verdicts as virtual
// time with every strategy, every fault leaves every pair accounted, and nothing stays behind.
//
// What takes half a minute of real time is in tests/parity/.
#include "sim/live/run/engine.hpp"

#include <dirent.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/live/hello.hpp"
#include "tests/support/balanced.hpp"
#include "tests/support/play.hpp"
#include "tests/support/sights.hpp"

namespace squall::testing {
namespace {

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const folder = ::opendir("/proc/self/fd");
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

// Live runs wait more than they work: several at once take the time of one.
std::vector<RunRecord> play_together(const Scenario& scenario,
                                     const std::vector<std::string>& names) {
  std::vector<std::future<RunRecord>> runs;
  for (const std::string& name : names) {
    runs.push_back(std::async(std::launch::async, [&scenario, spec = strategy(name)] {
      return live::play(scenario, spec, 1, {});
    }));
  }
  std::vector<RunRecord> records;
  for (auto& run : runs) records.push_back(run.get());
  return records;
}

TEST(LiveEngine, LosesAndDeliversTheSamePairsAsVirtualTimeWithEveryStrategy) {
  const Scenario scenario = hello();
  const std::vector<std::string> names = {"session_share", "sticky_hash", "broadcast", "routed",
                                          "multi_active"};

  const std::vector<RunRecord> records = play_together(scenario, names);

  for (std::size_t i = 0; i < names.size(); ++i) {
    SCOPED_TRACE(names[i]);
    const RunRecord simulated = play(scenario, strategy(names[i]), 1);
    expect_balanced(records[i]);
    EXPECT_EQ(totals(records[i]).owed, 40U);
    EXPECT_EQ(totals(records[i]).lost, totals(simulated).lost);
    EXPECT_EQ(records[i].arrivals_hash, simulated.arrivals_hash);
  }
}

// The client comes to its leave when its loop does: what is said meanwhile is owed in neither.
TEST(LiveEngine, WhoLeavesIsOwedNothingFromThePlannedMomentOn) {
  std::string script;
  for (int i = 1; i <= 20; ++i) {
    const auto step = [&](const std::string& at, const char* what) {
      script += (script.empty() ? "{\"at\": \"" : ", {\"at\": \"") + at + "us\", " + what + "}";
    };
    const int begin = i * 50'000;
    step(std::to_string(begin), R"("do": "join", "by": "ben", "room": "talk")");
    step(std::to_string(begin + 30'000), R"("do": "leave", "by": "ben", "room": "talk")");
    step(std::to_string(begin + 30'001), R"("do": "send", "by": "ann", "to": "room:talk")");
  }
  const Scenario scenario = loaded(R"({
    "squall": 1, "name": "leaving", "why": "A leave, and a word a microsecond later.",
    "time": {"warmup": "500ms", "measure": "1500ms", "drain": "500ms"},
    "cluster": {"nodes": {"count": 1}},
    "clients": {"ann": {"on": "n1", "rooms": ["talk"]}, "ben": {"on": "n1"}},
    "script": [)" + script + "]}");

  const RunRecord simulated = play(scenario, strategy("broadcast"), 1);
  const RunRecord lived = live::play(scenario, strategy("broadcast"), 1, {});

  expect_balanced(lived);
  EXPECT_EQ(totals(simulated).owed, 0U);
  EXPECT_EQ(totals(lived).owed, 0U);
}

// Each of three servers emits what it hears: one message goes to the broker three times.
TEST(LiveEngine, WhatIsPublishedSeveralTimesHasItsCopiesCountedOnce) {
  const Scenario scenario = built_in("n-servers-n-copies", {{"/time/warmup", "1s"},
                                                            {"/time/measure", "2s"},
                                                            {"/time/drain", "1s"},
                                                            {"/people/u/arrive", "fixed(100ms)"},
                                                            {"/traffic/0/rate", "20/s"}});
  const StrategySpec& spec = scenario.strategies.front();

  const RunRecord simulated = play(scenario, spec, 1);
  const RunRecord lived = live::play(scenario, spec, 1, {});

  expect_balanced(lived);
  EXPECT_EQ(totals(lived).owed, totals(simulated).owed);
  EXPECT_EQ(totals(lived).lost, 0U);
  EXPECT_EQ(value("dup.surfaced", lived), 2);
}

// A message every second, the first at the first instant of measure: its bytes are of measure.
TEST(LiveEngine, CountsTheBytesOfWhatIsSaidAtTheFirstInstantOfMeasure) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "ticking", "why": "One large word a second.",
    "time": {"warmup": "1s", "measure": "3s", "drain": "500ms"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"},
                "net": {"client_node": "50us", "node_broker": "50us"}},
    "people": {"u": {"count": 20, "arrive": "uniform(0s,100ms)", "downlink": "10Gbit/s"}},
    "traffic": [{"as": "tick", "to": "all", "rate": "1/s", "size": "1000B", "arrivals": "fixed"}]
  })json");

  const RunRecord simulated = play(scenario, strategy("broadcast"), 1);
  const RunRecord lived = live::play(scenario, strategy("broadcast"), 1, {});

  EXPECT_EQ(totals(simulated).owed, 3U * 19);
  EXPECT_EQ(totals(lived).owed, totals(simulated).owed);
  const double bytes = value("bytes.client.rate", simulated);
  EXPECT_NEAR(value("bytes.client.rate", lived), bytes, 0.02 * bytes);
}

TEST(LiveEngine, PutsTheOverheadOfAnotherProtocolAroundMessages) {
  std::vector<Override> quick{{"/params/messages", "20"}, {"/params/gap", "10ms"},
                              {"/time/warmup", "1s"},     {"/time/measure", "2s"},
                              {"/time/drain", "500ms"},   {"/time/deadline", "500ms"}};
  const Scenario bare = built_in("two-node-hello", quick);
  quick.push_back({"/client/overhead", R"({"up": "300B", "down": "700B"})"});
  const Scenario scenario = built_in("two-node-hello", quick);

  const RunRecord wrapped = live::play(scenario, strategy("broadcast"), 1, {});
  const RunRecord plain = live::play(bare, strategy("broadcast"), 1, {});

  const auto more = [&](Link link, BytePurpose purpose) {
    return testing::bytes_of(wrapped, link, purpose) - testing::bytes_of(plain, link, purpose);
  };
  EXPECT_EQ(more(Link::client_to_lb, BytePurpose::payload_relayed), 20 * 300);
  EXPECT_EQ(more(Link::lb_to_client, BytePurpose::payload_useful), 20 * 700);
}

// 20 messages of 200 B each to a room of two. Whoever hears himself has nothing twice, and takes it
// for nobody else's.
TEST(LiveEngine, SaysBackAnAnswerOfAnyLengthAndTheMessageItself) {
  const auto said = [](const char* overhead) {
    return live::play(loaded(R"json({
      "squall": 1, "name": "said-back", "why": "Alice hears what she says.",
      "time": {"warmup": "500ms", "measure": "1s", "drain": "500ms", "deadline": "500ms"},
      "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"}},
      "client": {"ack": "none", "heartbeat": {"every": "1h", "timeout": "1s"}},
      "clients": {"alice": {"on": "n1", "rooms": ["r"]}, "bob": {"on": "n2", "rooms": ["r"]}},
      "script": [{"at": "100ms", "do": "send", "by": "alice", "to": "room:r", "size": "200B",
                  "repeat": 20, "every": "30ms"},
                 {"at": "115ms", "do": "send", "by": "bob", "to": "room:r", "size": "200B",
                  "repeat": 20, "every": "30ms"}]})json",
                             {{"/client/overhead", overhead}}),
                      strategy("broadcast"), 1, {});
  };
  const RunRecord plain = said("{}");
  const auto more = [&](const RunRecord& run) {
    return testing::bytes_of(run, Link::lb_to_client, BytePurpose::control) -
           testing::bytes_of(plain, Link::lb_to_client, BytePurpose::control);
  };

  const RunRecord answered = said(R"({"answer": "90B"})");
  const RunRecord both = said(R"({"answer": "90B", "down": "30B", "echo": true})");

  EXPECT_EQ(more(answered), 40 * (90 + 2));
  EXPECT_EQ(more(both), 40 * (90 + 2 + 200 + 30 + 4));
  expect_balanced(both);
  EXPECT_EQ(totals(both).owed, 40U);
  EXPECT_EQ(totals(both).lost, 0U);
  EXPECT_EQ(value("dup.surfaced", both), 0);
}

TEST(LiveEngine, TellsAWitnessWhatItTellsTheBooks) {
  for (const char* name : {"session_share", "broadcast", "routed"}) {
    SCOPED_TRACE(name);
    Sights seen;
    live::LiveOptions options;
    options.witness = &seen;

    const RunRecord run = live::play(hello(), strategy(name), 1, options);

    expect_balanced(run);
    expect_sights_of(run, seen);
  }
}

// A small cluster, six seconds, and one thing that goes wrong.
Scenario faulty(const std::string& script) {
  return loaded(R"json({"squall": 1, "name": "faulty", "why": "Each fault once, on real sockets.",
    "time": {"warmup": "500ms", "measure": "3s", "drain": "2500ms", "deadline": "2s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "least_conn", "connect_timeout": "300ms"},
                "net": {"peer_heartbeat": "200ms", "peer_timeout": "500ms"},
                "broker": {"reconnect": "uniform(0s,100ms)"}},
    "people": {"user": {"count": 60, "arrive": "uniform(0s,300ms)"}},
    "client": {"heartbeat": {"every": "800ms", "timeout": "400ms"}, "connect_timeout": "1s",
               "backoff": {"kind": "full_jitter", "first": "100ms", "factor": 2, "cap": "500ms"}},
    "rooms": {"room": {"count": 10, "popularity": "uniform"}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "40/s",
                 "size": "100B"}],
    "script": [)json" +
                script + "]}");
}

struct Fault {
  std::string name, script;
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.name; }

class LiveFault : public ::testing::TestWithParam<Fault> {};

TEST_P(LiveFault, LeavesEveryPairAccounted) {
  const Scenario scenario = faulty(GetParam().script);
  ASSERT_EQ(scenario.name, "faulty");

  const std::vector<RunRecord> records = play_together(scenario, {"broadcast", "routed"});

  for (const RunRecord& lived : records) {
    SCOPED_TRACE(lived.strategy);
    expect_balanced(lived);
    EXPECT_GT(totals(lived).owed, 100U);
    EXPECT_EQ(lived.live.sent, lived.live.planned);
  }
}

const Fault kFaults[] = {
    {"crash", R"({"at": "1s", "do": "crash", "on": "n2", "for": "1s"})"},
    {"host_loss", R"({"at": "1s", "do": "host_loss", "on": "n2", "for": "2s"})"},
    {"pause", R"({"at": "1s", "do": "pause", "on": "n2", "for": "700ms"})"},
    {"partition", R"({"at": "1s", "do": "partition", "between": ["n1", "n2"], "for": "1500ms"})"},
    {"broker_cut", R"({"at": "1s", "do": "partition", "between": ["n1", "broker"], "for": "1s"})"},
    {"drain", R"({"at": "1s", "do": "drain", "on": "n2", "drain": "500ms"})"},
    {"undrain_of_the_dead", R"({"at": "500ms", "do": "drain", "on": "n2", "drain": "300ms"},
                               {"at": "1s", "do": "crash", "on": "n2", "for": "1s"},
                               {"at": "1500ms", "do": "undrain", "on": "n2"})"},
    {"deploy", R"({"at": "500ms", "do": "rolling_restart", "on": "node[*]", "drain": "300ms",
                   "down": "300ms", "pause": "200ms"})"},
    {"broker_down", R"({"at": "1s", "do": "broker_down", "for": "1s"})"},
    {"registry_down", R"({"at": "1s", "do": "registry_down", "for": "1s"})"},
    {"silence", R"({"at": "1s", "do": "disconnect", "on": "user", "share": 0.5, "how": "silent"})"},
};

INSTANTIATE_TEST_SUITE_P(Faults, LiveFault, ::testing::ValuesIn(kFaults),
                         [](const auto& row) { return row.param.name; });

TEST(LiveEngine, ForwardsOverHttpAsWellAsOverWebSocket) {
  live::LiveOptions options;
  options.forwarding = live::Forwarding::http;

  const RunRecord lived = live::play(hello(), strategy("routed"), 1, options);

  expect_balanced(lived);
  EXPECT_EQ(totals(lived).lost, 0U);
}

TEST(LiveEngine, LeavesNoDescriptorOpenBehindIt) {
  live::play(hello(), strategy("broadcast"), 1, {});
  const std::size_t before = open_descriptors();

  live::play(hello(), strategy("broadcast"), 1, {});

  EXPECT_EQ(open_descriptors(), before);
}

TEST(LiveEngine, ABrokerThatIsNotThereIsAnErrorWithItsAddress) {
  live::LiveOptions options;
  options.broker = "redis://127.0.0.1:1";

  try {
    live::play(hello(), strategy("broadcast"), 1, options);
    FAIL() << "it must not start";
  } catch (const live::CannotRun& error) {
    EXPECT_NE(std::string(error.what()).find("127.0.0.1:1"), std::string::npos) << error.what();
  }
}

TEST(LiveEngine, CookiesOfABalancerAreRefusedWhereANginxHasNone) {
  Scenario scenario = hello();
  scenario.cluster.lb.sticky = true;
  live::LiveOptions options;
  options.nginx = true;

  try {
    live::play(scenario, strategy("broadcast"), 1, options);
    FAIL() << "it must not start";
  } catch (const live::CannotRun& error) {
    EXPECT_NE(std::string(error.what()).find("lb.sticky"), std::string::npos) << error.what();
  }
}

TEST(LiveEngine, ARunThatIsStoppedFromOutsideSaysSoAndCleansUp) {
  std::atomic<bool> stop{false};
  live::LiveOptions options;
  options.stop = &stop;
  options.on_progress = [&](const live::LiveProgress&) { stop = true; };
  const std::size_t before = open_descriptors();

  const RunRecord lived = live::play(hello(), strategy("broadcast"), 1, options);

  ASSERT_FALSE(lived.violations.empty());
  EXPECT_EQ(lived.violations.back().law, "run cut short");
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace squall::testing
