// Every command that squall shows plays again exactly what was played: equal fingerprints, with a
// strategy of the scenario's own, values that were set, and seeds that do not begin with 1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// `mine` is a preset that has been changed; a command that named the preset would play another.
std::string scenario(const std::string& strategies) {
  return R"json({"squall": 1, "name": "shown",
  "time": { "warmup": "5s", "measure": "20s", "drain": "40s" },
  "cluster": { "nodes": { "count": 2 } },
  "people": { "users": { "count": 20, "drop": "exp(10s)"
}
},
  "traffic": [ { "as": "dm", "to": "user:online", "rate": "5/s" } ],
  "script": [ { "at": "5s", "as": "crash", "do": "crash", "on": "n1", "for": "2s" } ],
  "strategies": )json" +
         strategies + R"json(, "expect": [ { "that": "pairs.owed == 0" } ] })json";
}

const std::string kMine = R"([{"use": "broadcast", "local_shortcut": true, "as": "mine"}])";

// What stands behind `lead`, up to the end of the line.
std::string line_behind(const std::string& text, const std::string& lead) {
  const std::size_t at = text.find(lead);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + lead.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

// Without the first word, which is squall.
Words arguments_of(const std::string& command) {
  Words words = shell_words(command);
  if (!words.empty()) words.erase(words.begin());
  return words;
}

struct ShownCommand : ::testing::Test {
  Squall squall;

  // Strategy -> fingerprints of what a `run` of these words plays.
  nlohmann::json played(Words words) const {
    words.insert(words.end(), {"--json", "--no-save", "-q"});
    const ProcessResult result = squall(words);
    nlohmann::json fingerprints;
    for (const auto& one : as_one_document(result.out).value("results", nlohmann::json::array())) {
      fingerprints[one.at("strategy").get<std::string>()] = one.at("fingerprints");
    }
    EXPECT_FALSE(fingerprints.empty()) << result.err;
    return fingerprints;
  }
};

TEST_F(ShownCommand, of_a_run_that_failed_plays_it_again) {
  squall.folder().write("shown.json", scenario(kMine));
  const Words words{"run",    "shown.json", "-n",    "2",
                    "--seed", "7",          "--set", "/people/users/count=30"};

  const std::string command = line_behind(squall(words).err, "reproduce  ");

  EXPECT_THAT(command, HasSubstr("--strategy mine"));
  EXPECT_EQ(played(arguments_of(command)), played(words));
}

TEST_F(ShownCommand, of_a_comparison_without_an_open_gate_names_who_was_played) {
  squall.folder().write("shown.json", scenario(R"(["broadcast", "routed", "sticky_hash"])"));
  const Words base{"run", "shown.json", "-n", "2", "-s", "routed"};
  Words fresh = base;
  fresh.insert(fresh.end(), {"--set", "/people/users/count=30"});
  squall({"run", "shown.json", "-n", "2", "-s", "routed", "-q"});
  const std::string first = squall.newest_run();
  Words stored = fresh;
  stored.push_back("-q");
  squall(stored);

  const std::string out = squall({"compare", first, "latest", "--accept-scenario"}).out;
  const std::string command = line_behind(out, "reproduce: ");

  EXPECT_EQ(played(arguments_of(command)), played(fresh)) << out;
}

TEST_F(ShownCommand, of_a_counterfactual_sets_no_pointer_twice) {
  squall.folder().write("shown.json", scenario(kMine));
  squall({"run", "shown.json", "-n", "1", "-q", "--set", "/people/users/drop=exp(5s)"});

  const std::string out = squall({"why", "latest"}).out;
  const std::string command = line_behind(out, "without the drops of users:\n      ");

  EXPECT_THAT(command, Not(HasSubstr("exp(5s)")));
  EXPECT_EQ(played(arguments_of(command)),
            played({"run", "shown.json", "-n", "1", "--set", "/people/users/drop=never"}));
}

TEST_F(ShownCommand, of_a_missing_baseline_says_all_that_was_asked_for) {
  squall.folder().write("shown.json", scenario(kMine));

  const ProcessResult result = squall({"run", "shown.json", "-n", "2", "-s", "mine", "--seed", "7",
                                       "--set", "/people/users/count=30", "--baseline", "main"});

  EXPECT_EQ(line_behind(result.err, "create it: "),
            "squall run shown.json --strategy mine --set /people/users/count=30 --seed 7 --reps 2 "
            "--save-baseline main");
}

}  // namespace
}  // namespace squall::testing
