// Loading scenarios: meaning, defaults, parameters, overrides, order, resolution, lint.
//
// Mistakes and their words are in broken_files_test.cpp, the grammars in grammar_test.cpp.
#include "scenarios/model/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/place.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::findings;
using ::testing::IsEmpty;
using testing::load;
using testing::scenario_with;
using testing::vocabulary;

namespace fs = std::filesystem;

std::vector<std::string> built_in_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(testing::source_path("scenarios"))) {
    const fs::path& path = entry.path();
    const bool scenario = path.extension() == ".json" && path.filename() != "schema.json";
    if (scenario) files.push_back(fs::relative(path, testing::source_path()).generic_string());
  }
  std::ranges::sort(files);
  return files;
}

class BuiltIn : public ::testing::TestWithParam<std::string> {};

TEST_P(BuiltIn, LoadsWithoutAWarning) {
  const LoadResult result = load_scenario(testing::source_path(GetParam()), {}, vocabulary());

  EXPECT_TRUE(result.scenario.has_value());
  // Three teach what lint warns of.
  std::vector<Problem> unexpected = result.problems;
  std::erase_if(unexpected, [](const Problem& problem) {
    return (problem.code == "S0504" && problem.path.ends_with("lb-idle-timeout.json")) ||
           (problem.code == "S0514" && problem.path.ends_with("connection-limit-1024.json")) ||
           (problem.code == "S0501" && problem.path.ends_with("echo-all-500.json"));
  });
  EXPECT_TRUE(unexpected.empty()) << render(result.problems,
                                            result.scenario ? result.scenario->source_text : "");
}

TEST_P(BuiltIn, IsNamedAsItsFile) {
  const LoadResult result = load_scenario(testing::source_path(GetParam()), {}, vocabulary());

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->name, fs::path(GetParam()).stem());
}

TEST_P(BuiltIn, ResolvesToAFileThatLoadsToTheSame) {
  const LoadResult first = load_scenario(testing::source_path(GetParam()), {}, vocabulary());
  ASSERT_TRUE(first.scenario);

  const LoadResult again = load(first.scenario->resolved_json);

  ASSERT_TRUE(again.scenario) << render(again.problems, first.scenario->resolved_json);
  EXPECT_EQ(again.scenario->resolved_json, first.scenario->resolved_json);
  EXPECT_EQ(trigger_names(*again.scenario), trigger_names(*first.scenario));
}

INSTANTIATE_TEST_SUITE_P(Library, BuiltIn, ::testing::ValuesIn(built_in_files()),
                         [](const auto& file) {
                           std::string name = fs::path(file.param).replace_extension();
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

// ---- Defaults ----------------------------------------------------------------------------------

TEST(AnEmptyScenario, HasEveryDefaultOfTheModel) {
  const Scenario defaults;

  const LoadResult result = load(scenario_with(""));

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->time.measure, defaults.time.measure);
  EXPECT_EQ(result.scenario->cluster.nodes.count, defaults.cluster.nodes.count);
  EXPECT_EQ(result.scenario->cluster.net.client_node, defaults.cluster.net.client_node);
  EXPECT_EQ(result.scenario->cluster.broker.output_hard, defaults.cluster.broker.output_hard);
  EXPECT_EQ(result.scenario->client.backoff.kind, defaults.client.backoff.kind);
  EXPECT_EQ(result.scenario->strategies.size(), vocabulary().default_strategies.size());
}

TEST(People, ArriveDuringTheFirstThirdOfTheWarmUp) {
  const LoadResult result =
      load(scenario_with(R"("people": {"desktop": {"count": 1}}, "time": {"warmup": "90s"})"));

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->people[0].arrive,
            (Distribution{Distribution::Kind::uniform, 0, 30'000'000'000, 0}));
}

TEST(People, AreOrderedByNameBecauseKeysHaveNoOrder) {
  const LoadResult result =
      load(scenario_with(R"("people": {"b": {"count": 2}, "a": {"count": 1}})"));

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->people[0].name, "a");
  EXPECT_EQ(result.scenario->people[1].count, 2U);
}

// ---- Parameters and overrides ------------------------------------------------------------------

constexpr const char* kSized = R"("params": {"users": 64, "rate": "5/s"},
  "people": {"desktop": {"count": "$users"}},
  "traffic": [{"as": "dm", "to": "user:any", "rate": "$rate"}])";

TEST(Parameters, StandForTheirValues) {
  const LoadResult result = load(scenario_with(kSized));

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->people[0].count, 64U);
  EXPECT_EQ(result.scenario->traffic[0].rate_per_second_nano, 5'000'000'000);
}

TEST(Overrides, ChangeParametersAndPlainValues) {
  const LoadResult result =
      load(scenario_with(kSized),
           {{"/params/users", "8"}, {"/params/rate", "7/s"}, {"/cluster/nodes/count", "2"}});

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->people[0].count, 8U);
  EXPECT_EQ(result.scenario->traffic[0].rate_per_second_nano, 7'000'000'000);
  EXPECT_EQ(result.scenario->cluster.nodes.count, 2);
}

TEST(Overrides, MayBeJsonOrABareWord) {
  const LoadResult result = load(scenario_with(""), {{"/strategies", R"(["routed"])"},
                                                     {"/cluster/lb/policy", "random"},
                                                     {"/why", "\"because\""}});

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->strategies.size(), 1U);
  EXPECT_EQ(result.scenario->cluster.lb.policy, "random");
  EXPECT_EQ(result.scenario->why, "because");
}

TEST(Overrides, ThatNameNoPlaceAreErrorsOfTheCommandLine) {
  const LoadResult result = load(scenario_with(""), {{"/squall/version", "2"},
                                                     {"cluster", "{}"},
                                                     {"/cluster/nodse/count", "8"},
                                                     {"/traffic/4/rate", "8/s"}});

  EXPECT_FALSE(result.scenario);
  EXPECT_THAT(findings(result), Contains("S0108 /squall/version"));
  EXPECT_THAT(findings(result), Contains("S0108 cluster"));
  EXPECT_THAT(findings(result), Contains("S0101 /cluster/nodse"));
  for (const Problem& problem : result.problems) EXPECT_EQ(problem.path, "<set>");
}

TEST(Overrides, WithBadValuesArePlacedOnTheCommandLine) {
  const LoadResult result = load(scenario_with(kSized), {{"/params/users", "many"}});

  ASSERT_THAT(findings(result), ElementsAre("S0201 /people/desktop/count"));
  EXPECT_EQ(result.problems[0].path, "<set>");
}

// ---- Script ------------------------------------------------------------------------------------

constexpr const char* kScript = R"("clients": {"bob": {"on": "n2", "rooms": ["lobby"]}},
  "cluster": {"nodes": {"count": 4, "zones": ["a", "b"]}},
  "time": {"measure": "300s"},
  "script": [
    {"at": "50s", "do": "partition", "between": ["node[zone=a]", ["n2", "broker"]], "for": "5s"},
    {"at": "10s", "do": "crash", "on": ["n3", "n1"], "as": "boom", "for": "5s"},
    {"at": "1s", "do": "send", "by": "bob", "to": "room:lobby", "size": "1KB"},
    {"at": "60s", "do": "rolling_restart", "on": "node[*]", "batch": 2, "close_code": 1012}])";

TEST(Scripts, AreSortedByTimeAndKeepDefaultLabelsOfTheFile) {
  const LoadResult result = load(scenario_with(kScript));

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  std::vector<std::string> labels;
  for (const ScriptStep& step : result.scenario->script) labels.push_back(step.label);
  EXPECT_THAT(labels, ElementsAre("send-2", "boom", "partition-0", "rolling_restart-3"));
}

TEST(Scripts, SelectNodesAndSides) {
  const LoadResult result = load(scenario_with(kScript));

  ASSERT_TRUE(result.scenario);
  const auto& script = result.scenario->script;
  EXPECT_EQ(script[1].nodes, (NodeSet{0, 2}));
  EXPECT_EQ(script[2].side_a.nodes, (NodeSet{0, 2}));
  EXPECT_EQ(script[2].side_b.nodes, (NodeSet{1}));
  EXPECT_TRUE(script[2].side_b.broker);
  EXPECT_EQ(result.scenario->clients[0].on, 1);
}

TEST(Triggers, AreStructuralOverloadChurnAndFaultsInScriptOrder) {
  const LoadResult result =
      load(scenario_with(std::string(kScript) + R"(, "people": {"mobile": {"count": 5}})"));

  ASSERT_TRUE(result.scenario);
  EXPECT_THAT(
      trigger_names(*result.scenario),
      ElementsAre("structural", "overload", "churn:mobile", "churn:individual", "fault:boom",
                  "fault:partition-0", "fault:rolling_restart-3", "accident"));
}

TEST(Restarts, EndCrashesThatHaveNoEndOfTheirOwn) {
  const LoadResult result = load(scenario_with(R"("script": [
    {"at": "10s", "do": "crash", "on": "n1"},
    {"at": "20s", "do": "restart", "on": "n1"},
    {"at": "20s", "do": "crash", "on": "n1", "for": "5s"}])"));

  EXPECT_TRUE(result.scenario) << render(result.problems, "");
}

TEST(Scripts, HoldAtMostSixtyFourFaults) {
  std::string steps;
  for (int i = 0; i < 65; ++i) {
    steps += (i > 0 ? "," : "") + std::string(R"({"do": "pause", "on": "n1", "for": "1ms", )") +
             R"("at": ")" + std::to_string(i * 100) + R"(ms"})";
  }

  const LoadResult result = load(scenario_with("\"script\": [" + steps + "]"));

  EXPECT_THAT(findings(result), ElementsAre("S0408 /script/64"));
}

// ---- Strategies and expectations ---------------------------------------------------------------

TEST(Strategies, MayBePresetsChangedPresetsOrFreeCompositions) {
  const LoadResult result = load(scenario_with(R"("strategies": ["multi_active:k3",
    {"use": "routed", "as": "short", "route_cache": "1s"},
    {"as": "mine", "backplane": "broadcast", "k": 2, "placement": "random"}])"));

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  const auto& strategies = result.scenario->strategies;
  EXPECT_EQ(strategies[0].connections, 3);
  EXPECT_EQ(strategies[1].name, "short");
  EXPECT_EQ(strategies[1].preset, "routed");
  EXPECT_EQ(strategies[1].options.at("route_cache"), Duration{1s}.count());
  EXPECT_EQ(strategies[2].preset, "");
  EXPECT_EQ(strategies[2].connections, 2);
}

TEST(Strategies, ThatNeedMoreNodesAreLeftOutOfTheDefaultsWithANote) {
  const LoadResult result = load(scenario_with(R"("cluster": {"nodes": {"count": 1}},
                       "expect": [{"that": "pairs.lost == 0", "for": "multi_active"}])"));

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  EXPECT_THAT(findings(result), ElementsAre("S0508 /cluster/nodes/count"));
  EXPECT_EQ(result.scenario->strategies.size(), 4U);
}

TEST(TheCommandLine, ChoosesStrategiesAndTheResolvedScenarioSaysSo) {
  LoadResult result = load(scenario_with(""));
  ASSERT_TRUE(result.scenario);

  const auto problems = choose_strategies(*result.scenario, "routed,multi_active:k3", vocabulary());

  EXPECT_THAT(problems, IsEmpty());
  ASSERT_EQ(result.scenario->strategies.size(), 2U);
  const LoadResult again = load(result.scenario->resolved_json);
  ASSERT_TRUE(again.scenario);
  EXPECT_EQ(again.scenario->strategies[1].connections, 3);
}

TEST(TheCommandLine, IsToldOfStrategiesThatDoNotExistOrCannotRun) {
  LoadResult result = load(scenario_with(R"("cluster": {"nodes": {"count": 2}})"));
  ASSERT_TRUE(result.scenario);

  const auto problems =
      choose_strategies(*result.scenario, "ruoted,multi_active:k3,broadcast", vocabulary());

  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].code, "S0320");
  EXPECT_EQ(problems[0].suggestion, "did you mean \"routed\"?");
  EXPECT_EQ(problems[1].code, "S0330");
  EXPECT_EQ(result.scenario->strategies.size(), 5U);
}

TEST(Expectations, HoldValuesInTheBaseUnitAndTheirPlace) {
  const LoadResult result = load(
      "{\"squall\": 1, \"name\": \"test\", \"expect\": [\n"
      "  {\"that\": \"ready_again.p99<15s\", \"seeds\": \"all\", \"on_no_data\": \"pass\"}]}");

  ASSERT_TRUE(result.scenario);
  const Expectation& expectation = result.scenario->expect[0];
  EXPECT_EQ(expectation.that, "ready_again.p99 < 15s");
  EXPECT_EQ(expectation.op, "<");
  EXPECT_EQ(expectation.value, 15e9);
  EXPECT_EQ(expectation.seeds, SeedRule::all);
  EXPECT_TRUE(expectation.pass_without_data);
  EXPECT_EQ(expectation.line, 2);
  EXPECT_EQ(expectation.column, 12);
}

// ---- Files and lint ----------------------------------------------------------------------------

TEST(AFileThatCannotBeRead, IsAProblem) {
  const LoadResult result = load_scenario("no/such/file.json", {}, vocabulary());

  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].code, "S0105");
}

TEST(AByteOrderMark, DoesNotMovePlaces) {
  const LoadResult result = load("\xEF\xBB\xBF{\"squall\": 1, \"name\": \"test\", \"x\": 1}");

  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].column, 31);
}

constexpr const char* kBusy = R"json("people": {"desktop": {"count": 1000, "drop": "exp(10m)"}},
  "rooms": {"hall": {"count": 1}}, "time": {"warmup": "30s", "drain": "20s"},
  "traffic": [{"as": "chat", "to": "room:hall", "rate": "1000/s"}],
  "expect": [{"that": "loss.intent < 0.000001%"}])json";

TEST(Lint, WarnsOfShortPhasesOverloadAndExpectationsTooFine) {
  const LoadResult result = load(scenario_with(kBusy));

  EXPECT_TRUE(result.scenario);
  EXPECT_THAT(findings(result),
              ::testing::UnorderedElementsAre("S0507 /time/warmup", "S0503 /time/drain",
                                              "S0501 /traffic", "S0505 /expect/0/that"));
  for (const Problem& problem : result.problems) EXPECT_EQ(problem.severity, Severity::warning);
}

// The pairs of a message share its fate, so 59,400 pairs of 600 messages are 600 chances.
TEST(Lint, AnExpectationNeedsMessagesAndNotPairs) {
  constexpr const char* kHall = R"json("people": {"u": {"count": 100}},
    "rooms": {"hall": {"count": 1}}, "time": {"warmup": "60s", "measure": "60s", "drain": "60s"},
    "traffic": [{"as": "c", "from": "member", "to": "room:hall", "rate": "10/s"}],
    "strategies": ["broadcast"], "expect": [{"that": "loss.intent < 0.1%"}])json";
  const Override more{"/traffic/0/rate", "50/s"}, alone{"/people/u/count", "1"};
  const Override direct{"/traffic/0/to", "user:online"}, anybody{"/traffic/0/from", "any"};

  const LoadResult few = load(scenario_with(kHall));

  ASSERT_THAT(findings(few), ::testing::ElementsAre("S0505 /expect/0/that"));
  EXPECT_THAT(few.problems[0].message, ::testing::HasSubstr("needs 3,000 messages"));
  EXPECT_THAT(few.problems[0].message, ::testing::HasSubstr("about 600"));
  EXPECT_THAT(findings(load(scenario_with(kHall), {more})), IsEmpty());
  EXPECT_THAT(findings(load(scenario_with(kHall), {more, direct, anybody})), IsEmpty());
  EXPECT_THAT(findings(load(scenario_with(kHall), {more, direct, anybody, alone})),
              ::testing::ElementsAre("S0505 /expect/0/that"));
}

TEST(Lint, CountsAPlaceForEachConnection) {
  constexpr const char* kFull = R"json("people": {"u": {"count": 1200}},
    "cluster": {"nodes": {"count": 3, "max_connections": 500}},
    "time": {"warmup": "60s", "drain": "60s"})json";

  const LoadResult twice = load(scenario_with(kFull), {{"/strategies", "[\"multi_active\"]"}});
  const LoadResult once = load(scenario_with(kFull), {{"/strategies", "[\"broadcast\"]"}});

  EXPECT_THAT(findings(once), IsEmpty());
  ASSERT_THAT(findings(twice), ::testing::ElementsAre("S0514 /cluster"));
  EXPECT_THAT(twice.problems[0].message,
              ::testing::HasSubstr("1,500 places for 1,200 clients of up to 2 connections"));
}

TEST(DefaultStrategies, LeaveOutWhatDoesNotListenToAnApplication) {
  const LoadResult result = load(scenario_with(
      R"json("people": {"u": {"count": 20}}, "rooms": {"r": {"count": 2}},
    "traffic": [{"as": "c", "from": "server", "to": "room:r", "rate": "5/s"}])json"));

  ASSERT_TRUE(result.scenario);
  EXPECT_FALSE(result.scenario->strategies.empty());
  for (const StrategySpec& spec : result.scenario->strategies) {
    EXPECT_NE(spec.name, "session_share");
  }
  EXPECT_EQ(findings(result).front(), "S0508 /traffic/0/from");
}

TEST(Lint, IsSilentWhenThereIsEnoughOfEverything) {
  const LoadResult result = load(scenario_with(kBusy), {{"/time/warmup", "60s"},
                                                        {"/time/drain", "60s"},
                                                        {"/traffic/0/rate", "10/s"},
                                                        {"/expect/0/that", "loss.intent < 1%"}});

  EXPECT_THAT(findings(result), IsEmpty());
}

}  // namespace
}  // namespace squall
