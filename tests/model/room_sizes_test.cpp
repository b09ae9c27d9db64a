// Room sizes that stand in a file beside the scenario: what is read, and what is said of a mistake
// in it, with the file, the line and the column.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/place.hpp"
#include "tests/support/play.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using Sizes = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

std::string scenario(const std::string& sizes) {
  return scenario_with(R"("time": {"warmup": "5s", "measure": "20s", "drain": "10s"},
    "people": {"u": {"count": 30}},
    "rooms": {"hot": {"sizes": )" +
                       sizes + R"(}},
    "traffic": [{"as": "talk", "to": "room:hot", "rate": "5/s"}])");
}

class RoomSizes : public ::testing::Test {
 protected:
  LoadResult with(const std::string& file) {
    folder_.write("sizes.csv", file);
    folder_.write("scenario.json", scenario(R"("sizes.csv")"));
    return load_scenario((folder_.path() / "scenario.json").string(), {}, vocabulary());
  }
  std::string words(const std::string& file) {
    const LoadResult result = with(file);
    EXPECT_FALSE(result.scenario);
    return render(result.problems, scenario(R"("sizes.csv")"));
  }
  std::string place() const { return (folder_.path() / "sizes.csv").string(); }

  TemporaryFolder folder_;
};

TEST_F(RoomSizes, AreReadFromAFileLineByLine) {
  const LoadResult result = with("members,rooms\n# measured on a Monday\n12, 3\n\n7\n5;2\r\n4 1\n");

  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  EXPECT_EQ(result.scenario->rooms.at(0).sizes, (Sizes{{12, 3}, {7, 1}, {5, 2}, {4, 1}}));
}

TEST_F(RoomSizes, PlayAsIfTheyStoodInTheScenario) {
  const LoadResult file = with("10,2\n5\n5\n");
  ASSERT_TRUE(file.scenario);
  const Scenario list = loaded(scenario("[[10, 2], [5, 1], [5, 1]]"));

  EXPECT_EQ(file.scenario->resolved_json, list.resolved_json);
  EXPECT_EQ(everything(play(*file.scenario, strategy("broadcast"), 1)),
            everything(play(list, strategy("broadcast"), 1)));
}

TEST_F(RoomSizes, ThatAreOthersAreAnotherRun) {
  const auto fingerprint = [&](const std::string& file) {
    const LoadResult result = with(file);
    return result.scenario ? play(*result.scenario, strategy("broadcast"), 1).fingerprint : 0;
  };

  EXPECT_NE(fingerprint("10,2\n10\n"), fingerprint("10,2\n5,2\n"));
}

TEST_F(RoomSizes, AreKeptAsTheyWereRead) {
  const LoadResult result = with("10,3\n");

  ASSERT_TRUE(result.scenario);
  ASSERT_EQ(result.scenario->beside.size(), 1U);
  EXPECT_EQ(result.scenario->beside[0].pointer, "/rooms/hot/sizes");
  EXPECT_EQ(result.scenario->beside[0].text, "10,3\n");
}

// A stored run is played with what was stored, and with nothing else.
TEST_F(RoomSizes, OfAStoredRunComeFromThere) {
  with("10,3\n");
  Vocabulary stored = vocabulary();
  const std::string path = (folder_.path() / "scenario.json").string();
  const std::string text = scenario(R"("sizes.csv")");
  stored.beside = std::map<std::string, std::string>{{"/rooms/hot/sizes", "6,5\n"}};
  const LoadResult there = load_scenario_text(text, path, {}, stored);
  stored.beside->clear();
  const LoadResult gone = load_scenario_text(text, path, {}, stored);

  ASSERT_TRUE(there.scenario);
  EXPECT_EQ(there.scenario->rooms.at(0).sizes, (Sizes{{6, 5}}));
  ASSERT_FALSE(gone.scenario);
  EXPECT_THAT(gone.problems.at(0).message, HasSubstr("was not stored with the run"));
}

TEST_F(RoomSizes, OfAMistakeSayFileLineAndColumn) {
  EXPECT_EQ(words("members\n12\n7, many\n"),
            place() +
                ":3:4: error S0336 \"many\" must be a whole number from 1 to 10000000\n"
                "    3 | 7, many\n"
                "      |    ^^^^ members, or members,rooms\n"
                "      at /rooms/hot/sizes\n");
  EXPECT_THAT(words("0\n"), HasSubstr(":1:1: error S0336 \"0\" must be"));
  EXPECT_THAT(words("12\n1.5\n"), HasSubstr(":2:1: error S0336 \"1.5\" must be"));
  EXPECT_THAT(words("12,,1\n"), HasSubstr(":1:4: error S0336 \"\" must be"));
  EXPECT_THAT(words("12,1,9\n"), HasSubstr(":1:6: error S0336 a third column"));
  EXPECT_THAT(words("members\n# nothing\n"), HasSubstr("there is no size in this file"));
}

TEST_F(RoomSizes, ThatAreNotThereAreComplainedAboutWhereTheyAreNamed) {
  const std::string text = scenario(R"("elsewhere.csv")");
  const LoadResult result =
      load_scenario_text(text, (folder_.path() / "s.json").string(), {}, vocabulary());

  ASSERT_FALSE(result.scenario);
  const std::string words = render(result.problems, text);
  EXPECT_THAT(words, HasSubstr("S0336 cannot read \""));
  EXPECT_THAT(words, HasSubstr("elsewhere.csv"));
  EXPECT_THAT(words, HasSubstr("at /rooms/hot/sizes"));
}

}  // namespace
}  // namespace squall::testing
