// squall explain and squall why with the real binary: a stored run is told and weighed, words are
// explained, mistakes end with 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const char* const kCut = R"json({"squall": 1, "name": "cut",
  "time": {"warmup": "5s", "measure": "20s", "drain": "40s"},
  "cluster": {"nodes": {"count": 2}},
  "client": {"backoff": {"kind": "fixed", "first": "5s"}},
  "clients": {"alice": {"on": "n1"}, "bob": {"on": "n2"}},
  "script": [{"at": "1s", "as": "cut", "do": "disconnect", "by": "bob", "how": "abort"},
             {"at": "2s", "do": "send", "by": "alice", "to": "user:bob", "repeat": 5,
              "every": "10ms"}],
  "strategies": ["broadcast"]})json";

void run_cut(const Squall& squall) {
  squall.folder().write("cut.json", kCut);
  squall({"run", "cut.json", "-n", "2", "-q"});
}

TEST(ExplainCommand, tells_why_a_pair_was_lost_and_draws_it) {
  const Squall squall;
  run_cut(squall);

  const ProcessResult told =
      squall({"explain", "latest", "--lost", "reconnect_gap", "--nth", "2", "--svg", "a.html",
              "--mermaid", "a.mmd", "--trace", "a.trace"});

  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("bob: LOST, reconnect_gap, billed to fault:cut"));
  EXPECT_THAT(told.out, HasSubstr("rule      not_there: "));
  EXPECT_THAT(squall.folder().read("a.html"), HasSubstr("<svg"));
  EXPECT_THAT(squall.folder().read("a.mmd"), StartsWith("sequenceDiagram"));
  EXPECT_THAT(squall.folder().read("a.trace"), HasSubstr("LOST"));
}

TEST(ExplainCommand, played_to_the_end_it_has_the_stored_fingerprint_and_says_the_same) {
  const Squall squall;
  run_cut(squall);

  const ProcessResult soon = squall({"explain", "latest", "--message", "1"});
  const ProcessResult late = squall({"explain", "latest", "--message", "1", "--to-the-end"});

  EXPECT_THAT(late.out, HasSubstr("played to its end: the stored fingerprint"));
  EXPECT_EQ(soon.out.substr(0, soon.out.find("checked")),
            late.out.substr(0, late.out.find("checked")));
}

// The story ends when its message is settled, which no limit of the run has to do with.
TEST(ExplainCommand, a_limit_of_events_makes_no_other_run) {
  const Squall squall;
  std::string longer = kCut;  // so that it goes on when the message is settled
  longer.replace(longer.find("\"repeat\": 5"), 11, "\"repeat\": 900");
  squall.folder().write("cut.json", longer);
  squall({"run", "cut.json", "-n", "1", "-q", "--max-events", "100000000"});

  const ProcessResult told = squall({"explain", "latest", "--lost"});
  const ProcessResult page = squall({"explain", "latest", "--replay", "a.html"});

  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("played until it was settled"));
  EXPECT_EQ(page.exit_code, 0) << page.err;
}

TEST(ExplainCommand, explains_words) {
  const Squall squall;
  for (const char* word : {"S0503", "reconnect_gap", "loss.intent"}) {
    const ProcessResult told = squall({"explain", word});
    EXPECT_EQ(told.exit_code, 0) << told.err;
    EXPECT_THAT(told.out, StartsWith(word));
  }
}

TEST(ExplainCommand, mistakes_are_exit_2_and_name_the_fix) {
  const Squall squall;
  run_cut(squall);
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"explain", "nothing"}, "squall list causes"},
      {{"explain", "latest"}, "--lost"},
      {{"explain", "latest", "--message", "x"}, "not a number"},
      {{"explain", "latest", "--lost", "reconect_gap"}, "reconnect_gap"},
      {{"explain", "latest", "--lost", "--user", "eve"}, "nobody is called that"},
      {{"explain", "latest", "--lost", "-s", "routed"}, "no strategy \"routed\" in this run"},
      {{"explain", "latest", "--message", "999999"}, "--lost names one that was lost"},
      {{"explain", "latest", "--lost", "--seed", "9"}, "its seeds: 1 and 2"},
      {{"explain", "latest", "--replay", "a.html", "--seed", "9"}, "its seeds: 1 and 2"},
      {{"explain", "nowhere", "--lost"}, "squall list runs"},
      {{"why", "nowhere"}, "squall list runs"},
      {{"why", "latest", "-s", "routed"}, "no strategy \"routed\" in this run"}};
  for (const auto& [words, sentence] : mistakes) {
    const ProcessResult result = squall(words);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, HasSubstr(sentence));
  }
}

TEST(WhyCommand, says_what_the_fault_cost_as_text_and_as_json) {
  const Squall squall;
  run_cut(squall);

  const ProcessResult text = squall({"why", "latest"});
  const auto document = as_one_document(squall({"why", "latest", "--json"}).out);

  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("without cut"));
  EXPECT_THAT(text.out, HasSubstr("-100 points [-100, -100]"));
  EXPECT_EQ(document[0]["faults"][0]["saved"], 1.0);
}

}  // namespace
}  // namespace squall::testing
