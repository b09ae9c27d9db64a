// What a valid scenario may not ask for, although each value is in range: refused at load, with a
// place and a figure, and what is just as strange but harmless is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/scenario_text.hpp"

namespace squall {
namespace {

using ::testing::ElementsAre;
using testing::findings;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load;
using testing::scenario_with;

std::vector<std::string> errors_of(const std::string& more) {
  std::vector<std::string> errors;
  const LoadResult result = load(scenario_with(more));
  for (const Problem& problem : result.problems) {
    if (problem.severity == Severity::error) errors.push_back(problem.code + " " + problem.pointer);
  }
  EXPECT_EQ(errors.empty(), result.scenario.has_value());
  return errors;
}

std::string listed(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += (i == 0 ? "" : ",") + text;
  return all;
}

// ---- Loops in which time stands still -----------------------------------------------------------

TEST(Zeno, a_stay_and_an_away_of_no_time_are_refused) {
  const std::string pointer = "S0411 /people/u/stay";
  for (const char* lives : {R"("stay": "0s", "away": "0s")", R"("stay": "1ns", "away": "2ns")",
                            R"x("stay": "exp(1us)", "away": "uniform(0s,5us)")x",
                            R"x("stay": "lognormal(1ns,2)", "away": "0s")x"}) {
    EXPECT_THAT(errors_of(R"("people": {"u": {"count": 5, )" + std::string(lives) + "}}"),
                ElementsAre(pointer))
        << lives;
  }
}

TEST(Zeno, one_of_the_two_may_take_no_time) {
  EXPECT_THAT(errors_of(R"("people": {"u": {"count": 5, "stay": "0s"}})"), IsEmpty());
  EXPECT_THAT(errors_of(R"x("people": {"u": {"count": 5, "stay": "exp(5s)", "away": "0s"}})x"),
              IsEmpty());
  EXPECT_THAT(errors_of(R"("people": {"u": {"count": 5, "stay": "0s", "away": "never"}})"),
              IsEmpty());
}

TEST(Zeno, a_drop_of_no_time_is_refused) {
  for (const char* drop : {"0s", "1ns", "exp(2us)", "uniform(0s,10us)", "lognormal(10ns,1)"}) {
    EXPECT_THAT(errors_of(R"("people": {"u": {"count": 5, "drop": ")" + std::string(drop) + "\"}}"),
                ElementsAre("S0411 /people/u/drop"))
        << drop;
  }
  EXPECT_THAT(errors_of(R"x("people": {"u": {"count": 5, "drop": "exp(1s)"}})x"), IsEmpty());
}

TEST(Zeno, a_population_whose_loops_together_are_too_many_is_refused) {
  EXPECT_THAT(errors_of(R"("people": {"u": {"count": 1000000, "drop": "10ms"}})"),
              ElementsAre("S0411 /people/u/drop"));
  EXPECT_THAT(errors_of(R"x("people": {"u": {"count": 1000000, "drop": "exp(10m)"}})x"), IsEmpty());
}

TEST(Zeno, attempts_that_take_no_time_are_refused_whatever_the_kind_of_back_off) {
  const auto with = [](const std::string& backoff, const std::string& delay) {
    return errors_of(R"("clients": {"dave": {}}, "cluster": {"net": {"client_node": ")" + delay +
                     R"("}}, "client": {"backoff": )" + backoff + "}");
  };
  for (const char* backoff :
       {R"({"kind": "none"})", R"({"first": "0s"})", R"({"cap": "0s"})",
        R"({"kind": "fixed", "first": "0s"})",
        R"({"kind": "exponential", "first": "1ns", "factor": 1})",
        R"({"kind": "equal_jitter", "first": "0s"})", R"({"kind": "decorrelated", "first": "0s"})",
        R"({"kind": "decorrelated", "cap": "1us"})", R"({"kind": "exponential", "cap": "1us"})"}) {
    EXPECT_THAT(with(backoff, "0s"), ElementsAre("S0411 /client/backoff")) << backoff;
    EXPECT_THAT(with(backoff, "1ns"), ElementsAre("S0411 /client/backoff")) << backoff;
    EXPECT_THAT(with(backoff, "1ms"), IsEmpty()) << backoff;
  }
  EXPECT_THAT(with(R"({"kind": "full_jitter"})", "0s"), IsEmpty());
}

// ---- Amounts ----------------------------------------------------------------------------------

TEST(Amounts, flashes_that_overlap_multiply) {
  const std::string flash =
      R"({"at": "0s", "do": "flash", "on": "c", "times": 1000000, "for": "1ms"})";
  const std::string rest = R"("people": {"u": {"count": 2}}, )"
                           R"("traffic": [{"as": "c", "to": "user:any", "rate": "1/s"}], )";

  EXPECT_THAT(errors_of(rest + "\"script\": [" + listed(flash, 3) + "]"),
              ElementsAre("S0410 /traffic", "S0411 /traffic/0/rate"));
  EXPECT_THAT(errors_of(rest + "\"script\": [" + listed(flash, 60) + "]"),
              ElementsAre("S0410 /traffic", "S0411 /traffic/0/rate"));
  EXPECT_THAT(errors_of(rest + "\"script\": [" + flash + "]"), IsEmpty());
}

TEST(Amounts, sends_of_individuals_are_counted_before_they_are_laid_out) {
  const std::string send =
      R"({"at": "0s", "do": "send", "by": "a", "to": "user:a", "repeat": 1000000, "every": "1us"})";

  const LoadResult result =
      load(scenario_with(R"("clients": {"a": {}}, "script": [)" + listed(send, 1000) + "]"));

  EXPECT_THAT(findings(result), ElementsAre("S0410 /script"));
  EXPECT_THAT(result.problems[0].message, HasSubstr("1e+09 sends"));
}

TEST(Amounts, memberships_are_counted_before_they_are_laid_out) {
  const std::string rooms =
      R"("people": {"u": {"count": 3000000}}, "rooms": {"r": {"count": 1000, "joined_per_user": )";

  EXPECT_THAT(errors_of(rooms + "1000}}"), ElementsAre("S0410 /rooms"));
  EXPECT_THAT(errors_of(rooms + "10}}"), IsEmpty());
}

TEST(Amounts, a_queue_that_takes_longer_to_empty_than_a_clock_can_count_is_refused) {
  const std::string people = R"("people": {"u": {"count": 1, "downlink": "100bit/s"}}, )";
  EXPECT_THAT(errors_of(people + R"("cluster": {"nodes": {"egress_queue": {"limit": "1024GiB"}}})"),
              ElementsAre("S0412 /people/u/downlink"));
  EXPECT_THAT(errors_of(people + R"("cluster": {"nodes": {"egress_queue": {"limit": "1GiB"}}})"),
              IsEmpty());
  EXPECT_THAT(
      errors_of(R"("cluster": {"net": {"peer_queue": "1024GiB", "node_bandwidth": "1kbit/s"}})"),
      ElementsAre("S0412 /cluster/net/node_bandwidth"));
}

TEST(Amounts, who_was_never_in_a_room_cannot_leave_it) {
  const auto leave = [](const std::string& before) {
    return errors_of(R"("clients": {"alice": {}, "eve": {"rooms": ["attic"]}}, "script": [)" +
                     before + R"({"at": "1s", "do": "leave", "by": "alice", "room": "attic"}])");
  };

  EXPECT_THAT(leave(""), ElementsAre("S0315 /script/0/room"));
  EXPECT_THAT(leave(R"({"at": "0s", "do": "join", "by": "eve", "room": "attic"}, )"),
              ElementsAre("S0315 /script/1/room"));
  EXPECT_THAT(leave(R"({"at": "0s", "do": "join", "by": "alice", "room": "attic"}, )"), IsEmpty());
}

TEST(Amounts, a_pointer_of_thirty_thousand_steps_is_a_mistake_of_the_command_line) {
  std::string pointer;
  for (int i = 0; i < 30'000; ++i) pointer += "/a";

  const LoadResult result = load(scenario_with(""), {{pointer, "1"}});

  EXPECT_FALSE(result.scenario);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].code, "S0108");
}

// Each of these took from ten seconds to minutes when every mistake, or every name, was compared
// with all others.
TEST(Amounts, a_hundred_thousand_mistakes_are_read_once) {
  std::string keys, steps, clients, names;
  for (int i = 0; i < 60'000; ++i) {
    const std::string number = std::to_string(i);
    keys += R"(, "key)" + number + R"(": 1)";
    if (i < 30'000) clients += (i == 0 ? "\"c" : ", \"c") + number + R"(": {"downlink": 7})";
    if (i < 20'000)
      steps +=
          (i == 0 ? "" : ", ") + (R"({"at": "0s", "do": "connect", "by": "x)" + number + "\"}");
    names += ", \"name\": 1";
  }

  for (const std::string& more :
       {keys.substr(2), "\"clients\": {" + clients + "}, \"script\": [" + steps + "]",
        names.substr(2)}) {
    const LoadResult result = load(scenario_with(more));
    EXPECT_EQ(result.problems.size(), 20U);
    EXPECT_FALSE(result.scenario);
  }
}

}  // namespace
}  // namespace squall
