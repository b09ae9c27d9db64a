// squall sweep --bisect: finds the value at which an expectation changes. Runs the real binary.
// The threshold is known from the scenario: how many messages are sent is how many pairs are owed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/support/sweep.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

// As the small scenario, with parameters. One pair is owed per message; the crash comes late.
constexpr const char* kCounted = R"({
  "squall": 1, "name": "counted", "why": "as many messages as a parameter says",
  "params": { "messages": 10, "gap": "10ms", "deadline": "5s" },
  "time": { "warmup": "1s", "measure": "60s", "drain": "40s", "deadline": "$deadline" },
  "cluster": { "nodes": { "count": 2 } },
  "clients": { "alice": { "on": "n1", "rooms": ["lobby"] },
               "bob": { "on": "n2", "rooms": ["lobby"] } },
  "script": [ { "at": "1s", "do": "send", "by": "alice", "to": "user:bob", "size": "128B",
                "repeat": "$messages", "every": "$gap" } ]
})";

class SweepBisect : public ::testing::Test {
 protected:
  SweepBisect() { squall_.folder().write("counted.json", kCounted); }

  ProcessResult bisect(const std::string& range, const std::string& until,
                       const Words& more = {}) const {
    Words words{"sweep", "counted.json", "--bisect",         range,        "--until", until, "-n",
                "2",     "-s",           "routed,broadcast", "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return squall_(words);
  }
  // below and above of the first strategy
  std::pair<std::string, std::string> bracket(const ProcessResult& result) const {
    const auto first = as_one_document(result.out)["results"][0];
    return {first["below"]["value"], first["above"]["value"]};
  }

  Squall squall_;
};

TEST_F(SweepBisect, a_whole_number_is_found_exactly) {
  const ProcessResult result = bisect("/params/messages=1..1000", "pairs.owed <= 37", {"--json"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(bracket(result), (std::pair<std::string, std::string>{"37", "38"}));
  const auto document = as_one_document(result.out);
  EXPECT_EQ(document["results"].size(), 2U);
  EXPECT_LE(document["results"][0]["probes"].size(), 2U + 10U);
}

TEST_F(SweepBisect, it_also_finds_where_something_begins_to_hold) {
  const ProcessResult result = bisect("/params/messages=1..1000", "pairs.owed > 500", {"--json"});

  EXPECT_EQ(bracket(result), (std::pair<std::string, std::string>{"500", "501"}));
}

// 10 messages, `gap` apart, from 1 s on; measure ends at 60 s: all ten are born in it while nine
// gaps are shorter than 59 s.
TEST_F(SweepBisect, a_duration_is_found_within_a_hundredth_of_the_range) {
  const ProcessResult result = bisect("/params/gap=1s..10s", "pairs.owed >= 10", {"--json"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(bracket(result), (std::pair<std::string, std::string>{"6550ms", "6560ms"}));
}

TEST_F(SweepBisect, the_text_says_on_which_side_it_holds) {
  const ProcessResult result = bisect("/params/messages=1..100", "pairs.owed <= 37");

  EXPECT_THAT(result.out, HasSubstr("routed     holds up to 37 (37), not from 38 (38)"));
}

TEST_F(SweepBisect, an_expectation_may_be_narrowed_as_in_a_scenario) {
  const ProcessResult result = bisect(
      "/params/messages=1..100", R"({ "that": "pairs.owed <= 37", "seeds": "all" })", {"--json"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(bracket(result), (std::pair<std::string, std::string>{"37", "38"}));
}

TEST_F(SweepBisect, ends_of_the_same_truth_are_exit_3_and_shown) {
  const ProcessResult result = bisect("/params/messages=1..10", "pairs.owed <= 37");

  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, HasSubstr("holds at both ends, 1 (1) and 10 (10)"));
  EXPECT_THAT(last_line(result.err), HasSubstr("2 of 2 strategies"));
}

TEST_F(SweepBisect, bad_command_lines_are_refused_and_name_the_flag) {
  struct Case {
    const char *range, *until, *said;
  };
  const std::array cases{
      Case{"/params/messages=5", "pairs.owed <= 37", "--bisect /params/messages=5"},
      Case{"/params/messages=9..5", "pairs.owed <= 37", "--bisect /params/messages=9..5"},
      Case{"/params/messages=1..5s", "pairs.owed <= 37", "--bisect /params/messages=1..5s"},
      Case{"/params/massages=1..5", "pairs.owed <= 37", "--bisect /params/massages=1"},
      Case{"/params/messages=1..5", "pairs.owned <= 37", "pairs.owed"},
      Case{"/params/messages=1..5", "pairs.owed 37", "one of =="},
      Case{"/params/messages=1..5", "", "--until is empty"},
  };

  for (const Case& one : cases) {
    const ProcessResult result = bisect(one.range, one.until);

    EXPECT_EQ(result.exit_code, 2) << one.said;
    EXPECT_THAT(result.err, HasSubstr(one.said));
  }
}

TEST_F(SweepBisect, it_goes_with_no_grid) {
  const ProcessResult result =
      bisect("/params/messages=1..5", "pairs.owed <= 3", {"--grid", "/params/gap=1s,2s"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--bisect goes with neither --grid nor --resume"));
}

}  // namespace
}  // namespace squall::testing
