// client.backoff as it is written: a policy by name, a table of waits, and what is refused.
// What the waits then are is tested in tests/strategies/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "strategies/core/client_policies.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

LoadResult with_backoff(const std::string& backoff) {
  return load(scenario_with(R"("client": { "backoff": )" + backoff + " }"), {});
}

Backoff read(const std::string& backoff) {
  const LoadResult result = with_backoff(backoff);
  EXPECT_TRUE(result.scenario) << render(result.problems, backoff);
  return result.scenario ? result.scenario->client.backoff : Backoff{};
}

std::string complaint(const std::string& backoff) {
  return render(with_backoff(backoff).problems, backoff);
}

TEST(BackoffInTheLanguage, a_policy_is_all_that_its_row_says) {
  for (const ClientPolicy& row : client_policies()) {
    const Backoff got = read(R"({"policy": ")" + std::string(row.name) + R"("})");

    EXPECT_EQ(got.kind, row.backoff.kind) << row.name;
    EXPECT_EQ(got.first, row.backoff.first) << row.name;
    EXPECT_EQ(got.cap, row.backoff.cap) << row.name;
    EXPECT_EQ(got.least, row.backoff.least) << row.name;
    EXPECT_EQ(got.delays, row.backoff.delays) << row.name;
    EXPECT_EQ(got.give_up_after, row.backoff.give_up_after) << row.name;
  }
}

TEST(BackoffInTheLanguage, a_policy_read_back_from_the_resolved_scenario_is_the_same) {
  for (const ClientPolicy& row : client_policies()) {
    const LoadResult first = with_backoff(R"({"policy": ")" + std::string(row.name) + R"("})");
    ASSERT_TRUE(first.scenario) << row.name;

    const LoadResult second = load(first.scenario->resolved_json, {});

    ASSERT_TRUE(second.scenario) << render(second.problems, first.scenario->resolved_json);
    EXPECT_EQ(second.scenario->resolved_json, first.scenario->resolved_json) << row.name;
    EXPECT_EQ(second.scenario->client.backoff.delays, row.backoff.delays) << row.name;
  }
}

TEST(BackoffInTheLanguage, other_keys_change_parts_of_a_policy) {
  const Backoff got = read(R"({"give_up_after": 7, "policy": "signalr"})");

  EXPECT_EQ(got.give_up_after, 7U);
  EXPECT_EQ(got.delays.size(), 4U);
}

TEST(BackoffInTheLanguage, a_table_has_waits_and_ranges) {
  const Backoff got =
      read(R"json({"kind": "table", "delays": ["0s", "uniform(6s,12s)"], "give_up_after": 3})json");

  EXPECT_EQ(got.kind, BackoffKind::table);
  EXPECT_THAT(got.delays, ElementsAre(Wait{0s, 0s}, Wait{6s, 12s}));
  EXPECT_EQ(got.give_up_after, 3U);
}

TEST(BackoffInTheLanguage, without_the_new_keys_nothing_of_them_is_written) {
  const LoadResult result = with_backoff(R"({"kind": "fixed"})");
  ASSERT_TRUE(result.scenario);

  for (const char* const key :
       {"\"delays\"", "\"least\"", "\"give_up_after\"", "\"balance_factor\""}) {
    EXPECT_THAT(result.scenario->resolved_json, ::testing::Not(HasSubstr(key)));
  }
}

TEST(BackoffInTheLanguage, mistakes_are_told_with_a_fix) {
  EXPECT_THAT(complaint(R"({"policy": "socketo"})"), HasSubstr("socketio"));
  EXPECT_THAT(complaint(R"({"kind": "table"})"), HasSubstr("delays"));
  EXPECT_THAT(complaint(R"json({"kind": "table", "delays": ["exp(2s)"]})json"),
              HasSubstr("uniform"));
  EXPECT_THAT(complaint(R"({"kind": "table", "delays": "2s"})"), HasSubstr("list"));
}

}  // namespace
}  // namespace squall::testing
