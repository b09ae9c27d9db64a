// One rule for lists on every command: no place in it is empty, nothing stands twice, and what is
// not known is said with what is; exit 2, and nothing is played.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/model/word_list.hpp"
#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

struct Bad {
  const char* list;
  const char* words;
};
constexpr Bad kBad[] = {
    {",", "a place in the list is empty"},
    {"routed,,broadcast", "a place in the list is empty"},
    {"routed,", "a place in the list is empty"},
    {"routed,routed", "\"routed\" is named twice; leave one out"},
    {"", "--strategy is empty"},
};

TEST(WordLists, have_one_rule_on_every_command_that_plays) {
  const Squall squall;
  const std::vector<Words> commands = {{"run", "small.json", "--dry-run"},
                                       {"sweep", "small.json", "--grid", "/time/drain=60s,70s"},
                                       {"size", "small.json"},
                                       {"predict", "small.json"},
                                       {"agreement", "small.json"},
                                       {"why", "latest"},
                                       {"compare", "latest", "latest"}};
  for (const Words& command : commands) {
    for (const Bad& bad : kBad) {
      Words words = command;
      words.insert(words.end(), {"-s", bad.list});

      const ProcessResult result = squall(words);

      EXPECT_EQ(result.exit_code, 2) << command[0] << " -s " << bad.list;
      EXPECT_THAT(result.err, HasSubstr(bad.words)) << command[0] << " -s " << bad.list;
    }
  }
}

TEST(WordLists, of_verbs_and_of_servers_have_it_too) {
  const Squall squall;

  const ProcessResult verbs = squall({"explore", "small.json", "--faults", "crash,,drain"});
  const ProcessResult twice =
      squall({"explore", "small.json", "--faults", "crash", "--faults", "crash"});
  const ProcessResult servers =
      squall({"attach", "small.json", "--dialect", "socketio", "--target", "ws://a:1,,ws://b:1"});

  for (const ProcessResult* const result : {&verbs, &servers}) {
    EXPECT_EQ(result->exit_code, 2) << result->err;
    EXPECT_THAT(result->err, HasSubstr("a place in the list is empty"));
  }
  EXPECT_EQ(twice.exit_code, 2) << twice.err;
  EXPECT_THAT(twice.err, HasSubstr("\"crash\" is named twice"));
}

TEST(WordLists, of_a_stored_run_name_what_it_has_played) {
  const Squall squall;
  ASSERT_EQ(squall({"run", "small.json", "-n", "1", "-q", "-s", "routed,broadcast"}).exit_code, 0);

  for (const Words& command : {Words{"why", "latest"}, Words{"explain", "latest", "--lost"},
                               Words{"report", "latest", "-o", "x.perfetto-trace"}}) {
    Words words = command;
    words.insert(words.end(), {"-s", "ruoted"});

    const ProcessResult result = squall(words);

    EXPECT_EQ(result.exit_code, 2) << command[0];
    EXPECT_THAT(result.err, HasSubstr("--strategy: no strategy \"ruoted\" in this run, which has "
                                      "routed, broadcast; did you mean \"routed\"?"))
        << command[0];
  }
}

TEST(WordLists, are_split_at_commas_and_nowhere_else) {
  EXPECT_EQ(word_list("a,b c").words, (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(word_list("a,b").complaint, "");
  EXPECT_EQ(unknown_in({"a"}, {"a", "b"}, "thing", "here"), "");
}

}  // namespace
}  // namespace squall::testing
