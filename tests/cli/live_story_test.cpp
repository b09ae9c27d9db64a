// squall explain of a run on real sockets: a crash takes messages, and the story of one names the
// hop, the rule and the moment, from what was kept of the run. Some seconds of real time.
//
// Nothing here depends on when a message was sent, but for before and after.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Bob's node crashes at once, and he waits half a second before he comes back.
const char* const kCrash = R"json({"squall": 1, "name": "crash",
  "time": {"warmup": "500ms", "measure": "2s", "drain": "2s", "deadline": "1s"},
  "cluster": {"nodes": {"count": 2}},
  "client": {"backoff": {"kind": "fixed", "first": "800ms"}},
  "clients": {"alice": {"on": "n1"}, "bob": {"on": "n2"}},
  "script": [{"at": "500ms", "do": "crash", "on": "n2", "for": "100ms", "as": "crash"},
             {"at": "50ms", "do": "send", "by": "alice", "to": "user:bob", "repeat": 30,
              "every": "50ms"}],
  "strategies": ["broadcast"]})json";

// The run's own times, without them.
std::string timeless(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(-?\d+\.\d+ (s|ms|us)|\d+ ns)"), "TIME");
}

// "... at 0.734512 s": the first time that follows `word`.
double time_after(const std::string& text, const std::string& word) {
  std::smatch found;
  const std::string rest = text.substr(std::min(text.find(word), text.size()));
  return std::regex_search(rest, found, std::regex(R"((-?\d+\.\d+) s)")) ? std::stod(found[1]) : -1;
}

class LiveStory : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    squall_ = new Squall;
    squall_->folder().write("crash.json", kCrash);
    (*squall_)({"run", "crash.json", "--engine", "live", "-q"});
  }
  static void TearDownTestSuite() {
    delete squall_;
    squall_ = nullptr;
  }
  static ProcessResult explain(Words words) {
    words.insert(words.begin(), {"explain", "latest"});
    return (*squall_)(words);
  }

  static Squall* squall_;
};
Squall* LiveStory::squall_ = nullptr;

TEST_F(LiveStory, of_a_lost_message_names_hop_rule_and_moment) {
  const ProcessResult told = explain({"--lost", "reconnect_gap"});

  ASSERT_EQ(told.exit_code, 0) << told.err;
  const std::string text = timeless(told.out);
  EXPECT_THAT(text, HasSubstr("bob: LOST, reconnect_gap, billed to fault:crash (crash)"));
  EXPECT_THAT(text, HasSubstr("rule      not_there: the recipient was between connections"));
  EXPECT_THAT(text, HasSubstr("nowhere: there was no session"));
  EXPECT_THAT(text, HasSubstr("alice > n1"));
  EXPECT_THAT(text, HasSubstr("as both ends of every hop wrote it down; all 30 messages "));
  EXPECT_THAT(text, HasSubstr("squall explain latest --message "));
  const double lost = time_after(told.out, "LOST");
  EXPECT_GT(lost, 0.5) << told.out;
  EXPECT_LT(lost, 1.6) << told.out;
}

TEST_F(LiveStory, of_a_delivered_message_ends_with_who_read_it) {
  const ProcessResult told = explain({"--message", "1", "--user", "bob"});

  ASSERT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, Not(HasSubstr("LOST")));
  EXPECT_THAT(told.out, HasSubstr("broker"));
  EXPECT_THAT(told.out, HasSubstr("bob"));
}

TEST_F(LiveStory, is_drawn_as_those_of_virtual_time) {
  const ProcessResult told = explain({"--lost", "any", "--svg", "a.html", "--mermaid", "a.mmd"});

  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(squall_->folder().read("a.html"), HasSubstr("<svg"));
  EXPECT_THAT(squall_->folder().read("a.mmd"), HasSubstr("sequenceDiagram"));
}

TEST_F(LiveStory, that_is_not_there_is_exit_2_and_says_how_much_is_kept) {
  const ProcessResult other = explain({"--lost", "split_room"});
  const ProcessResult beyond = explain({"--message", "31"});
  const ProcessResult page = explain({"--lost", "any", "--replay", "page.html"});

  EXPECT_EQ(other.exit_code, 2);
  EXPECT_EQ(beyond.exit_code, 2);
  EXPECT_THAT(beyond.err, HasSubstr("all 30 messages of the run are kept"));
  EXPECT_EQ(page.exit_code, 2);
  EXPECT_THAT(page.err, HasSubstr("--replay plays the run again"));
}

}  // namespace
}  // namespace squall::testing
