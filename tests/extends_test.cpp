// Scenarios that extend another one: what is taken over, what is said otherwise, and in which file
// a complaint is at home.
#include "scenarios/model/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/place.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall {
namespace {

using ::testing::ElementsAre;
using testing::findings;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load;
using testing::scenario_with;

// A folder with a base, and scenarios that lie beside it.
class Extends : public ::testing::Test {
 protected:
  LoadResult load_beside(const std::string& text) const {
    return load_scenario_text(text, folder_.path() / "own.json", {}, testing::vocabulary());
  }

  static std::string over(const std::string& base, const std::string& more = "") {
    return scenario_with(R"("extends": ")" + base + "\"" + (more.empty() ? "" : ", " + more));
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Extends, TakesOverWhatABuiltInOneSays) {
  const LoadResult base = load_scenario(testing::source_path("scenarios/faults/crash-process.json"),
                                        {}, testing::vocabulary());

  const LoadResult result = load(over("crash-process"));

  ASSERT_TRUE(base.scenario);
  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  EXPECT_EQ(result.scenario->name, "test");
  EXPECT_THAT(result.scenario->why, IsEmpty());
  ASSERT_EQ(result.scenario->script.size(), base.scenario->script.size());
  EXPECT_EQ(result.scenario->script[0].at, base.scenario->script[0].at);
  EXPECT_EQ(result.scenario->cluster.nodes.count, base.scenario->cluster.nodes.count);
}

TEST_F(Extends, LaysObjectsOverEachOtherAndTakesNullAway) {
  folder_.write("base.json", scenario_with(R"("time": {"measure": "5s", "drain": "7s"},
      "people": {"a": {"count": 2}, "b": {"count": 3}},
      "traffic": [{"as": "t", "to": "user:online", "rate": "1/s"},
                  {"as": "u", "to": "user:online", "rate": "2/s"}])"));

  const LoadResult result = load_beside(over("base.json", R"("time": {"measure": "6s"},
      "people": {"a": null, "c": {"count": 4}},
      "traffic": [{"as": "v", "to": "user:online", "rate": "3/s"}])"));

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  EXPECT_EQ(result.scenario->time.measure, 6s);
  EXPECT_EQ(result.scenario->time.drain, 7s);
  ASSERT_EQ(result.scenario->people.size(), 2U);
  EXPECT_EQ(result.scenario->people[0].name, "b");
  EXPECT_EQ(result.scenario->people[1].name, "c");
  ASSERT_EQ(result.scenario->traffic.size(), 1U);
  EXPECT_EQ(result.scenario->traffic[0].name, "v");
}

TEST_F(Extends, ChangesAParameterOfTheBase) {
  folder_.write("base.json",
                scenario_with(R"("params": {"n": 4}, "cluster": {"nodes": {"count": "$n"}})"));

  const LoadResult result = load_beside(over("base.json", R"("params": {"n": 5})"));

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  EXPECT_EQ(result.scenario->cluster.nodes.count, 5);
}

TEST_F(Extends, DropsAParameterWhosePlaceItFillsAndComplainsOfItsOwn) {
  folder_.write("base.json",
                scenario_with(R"("params": {"n": 4}, "cluster": {"nodes": {"count": "$n"}})"));

  const LoadResult result = load_beside(over("base.json", R"("cluster": {"nodes": {"count": 5}})"));

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  EXPECT_THAT(findings(result), IsEmpty());
  EXPECT_THAT(findings(load(result.scenario->source_text)), IsEmpty());
  EXPECT_THAT(findings(load_beside(
                  over("base.json", R"("params": {"n": 6}, "cluster": {"nodes": {"count": 5}})"))),
              ElementsAre("S0302 /params/n"));
}

TEST_F(Extends, IsKeptAsAScenarioThatNeedsNoOther) {
  folder_.write("base.json",
                scenario_with(R"("params": {"n": 4}, "cluster": {"nodes": {"count": "$n"}})"));

  const LoadResult result = load_beside(over("base.json", R"("params": {"n": 5})"));
  ASSERT_TRUE(result.scenario);
  const LoadResult again = load(result.scenario->source_text);

  ASSERT_TRUE(again.scenario) << render(again.problems, result.scenario->source_text);
  EXPECT_EQ(again.scenario->resolved_json, result.scenario->resolved_json);
}

TEST_F(Extends, ComplainsInTheFileThatSaysIt) {
  folder_.write("base.json",
                "{\"squall\": 1, \"name\": \"base\",\n \"time\": {\"measure\": \"5 s\"}}");

  const std::string text = over("base.json", R"("people": {"a": {"count": -1}})");
  const LoadResult result = load_beside(text);

  ASSERT_EQ(result.problems.size(), 2U);
  const std::string words = render(result.problems, text);
  EXPECT_THAT(words, HasSubstr("own.json:1:"));
  EXPECT_THAT(words, HasSubstr("base.json:2:22: error S0204"));
  EXPECT_THAT(words, HasSubstr("2 |  \"time\": {\"measure\": \"5 s\"}}"));
}

TEST_F(Extends, ComplainsOfABaseThatIsNoJson) {
  folder_.write("base.json", "{\"squall\": 1,\n \"name\": }");

  const LoadResult result = load_beside(over("base.json"));

  ASSERT_THAT(findings(result), ElementsAre("S0100 "));
  EXPECT_THAT(render(result.problems, ""), HasSubstr("base.json:2:10: error S0100"));
}

TEST_F(Extends, RefusesASecondLevelItselfAndWhatIsNotThere) {
  folder_.write("own.json", over("own.json"));
  folder_.write("base.json", over("crash-process"));
  std::filesystem::create_directory(folder_.path() / "folder");

  for (const char* base : {"own.json", "base.json", "folder", "crash-proces", ""}) {
    EXPECT_THAT(findings(load_beside(over(base))), ElementsAre("S0337 /extends")) << base;
  }
  EXPECT_THAT(findings(load(scenario_with(R"("extends": null)"))), ElementsAre("S0337 /extends"));
}

TEST_F(Extends, LeavesNameAndVersionToTheFileItself) {
  folder_.write("base.json", scenario_with(""));

  EXPECT_THAT(findings(load_beside(R"({"extends": "base.json"})")),
              ElementsAre("S0102 ", "S0102 "));
}

}  // namespace
}  // namespace squall
