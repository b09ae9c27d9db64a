// A measured profile as a file: written and read again, named by a scenario, and what is wrong in
// it. Runs the loader, and the real binary for what a user sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "scenarios/model/calibration.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Calibration measured(const std::string& name) {
  Calibration profile;
  profile.name = name;
  profile.target = "a test", profile.host = "here", profile.cpu = "none";
  profile.versions = "squall", profile.date = "2026-11-28T12:00:00Z", profile.command = "by hand";
  profile.costs.push = 7us, profile.costs.frame_read = 9us;
  profile.plus_minus.push = 1us;
  profile.overhead = {.up = 27, .down = 10, .answer = 0, .echo = true};
  profile.bytes = {64, 4096}, profile.recipients = {1, 200}, profile.pushes = {100, 9000};
  profile.fit = {{"pairs", 0.02, 0.021}};
  profile.scenarios = {"calibrate"};
  return profile;
}

constexpr const char* kScenario = R"({
  "squall": 1, "name": "small",
  "time": {"warmup": "1s", "measure": "2s", "drain": "1s", "deadline": "1s"},
  "cluster": {"nodes": {"count": 2, "cost_profile": "mine.json"}},
  "people": {"u": {"count": 12}},
  "rooms": {"r": {"count": 1}},
  "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "20/s", "size": "100B"}],
  "strategies": ["broadcast"]
})";

TEST(Profile, is_read_as_it_was_written) {
  std::vector<Problem> problems;
  const Calibration given = measured("mine.json");

  const auto read = read_calibration(write_calibration(given), "mine.json", problems);

  ASSERT_TRUE(read) << render(problems, "");
  EXPECT_EQ(read->costs, given.costs);
  EXPECT_EQ(read->plus_minus, given.plus_minus);
  EXPECT_EQ(read->overhead, given.overhead);
  EXPECT_EQ(read->recipients, given.recipients);
  EXPECT_EQ(read->scenarios, given.scenarios);
}

TEST(Profile, gives_what_it_identified_and_leaves_the_rest_to_its_base) {
  add_calibration(measured("given.json"));
  NodeConfig nodes;
  nodes.cost_profile = "given.json";
  nodes.costs.close = 1ms;  // the scenario has the last word

  const CostProfile costs = costs_of(nodes);

  EXPECT_EQ(costs.push, 7us);
  EXPECT_EQ(costs.frame_read, 9us);
  EXPECT_EQ(costs.publish, cost_profile_named("beast-plain")->publish);
  EXPECT_EQ(costs.close, 1ms);
  EXPECT_THAT(costs_in_words(nodes), HasSubstr("calibrated by given.json (a test on here, 2026-"));
  EXPECT_THAT(costs_in_words(nodes), HasSubstr("uncalibrated: handshake, subscribe"));
}

TEST(Profile, says_what_it_has_not_seen) {
  add_calibration(measured("mine.json"));
  Vocabulary known = vocabulary();
  known.cost_profiles.emplace_back("mine.json");
  const std::vector<Override> large = {{"/traffic/0/size", "20KiB"}, {"/people/u/count", "3000"}};

  const LoadResult small = load_scenario_text(kScenario, "s.json", {}, known);
  const LoadResult beyond = load_scenario_text(kScenario, "s.json", large, known);

  ASSERT_TRUE(small.scenario && beyond.scenario);
  EXPECT_THAT(not_validated(*small.scenario), ElementsAre());
  EXPECT_THAT(not_validated(*beyond.scenario),
              ElementsAre(HasSubstr("20480 bytes a message"), HasSubstr("recipients a message"),
                          HasSubstr("pushes a second")));
}

TEST(Profile, that_a_scenario_names_is_used_kept_with_the_run_and_named_in_its_report) {
  const Squall squall;
  squall.folder().write("small.json", kScenario);
  squall.folder().write("mine.json", write_calibration(measured("mine.json")));

  const ProcessResult run = squall({"run", "small.json", "--reps", "1"});
  const ProcessResult again = squall({"replay", "latest"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("costs: calibrated by mine.json"));
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

TEST(Profile, with_a_mistake_is_refused_with_its_place_and_that_of_its_name) {
  const Squall squall;
  squall.folder().write("small.json", kScenario);
  std::string text = write_calibration(measured("mine.json"));
  text.replace(text.find("\"push\""), 6, "\"pusch\"");
  squall.folder().write("mine.json", text);

  const ProcessResult wrong = squall({"run", "small.json"});
  const ProcessResult missing =
      squall({"run", "small.json", "--set", "/cluster/nodes/cost_profile=no.json"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("small.json:4:"));
  EXPECT_THAT(wrong.err, HasSubstr("mine.json:"));
  EXPECT_THAT(wrong.err, HasSubstr("did you mean \"push\"?"));
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("no.json"));
}

TEST(Profile, of_another_scenario_with_the_same_name_and_other_costs_is_refused) {
  const Squall squall;
  const std::string text = write_calibration(measured("mine.json"));
  std::string other = text;
  other.replace(other.find("7us"), 3, "9us");
  std::filesystem::create_directories(squall.folder().path() / "a");
  std::filesystem::create_directories(squall.folder().path() / "b");
  for (const char* const folder : {"a/", "b/"}) {
    squall.folder().write(std::string(folder) + "small.json", kScenario);
    squall.folder().write(std::string(folder) + "mine.json", text);
  }

  const ProcessResult alike = squall({"run", "a/small.json", "b/small.json", "-n", "1", "-q"});
  squall.folder().write("b/mine.json", other);
  const ProcessResult apart = squall({"run", "a/small.json", "b/small.json", "-n", "1", "-q"});

  EXPECT_EQ(alike.exit_code, 0) << alike.err;
  EXPECT_EQ(apart.exit_code, 2);
  EXPECT_THAT(apart.err, HasSubstr("b/small.json:4:"));
  EXPECT_THAT(apart.err, HasSubstr("b/mine.json holds other costs"));
}

}  // namespace
}  // namespace squall::testing
