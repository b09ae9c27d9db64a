// squall run --engine live and both: what is kept of a run that is stopped, how it is reproduced,
// and how it ends when the engines disagree. Runs the real binary, some seconds of real time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// As many messages as `repeat`, fifty milliseconds apart.
std::string talk(const std::string& measure, const std::string& repeat,
                 const std::string& more = "") {
  return R"({
  "squall": 1, "name": "talk", "why": "Alice talks to Bob.",
  "time": { "warmup": "200ms", "measure": ")" +
         measure + R"(", "drain": "1s", "deadline": "1s" },
  "cluster": { "nodes": { "count": 2 } },
  "clients": { "alice": { "on": "n1", "rooms": ["lobby"] },
               "bob": { "on": "n2", "rooms": ["lobby"] } },
  "script": [ { "at": "100ms", "do": "send", "by": "alice", "to": "user:bob", "size": "128B",
                "repeat": )" +
         repeat + R"(, "every": "50ms" } ])" + more + "\n}\n";
}

TEST(LiveCommand, a_run_that_is_stopped_keeps_what_it_had_measured_and_is_marked) {
  const Squall squall;
  squall.folder().write("talk.json", talk("100s", "1900"));
  bool sent = false;

  const ProcessResult result = squall.watched(
      {"run", "talk.json", "--engine", "live", "-s", "broadcast", "--progress", "json"},
      [&](pid_t child, const std::string& err) {
        if (sent || err.find("\"time_s\":") == std::string::npos) return;
        sent = true;
        ::kill(child, SIGINT);
      });

  EXPECT_EQ(result.exit_code, 130);
  const auto stored = as_one_document(squall.folder().read(squall.newest_run() + "/result.json"));
  ASSERT_TRUE(stored.is_object()) << result.err;
  EXPECT_EQ(stored["complete"], false);
  EXPECT_THAT(stored["problems"].dump(), HasSubstr("of a measure of 100.000 s"));
  EXPECT_THAT(stored["problems"].dump(), HasSubstr("interrupted by SIGINT"));
  const auto& metrics = stored["results"][0]["metrics"];
  EXPECT_GT(metrics["pairs.owed"]["mean"], 0);
  EXPECT_EQ(metrics["pairs.lost"]["mean"], 0);
  EXPECT_EQ(metrics["ledger.unresolved"]["mean"], 0);
}

TEST(LiveCommand, what_reproduces_a_live_run_names_the_engine_and_is_quoted_for_a_shell) {
  const Squall squall;
  squall.folder().write("it's talk.json",
                        talk("500ms", "5", R"(, "expect": [ { "that": "pairs.owed == 0" } ])"));

  const ProcessResult result =
      squall({"run", "it's talk.json", "--engine", "live", "-s", "broadcast", "--forward", "http"});

  EXPECT_THAT(result.err,
              HasSubstr(R"(squall run 'it'\''s talk.json' --strategy broadcast --seed 1)"
                        " --reps 1 --engine live --forward http\n"));
}

// The simulated line takes half a second; loopback does not.
TEST(LiveCommand, engines_that_disagree_are_exit_1_and_say_where) {
  const Squall squall;
  squall.folder().write("talk.json", R"json({
  "squall": 1, "name": "talk", "why": "People with bad lines.",
  "time": { "warmup": "1s", "measure": "2s", "drain": "3s", "deadline": "2s" },
  "cluster": { "nodes": { "count": 2 } },
  "people": { "p": { "count": 30, "arrive": "uniform(0s,100ms)", "drop": "exp(2s)" } },
  "rooms": { "r": { "count": 1 } },
  "traffic": [ { "as": "chat", "from": "member", "to": "room:r", "rate": "50/s" } ]
})json");

  const ProcessResult result = squall({"run", "talk.json", "--engine", "both", "-s", "broadcast",
                                       "--set", "/cluster/net/client_node=500ms"});

  // On a machine that is busy the live run is INVALID first of all.
  EXPECT_THAT(last_line(result.err),
              AnyOf(StartsWith("exit 1: the engines disagree, sim / live: talk, broadcast: "),
                    StartsWith("exit 3: INVALID: ")));
  EXPECT_THAT(result.out, HasSubstr("the engines disagree, sim / live, about broadcast: "));
  EXPECT_THAT(result.out, HasSubstr("loss "));
}

// Lines of 45 ms are not those that both engines can be given.
TEST(LiveCommand, what_only_the_delays_of_the_scenario_bring_about_is_not_judged_in_both) {
  const Squall squall;
  squall.folder().write("talk.json", talk("500ms", "5", R"(, "expect": [
    { "that": "latency.delivered.p50 > 10ms" }, { "that": "pairs.lost == 0" } ])"));

  const ProcessResult result = squall({"run", "talk.json", "--engine", "both", "-s", "broadcast"});

  EXPECT_THAT(result.out,
              HasSubstr("not judged  latency.delivered.p50 > 10ms: holds with the delays of the "
                        "scenario, not with those of the comparison\n"));
  EXPECT_THAT(result.out, HasSubstr("1 passed"));
  EXPECT_THAT(last_line(result.err), AnyOf(Not(StartsWith("exit ")), StartsWith("exit 3: INVALID")))
      << result.err;
}

// A message of one byte has to say on sockets which it is.
TEST(LiveCommand, messages_are_as_large_in_both_engines_as_sockets_need_them) {
  const Squall squall;
  std::string text = talk("500ms", "5");
  text.replace(text.find("128B"), 4, "1B");
  squall.folder().write("talk.json", text);

  const ProcessResult result =
      squall({"run", "talk.json", "--engine", "both", "-s", "broadcast", "--dry-run", "-v"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\"size\": \"26B\""));
}

TEST(LiveCommand, what_does_not_hold_with_any_delays_is_judged_in_both) {
  const Squall squall;
  squall.folder().write("talk.json",
                        talk("500ms", "5", R"(, "expect": [ { "that": "pairs.owed == 0" } ])"));

  const ProcessResult result = squall({"run", "talk.json", "--engine", "both", "-s", "broadcast",
                                       "--set", "/cluster/net/client_node=100us"});

  EXPECT_THAT(last_line(result.err), AnyOf(StartsWith("exit 1: 2 of 2 expectations failed"),
                                           StartsWith("exit 3: INVALID")));
  EXPECT_THAT(result.out, Not(HasSubstr("not judged")));
  // What the user sets stands once, so that the line can be played.
  EXPECT_THAT(result.err, HasSubstr("--set /cluster/net/client_node=100us"));
  EXPECT_THAT(result.err, Not(HasSubstr("client_node=50us")));
}

// And every file holds both results, each with its engine.
TEST(LiveCommand, both_engines_are_given_the_delays_of_loopback) {
  const Squall squall;
  squall.folder().write("talk.json", talk("500ms", "5"));

  const ProcessResult result =
      squall({"run",    "talk.json", "--engine", "both",     "-s",          "broadcast",
              "--json", "--report",  "r.html",   "--report", "r.csv",       "--report",
              "r.json", "--report",  "r.xml",    "--report", "r.md",        "--report",
              "r.txt",  "--report",  "r.om",     "--report", "r.otlp.jsonl"});

  const auto file = [&](const char* name) { return squall.folder().read(name); };
  EXPECT_THAT(file("r.html"), AllOf(HasSubstr("talk (sim)"), HasSubstr("talk (live)")));
  EXPECT_THAT(file("r.csv"), AllOf(StartsWith("run,engine,scenario,"), HasSubstr("\n1,sim,talk,"),
                                   HasSubstr("\n2,live,talk,")));
  EXPECT_EQ(as_one_document(file("r.json")).size(), 2U);
  for (const char* name : {"r.xml", "r.md", "r.txt"}) {
    EXPECT_THAT(file(name), AllOf(HasSubstr("virtual time"), HasSubstr("real sockets"))) << name;
  }
  EXPECT_THAT(file("r.om"), AllOf(HasSubstr("engine=\"sim\""), HasSubstr("engine=\"live\"")));
  EXPECT_THAT(file("r.otlp.jsonl"), AllOf(HasSubstr("\"sim\""), HasSubstr("\"live\"")));

  const auto document = as_one_document(result.out);
  ASSERT_TRUE(document.is_array()) << result.err;
  for (const auto& one : document) {
    EXPECT_EQ(one["scenario"]["cluster"]["net"]["client_node"], "50us");
    EXPECT_EQ(one["scenario"]["cluster"]["nodes"]["cost_profile"], "beast-plain");
  }
}

TEST(LiveCommand, a_baseline_holds_the_result_of_one_engine) {
  const Squall squall;
  squall.folder().write("talk.json", talk("500ms", "5"));

  for (const char* flag : {"--save-baseline", "--baseline", "--baseline-optional"}) {
    const ProcessResult result = squall({"run", "talk.json", "--engine", "both", flag, "main"});

    EXPECT_EQ(result.exit_code, 2) << flag;
    EXPECT_THAT(result.err, HasSubstr("--engine both makes two results, and a baseline holds one"));
  }
}

}  // namespace
}  // namespace squall::testing
