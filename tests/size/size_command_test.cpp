// squall size: the fewest nodes, as it is and with one lost. Runs the real binary.
// The answer is known from the scenario: each node has places for 40 of 100 users.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

// 3 nodes have places for all; with one of 4 lost the others have, too, and clients are back soon.
constexpr const char* kPlaces = R"x({
  "squall": 1, "name": "places", "why": "how many nodes have places for everybody",
  "time": { "warmup": "30s", "measure": "60s", "drain": "40s", "deadline": "10s" },
  "cluster": { "nodes": { "count": 3, "max_connections": 40 }, "lb": { "policy": "least_conn" } },
  "people": { "u": { "count": 100, "arrive": "uniform(0s,5s)" } },
  "rooms": { "r": { "count": 10 } },
  "traffic": [ { "as": "chat", "from": "member", "to": "room:r", "rate": "2/s", "size": "200B" } ],
  "expect": [ { "that": "reachable.share > 97%" } ]
})x";

class Size : public ::testing::Test {
 protected:
  Size() { squall_.folder().write("places.json", kPlaces); }

  ProcessResult size(Words more) const {
    Words words{"size", "places.json", "-n", "2", "--progress", "none"};
    if (std::ranges::find(more, "-s") == more.end()) more.insert(more.begin(), {"-s", "broadcast"});
    words.insert(words.end(), more.begin(), more.end());
    return squall_(words);
  }

  Squall squall_;
};

TEST_F(Size, finds_the_fewest_as_it_is_and_with_one_lost) {
  const ProcessResult result = size({"--json"});

  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto found = as_one_document(result.out)["results"][0];
  EXPECT_EQ(found["nodes"], 3);
  EXPECT_EQ(found["nodes_with_one_lost"], 4);
  EXPECT_EQ(found["confirmed"], true);
  EXPECT_FALSE(found.contains("cost_month"));
}

TEST_F(Size, shows_the_trials_beside_the_number_that_it_found) {
  const ProcessResult result = size({});

  EXPECT_THAT(result.out, HasSubstr("broadcast      3              4"));
  for (const char* nodes : {" 2 ", " 3 ", " 4 ", " 5 "}) EXPECT_THAT(result.out, HasSubstr(nodes));
  EXPECT_THAT(result.out, HasSubstr("reachable.share > 97% is "));
  EXPECT_THAT(result.out, HasSubstr(" lost   reachable.share"));
}

TEST_F(Size, says_what_it_costs_a_month_where_there_are_prices) {
  squall_.folder().write("prices.json", R"({ "currency": "EUR", "node_hour": 0.1 })");

  const ProcessResult result = size({"--json", "--prices", "prices.json"});

  const auto document = as_one_document(result.out);
  EXPECT_EQ(document["currency"], "EUR");
  EXPECT_DOUBLE_EQ(document["results"][0]["cost_month"], 4 * 0.1 * 730);
}

TEST_F(Size, rules_out_what_cannot_settle_without_playing_it) {
  // 100 users hear 3,000 messages a second of 1 ms each to push.
  const ProcessResult result = size({"--json", "--set", "/cluster/nodes/costs={\"push\": \"1ms\"}",
                                     "--set", "/traffic/0/rate=300/s", "--nodes", "1..2"});

  EXPECT_EQ(result.exit_code, 1) << result.err;
  for (const auto& trial : as_one_document(result.out)["results"][0]["trials"]) {
    EXPECT_EQ(trial["played"], false);
    if (!trial["one_lost"]) {
      EXPECT_THAT(trial["why"].get<std::string>(), HasSubstr("ruled out"));
    }
  }
}

TEST_F(Size, that_nothing_does_is_a_failure_and_says_what_fails) {
  const ProcessResult result =
      size({"--set", "/expect=[{\"that\": \"reconnects.per_client == 0\"}]"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("no number of nodes up to 16"));
  EXPECT_THAT(result.out, HasSubstr("reconnects.per_client == 0 is "));
}

TEST_F(Size, of_whom_nothing_is_expected_gets_no_number) {
  const ProcessResult result =
      size({"--json", "-s", "broadcast,routed", "--set",
            R"(/expect=[{"that": "reachable.share > 97%", "for": ["broadcast"]}])"});
  const ProcessResult text =
      size({"-s", "broadcast,routed", "--set",
            R"(/expect=[{"that": "reachable.share > 97%", "for": ["broadcast"]}])"});

  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto found = as_one_document(result.out)["results"];
  EXPECT_EQ(found[0]["nodes"], 3);
  EXPECT_EQ(found[1]["asked"], false);
  EXPECT_EQ(found[1]["nodes"], nullptr);
  EXPECT_THAT(text.out, HasSubstr("routed: nothing is expected of it"));
  EXPECT_THAT(text.out, HasSubstr("routed         -              -"));
}

TEST_F(Size, that_the_books_balance_is_no_expectation_of_service) {
  const ProcessResult result = size({"--set", R"(/expect=[{"that": "ledger.unattributed == 0"}])"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("expects nothing of broadcast"));
}

TEST_F(Size, markdown_has_the_same_numbers) {
  const ProcessResult result = size({"--format", "markdown"});

  EXPECT_THAT(result.out, HasSubstr("| broadcast | 3 | 4 |"));
}

// What one strategy needs does not depend on which others are asked about.
TEST_F(Size, a_strategy_needs_as_many_nodes_alone_as_beside_others) {
  const Words few{"--set", "/cluster/nodes/max_connections=100"};
  const auto sized = [&](const Words& words) {
    Words all{"size", "places.json", "-n", "1", "--progress", "none", "--json"};
    all.insert(all.end(), few.begin(), few.end());
    all.insert(all.end(), words.begin(), words.end());
    std::map<std::string, int> nodes;
    const auto document = as_one_document(squall_(all).out);
    for (const auto& one : document["results"]) {
      nodes[one["strategy"]] = one["nodes"].is_null() ? 0 : one["nodes"].get<int>();
    }
    return nodes;
  };
  const std::map<std::string, int> needed{
      {"broadcast", 1}, {"multi_active", 2}, {"multi_active:k3", 3}};

  EXPECT_EQ(sized({"-s", "broadcast,multi_active,multi_active:k3"}), needed);
  EXPECT_EQ(sized({"--set", R"(/strategies=["multi_active:k3", "broadcast", "multi_active"])",
                   "--set", R"(/expect/0/for=["broadcast", "multi_*"])"}),
            needed);
}

TEST_F(Size, bad_command_lines_are_refused_and_name_the_fix) {
  struct Case {
    Words words;
    const char* said;
  };
  const std::array cases{
      Case{{"--nodes", "5..2"}, "--nodes 5..2: expected LOW..HIGH"},
      Case{{"--nodes", "2.5..4"}, "--nodes 2.5..4: expected LOW..HIGH"},
      Case{{"--set", "/expect=[]"}, "it expects nothing"},
      Case{{"--set", "/cluster/nodes/cuont=3"}, "cuont"},
      Case{{"--prices", "none.json"}, "none.json"},
  };

  for (const Case& one : cases) {
    const ProcessResult result = size(one.words);

    EXPECT_EQ(result.exit_code, 2) << one.said;
    EXPECT_THAT(result.err, HasSubstr(one.said));
  }
}

}  // namespace
}  // namespace squall::testing
