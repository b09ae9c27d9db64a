// squall fit with the real binary: what it writes loads and plays, and a record with a mistake is
// refused with file, line, column, field and fix.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRecord =
    "time,user,event,room,bytes\n"
    "2026-11-28T21:10:38Z,ann,connect,r1,\n"
    "2026-11-28T21:10:38.5Z,bob,connect,r1,\n"
    "2026-11-28T21:10:40+00:00,ann,message,r1,120\n"
    "2026-11-28T21:10:44Z,ann,message,r1,120\n"
    "2026-11-28T21:10:48Z,bob,disconnect,,\n"
    "2026-11-28T21:11:38Z,ann,disconnect,,\n";

const std::string kLine =
    R"(10.0.0.1 - - [28/Nov/2026:21:10:38 +0000] "GET /ws?meeting_id=m1 HTTP/1.1" 101 9 "-" "x" )";

class FitCommand : public ::testing::Test {
 protected:
  ProcessResult fit(const std::string& record, Words more = {}) const {
    squall_.folder().write("record.csv", record);
    Words words{"fit", "record.csv"};
    words.insert(words.end(), more.begin(), more.end());
    return squall_(words);
  }

  Squall squall_;
};

TEST_F(FitCommand, writes_a_scenario_that_plays) {
  const ProcessResult result = fit(kRecord, {"-o", "mine.json"});

  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("users 2"));
  EXPECT_THAT(result.err, HasSubstr("not known: the cluster"));
  EXPECT_EQ(result.out, "");
  const ProcessResult played = squall_(
      {"run", "mine.json", "-n", "1", "-s", "broadcast", "--no-save", "--progress", "none"});
  EXPECT_EQ(played.exit_code, 0) << played.err;
}

TEST_F(FitCommand, a_record_that_begins_with_an_end_gives_a_scenario) {
  const ProcessResult result = fit("time,user,event\n0,ann,disconnect\n5,bob,connect\n");

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("how long connections last"));
  EXPECT_THAT(result.err, HasSubstr("messages: the record has none"));
}

TEST_F(FitCommand, a_header_alone_is_told_that_lines_are_missing) {
  const ProcessResult result = fit("time,user,event,room,bytes\n");

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("no line behind its header"));
}

TEST_F(FitCommand, standard_output_carries_the_scenario_and_nothing_else) {
  const auto scenario = as_one_document(fit(kRecord).out);

  EXPECT_EQ(scenario["name"], "record");
  EXPECT_EQ(scenario["people"]["users"]["count"], 2);
  EXPECT_EQ(scenario["rooms"]["rooms"]["count"], 1);
  EXPECT_EQ(scenario["traffic"][0]["size"], "120B");
  EXPECT_THAT(scenario["why"].get<std::string>(), HasSubstr("Not known: "));
}

TEST_F(FitCommand, json_has_intervals_and_what_is_not_known) {
  const auto document = as_one_document(fit(kRecord, {"--json"}).out);

  EXPECT_EQ(document["schema"], "squall.fit/1");
  EXPECT_EQ(document["lines"], 6);
  for (const auto& found : document["found"]) EXPECT_EQ(found["ci95"].size(), 2U);
  EXPECT_FALSE(document["unknown"].empty());
}

// A burst, and a record with a quiet end, have as many messages as they have, over all of the time.
TEST_F(FitCommand, the_rate_of_messages_is_the_mean_over_the_record) {
  std::string burst = "time,user,event\n0,a,connect\n0,b,connect\n";
  for (int second = 1; second <= 100; ++second) burst += std::to_string(second) + ",a,message\n";
  const std::string quiet = "2000,a,disconnect\n2000,b,disconnect\n";

  const auto scenario = as_one_document(fit(burst + quiet).out);

  EXPECT_EQ(scenario["traffic"][0]["rate"], "0.05/s");
}

// A scenario measures a second at least, so what was said at once was said in a second.
TEST_F(FitCommand, a_record_of_one_moment_is_a_second_long) {
  const std::string head = "time,user,event,room,bytes\n";
  const ProcessResult one = fit(head + "1,ann,message,r,100\n");
  const ProcessResult two = fit(head + "1,ann,message,r,100\n1,bob,message,r,100\n");

  EXPECT_EQ(as_one_document(one.out)["traffic"][0]["rate"], "1/s");
  EXPECT_EQ(as_one_document(two.out)["traffic"][0]["rate"], "2/s");
  EXPECT_THAT(one.err, HasSubstr("how often messages are said: the record has one"));
}

TEST_F(FitCommand, a_record_as_Windows_writes_it_is_the_same) {
  std::string windows = "\xEF\xBB\xBF";
  for (const char* c = kRecord; *c != 0; ++c) windows += *c == '\n' ? "\r\n" : std::string(1, *c);

  EXPECT_EQ(fit(windows).out, fit(kRecord).out);
}

TEST_F(FitCommand, messages_too_rare_for_a_scenario_are_not_dropped_without_a_word) {
  const auto scenario = as_one_document(
      fit("time,user,event\n0,a,connect\n0,b,connect\n9,a,message\n5000,a,disconnect\n").out);

  EXPECT_FALSE(scenario.contains("traffic"));
  EXPECT_THAT(scenario["why"].get<std::string>(), HasSubstr("messages: 0.720 an hour are"));
}

TEST_F(FitCommand, an_access_log_is_known_by_its_look) {
  const std::string other =
      R"(10.0.0.9 - - [28/Nov/2026:21:10:30 +0000] "GET /x.ico HTTP/1.1" 404 0 "-" "x" 0.001)";
  const ProcessResult result = fit(other + "\n" + kLine + "12.500\n" + kLine + "rt=2.000\n");

  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 lines were no connection"));
  EXPECT_EQ(as_one_document(result.out)["people"]["users"]["count"], 2);  // they overlap
}

TEST_F(FitCommand, a_mistake_is_told_with_its_place_and_its_fix) {
  struct Case {
    std::string record;
    const char* said;
  };
  const std::string head = "time,user,event,room,bytes\n";
  const std::array cases{
      Case{"", "record.csv: there is nothing in it"},
      Case{"when,user,event\n", "record.csv:1:1: time: the first line names no such column"},
      Case{"time,user,event,user\n", "record.csv:1:17: user: the column stands there twice"},
      Case{head + "soon,a,connect,,\n", "record.csv:2:1: time: \"soon\" is no time; write seconds"},
      Case{head + "1,,connect,,\n", "record.csv:2:3: user: it is empty"},
      Case{head + "1,a\n", "record.csv:2:1: event: it is empty"},
      Case{head + "1,a,conect,,\n", "record.csv:2:5: event: \"conect\" is no event; did you mean"},
      Case{head + "1,a,message,r,12B\n", "record.csv:2:15: bytes: \"12B\" is no number of bytes"},
      Case{head + "1,a,message,r,99999999999\n",
           "record.csv:2:15: bytes: 99999999999 bytes are more than a message may have; at most"},
      Case{head + "2,a,connect,,\n1,b,connect,,\n", "record.csv:3:1: time: it is before"},
      Case{head + "1,\"a,connect,,\n", "record.csv:2:3: the quote is not closed"},
      Case{kLine + "\n", "request_time: nothing says how long the connection lasted; add"},
      Case{"a - - [yesterday] \"GET / HTTP/1.1\" 101 5 1.0\n",
           "record.csv:1:8: time_local: \"yesterday\" is no time; write it as nginx does"},
      Case{R"(10.0.0.9 - - [28/Nov/2026:21:10:30 +0000] "GET / HTTP/1.1" 200 0 "-" "x" 0.1)",
           "there is no connection in it: no answer is 101"},
      Case{head + std::string(70'000, 'x') + "\n", "the line is longer than 64 KiB"},
  };

  for (const Case& one : cases) {
    const ProcessResult result = fit(one.record);

    EXPECT_EQ(result.exit_code, 2) << one.said;
    EXPECT_THAT(result.err, HasSubstr(one.said));
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(FitCommand, a_file_that_is_not_there_is_said) {
  const ProcessResult result = squall_({"fit", "none.csv"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("none.csv: cannot be read"));
}

}  // namespace
}  // namespace squall::testing
