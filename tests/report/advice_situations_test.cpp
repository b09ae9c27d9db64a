// Twenty situations that an architect meets: equal losses, everything lost, prices, thresholds that
// failed, backlogs, one seed and many. What is right was written down before squall was asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/measure/comparison.hpp"
#include "tests/support/advised.hpp"

namespace squall {
namespace {

using namespace advised;
using ::testing::HasSubstr;
using ::testing::Not;

std::string said(const Result& result, std::size_t of = 0) {
  return advice_of(result, unicode_glyphs())[of];
}
std::string line_of(const Result& result) { return advice_line(result, unicode_glyphs()); }

void judge(Result& result, const char* strategy, Outcome outcome) {
  Verdict verdict;
  verdict.strategy = strategy;
  verdict.outcome = outcome;
  result.verdicts.push_back(verdict);
}

const std::vector<Situation> kOfArchitects = {
    {"two equals and a third that loses more: neither is without a price, both are the choice",
     {{"a", 0.01, 1e8, 1e6}, {"b", 0.01, 1e8, 1e6}, {"c", 0.03, 1e8, 1e6}},
     0,
     "Choose it or b: it loses 1.00 %, as little as b (c: 3.00 %), and no other number here makes "
     "a "
     "difference."},
    {"two equals beside one that is advised against",
     {{"a", 0, 1e8, 1e6}, {"b", 0, 1e8, 1e6}, {"mute", 1, kNone, 1e5}},
     0,
     "Choose it or b: it lost nothing, as little as b (mute: 100 %), and no other number here "
     "makes "
     "a difference."},
    {"the dearer of two that lose alike, dearer in one thing and cheaper in nothing",
     {{"a", 0.01, kNone, 1e6, 1e6, kNone, 0.2}, {"b", 0.01, kNone, 1e6, 2e6, kNone, 0.2}},
     1,
     "No number here speaks for it: a is nowhere worse beyond the margins and better in traffic to "
     "clients (1.00 MB/s against 2.00 MB/s). Choose it only for what was not measured."},
    {"all lose much, and one twice as much",
     {{"a", 0.30, kNone, 2e6}, {"b", 0.70, kNone, 2e6}},
     0,
     "Choose it for the least loss, 30.0 % (b: 70.0 %); nothing measured here speaks against it. "
     "No "
     "strategy here loses less than 5 %: look at what they lose it to first."},
    {"one loses nothing and the other a little: the ratio is infinite and is not printed",
     {{"a", 0, 1e8, 2e6}, {"b", 0.0001, 1e8, 1e6}},
     1,
     "Choose it for 50 % less traffic inside the cluster than a (1.00 MB/s against 2.00 MB/s), if "
     "losing 0.0100 % is acceptable: a lost nothing; nothing measured here speaks against it."},
    {"a strategy without a single delivery has no traffic per delivered byte to praise",
     {{"a", 0.002, 1e8, 2e6, 2e6}, {"mute", 1, kNone, 0, 0}},
     1,
     "Do not choose it: 100 % of what was owed is lost, 500 times the 0.200 % of a. Traffic of "
     "messages that do not arrive is not saved."},
    {"a little better in one thing, and worth no word",
     {{"a", 0.001, kNone, 1e6, kNone, kNone, 0.50}, {"b", 0.03, kNone, 1e6, kNone, kNone, 0.485}},
     1,
     "Little speaks for it: it loses 3.00 %, 30 times the 0.100 % of a, and is better by 5 % in "
     "nothing; nothing measured here speaks against it."},
    {"prices: the same loss for half the money",
     {{"a", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 2000},
      {"b", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 1000}},
     1,
     "Choose it for 50 % less money a month than a (1 000 against 2 000); it loses 1.00 %, as "
     "little as a; nothing measured here speaks against it."},
    {"prices: the least loss, and what it costs",
     {{"a", 0.001, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 3000},
      {"b", 0.02, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 1000}},
     0,
     "Choose it for the least loss, 0.100 % (b: 2.00 %); it costs 3.0 times the money a month of b "
     "(3 000 against 1 000)."},
    {"direct messages only: a hash loses what is for other keys",
     {{"routed", 0, kNone, 1e6, 1e6}, {"sticky_hash", 0.875, kNone, 0, 1e5}},
     1,
     "Do not choose it: 87.5 % of what was owed is lost, routed lost nothing. Traffic of messages "
     "that do not arrive is not saved."},
    {"no faults: nobody had to come back, nothing is lost, bytes decide",
     {{"routed", 0, kNone, 1e6, 1e7, 1}, {"broadcast", 0, kNone, 12e6, 1e7, 1}},
     0,
     "Choose it for 92 % less traffic inside the cluster than broadcast (1.00 MB/s against 12.0 "
     "MB/s); it lost nothing, as little as broadcast; nothing measured here speaks against it."},
    {"two connections, twice the bytes, a tenth of the loss",
     {{"multi_active", 0.001, kNone, 1e6, 2e6, 2}, {"broadcast", 0.01, kNone, 1e6, 1e6, 1}},
     0,
     "Choose it for the least loss, 0.100 % (broadcast: 1.00 %); it costs 2.0 times the "
     "connections "
     "per client of broadcast (2 against 1) and 2.0 times the traffic to clients of broadcast "
     "(2.00 "
     "MB/s against 1.00 MB/s)."},
};

TEST(AdviceSituations, have_the_right_sentence) {
  for (const Situation& situation : kOfArchitects) {
    EXPECT_EQ(advice(situation.field)[situation.of], situation.right) << situation.what;
  }
}

TEST(AdviceSituations, equals_are_told_so_in_the_line) {
  EXPECT_EQ(line({{"a", 0.01, 1e8, 1e6}, {"b", 0.01, 1e8, 1e6}, {"c", 0.03, 1e8, 1e6}}),
            "a and b lose 1.00 %, and no other number here makes a difference");
}

TEST(AdviceSituations, the_line_says_when_nobody_is_good) {
  EXPECT_THAT(line({{"a", 0.30, kNone, 2e6}, {"b", 0.33, kNone, 2e6}}),
              HasSubstr("; no strategy here loses less than 5 %"));
  EXPECT_THAT(line({{"a", 0.01, kNone, 2e6}, {"b", 0.33, kNone, 2e6}}),
              Not(HasSubstr("no strategy here")));
}

TEST(AdviceSituations, who_fails_an_expectation_is_not_advised_without_a_word) {
  Result result = result_of({{"a", 0.001, kNone, 1e6}, {"b", 0.01, kNone, 2e6}});
  judge(result, "a", Outcome::fail), judge(result, "b", Outcome::pass);

  EXPECT_THAT(line_of(result), HasSubstr("; but a fails expectations"));
  EXPECT_THAT(said(result), HasSubstr("It fails an expectation."));
}

TEST(AdviceSituations, an_expectation_without_data_is_not_called_a_failure) {
  Result result = result_of({{"a", 0.001, kNone, 1e6}, {"b", 0.01, kNone, 2e6}});
  judge(result, "a", Outcome::no_data);

  EXPECT_THAT(said(result), HasSubstr("1 expectation had no data."));
  EXPECT_THAT(said(result), Not(HasSubstr("fails")));
}

TEST(AdviceSituations, an_unstable_run_has_no_latency_to_praise_and_says_so) {
  Result result = result_of({{"quick", 0.01, 5e7, 1e6}, {"slow", 0.01, 2e8, 1e6}});
  result.strategies[0].warnings = {
      "unstable in 1 of 1 replications: a backlog grew during measure"};

  EXPECT_THAT(said(result), Not(HasSubstr("p99 latency")));
  EXPECT_THAT(said(result), HasSubstr("It is unstable: its backlog grew"));
}

TEST(AdviceSituations, the_line_names_who_is_unstable) {
  Result result = result_of({{"a", 0.001, kNone, 1e6}, {"b", 0.01, kNone, 2e6}});
  result.strategies[0].warnings = {
      "unstable in 1 of 1 replications: a backlog grew during measure"};

  EXPECT_THAT(line_of(result), HasSubstr("; a is unstable, and worse in a longer run"));
}

TEST(AdviceSituations, the_line_says_what_a_day_costs) {
  const std::string text =
      line({{"a", 0.001, kNone, 3e6, kNone, kNone, kNone, kNone, kNone, kNone, 5e8},
            {"b", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, kNone, kNone, 6e9}});

  EXPECT_THAT(text, HasSubstr("a loses least, 0.100 % (500 ms of all traffic a day)"));
  EXPECT_THAT(text, HasSubstr("losing 1.00 % (6.00 s of all traffic a day)"));
}

TEST(AdviceSituations, one_seed_does_not_tell_three_losses_from_five) {
  Result result = result_of({{"a", 3e-6, kNone, 1e6}, {"b", 5e-6, kNone, 1e6}});
  for (StrategyResult& strategy : result.strategies) {
    strategy.metrics.push_back({"pairs.lost", "1", {strategy.strategy == "a" ? 3.0 : 5.0}});
  }

  EXPECT_THAT(said(result), HasSubstr("Indistinguishable"));
}

TEST(AdviceSituations, many_seeds_do_not_make_one_percent_a_difference) {
  Result result = result_of({{"a", 0.0100, kNone, 1e6}, {"b", 0.0101, kNone, 1e6}});
  result.strategies[0].metrics[0].per_seed.assign(1000, 0.0100);
  result.strategies[1].metrics[0].per_seed.assign(1000, 0.0101);

  EXPECT_THAT(said(result), HasSubstr("Indistinguishable"));
}

TEST(AdviceSituations, a_hardened_form_is_held_against_a_textbook_form_by_numbers_alone) {
  const std::vector<Numbers> duel = {{"broadcast+resume", 0.0004, kNone, 1e6, 1.02e6},
                                     {"broadcast", 0.0116, kNone, 1e6, 1e6}};

  EXPECT_EQ(
      advice(duel)[0],
      "Choose it for the least loss, 0.0400 % (broadcast: 1.16 %); nothing measured here speaks "
      "against it.");
}

TEST(AdviceSituations, a_threshold_that_only_the_dear_one_meets_decides_in_the_line) {
  Result result = result_of({{"dear", 0.0001, kNone, 9e6}, {"cheap", 0.002, kNone, 1e6}});
  judge(result, "cheap", Outcome::fail);

  EXPECT_THAT(line_of(result), HasSubstr("dear loses least"));
  EXPECT_THAT(line_of(result), HasSubstr("; but cheap fails expectations"));
}

TEST(AdviceSituations, who_loses_more_than_equals_is_not_offered_without_its_loss) {
  EXPECT_EQ(
      line({{"a", 0.0005, 1e8, 3e6}, {"b", 0.0005, 2e8, 2e6}, {"c", 0.02, 2e8, 1e6}}),
      "a and b lose 0.0500 %; choose a for 50 % less p99 latency than b (100 ms against 200 "
      "ms); b for 33 % less traffic inside the cluster than a (2.00 MB/s against 3.00 MB/s); "
      "c for 49 % less traffic inside the cluster than b (per delivered byte), losing 2.00 %");
}

TEST(AdviceSituations, the_price_in_the_line_is_the_one_paid_beside_most_others) {
  const std::vector<Numbers> hash_is_not_heavy = {{"multi_active", 0.001, kNone, 3.57e6, 34e6, 2},
                                                  {"broadcast", 0.0116, kNone, 3.57e6, 17e6, 1},
                                                  {"routed", 0.0147, kNone, 0.9e6, 17e6, 1},
                                                  {"sticky_hash", 0.0284, kNone, 0, 17e6, 1}};

  EXPECT_THAT(line(hash_is_not_heavy),
              HasSubstr("multi_active loses least, 0.100 %, for 2.0 times the connections per "
                        "client of broadcast (2 against 1)"));
}

TEST(AdviceSituations, the_line_says_what_a_day_costs_of_equals_too) {
  EXPECT_THAT(line({{"a", 0.01, kNone, 3e6, kNone, kNone, kNone, kNone, kNone, kNone, 5e9},
                    {"b", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, kNone, kNone, 6e9}}),
              HasSubstr("a and b lose 1.00 % (5.00 s to 6.00 s of all traffic a day); choose b"));
}

TEST(AdviceSituations, next_to_nothing_makes_no_ratio) {
  const std::vector<Numbers> field = {{"a", 0.01, kNone, 2e6, kNone, kNone, kNone, 0.0000003},
                                      {"b", 0.01, kNone, 1e6, kNone, kNone, kNone, 0.0003}};

  EXPECT_THAT(advice(field)[0],
              HasSubstr("Choose it for next to no deafness while connected (0.0000300 % against "
                        "0.0300 % of b)"));
  EXPECT_THAT(advice(field)[1],
              HasSubstr("it costs 0.0300 % of deafness while connected (a: 0.0000300 %)"));
}

TEST(AdviceSituations, money_has_its_currency) {
  Result result = result_of({{"a", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 2000},
                             {"b", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 1000}});
  result.resolved_scenario = R"({"prices":{"currency":"EUR","node_hour":1}})";

  EXPECT_THAT(said(result, 1), HasSubstr("50 % less money a month than a (1 000 EUR against"));
}

TEST(AdviceSituations, two_seeds_tell_no_more_than_their_losses_together) {
  Result result = result_of({{"a", 3e-6, kNone, 1e6}, {"b", 5e-6, kNone, 1e6}});
  for (StrategyResult& strategy : result.strategies) {
    const double lost = strategy.strategy == "a" ? 3.0 : 5.0;
    strategy.metrics[0].per_seed = {lost * 1e-6, lost * 1e-6};
    strategy.metrics[1].per_seed = {1e6, 1e6};
    strategy.metrics.push_back({"pairs.lost", "1", {lost, lost}});
  }

  EXPECT_THAT(said(result), HasSubstr("Indistinguishable"));
}

TEST(AdviceSituations, one_message_to_a_large_room_is_one_loss) {
  Result result = result_of({{"a", 0, kNone, 1e6}, {"b", 0.005, kNone, 1e6}});
  for (StrategyResult& strategy : result.strategies) {
    strategy.metrics.push_back({"pairs.owed", "1", {100'000.0}});
    strategy.metrics.push_back({"messages.owed", "1", {200.0}});
    strategy.metrics.push_back({"pairs.lost", "1", {strategy.strategy == "a" ? 0.0 : 500.0}});
  }

  EXPECT_THAT(said(result), HasSubstr("Indistinguishable"));
}

TEST(AdviceSituations, leaders_with_the_same_merit_are_one_choice) {
  EXPECT_EQ(line({{"a", 0, kNone, 1e6}, {"b", 0, kNone, 1e6}, {"c", 0, kNone, 2e6}}),
            "a, b and c lose nothing; choose a or b for 50 % less traffic inside the cluster than "
            "c (1.00 MB/s against 2.00 MB/s)");
}

TEST(AdviceSituations, seconds_of_latency_are_no_small_print_under_a_merit) {
  EXPECT_EQ(line({{"mailbox", 0, 3e9, 1e6}, {"routed", 0, 1e8, 2e6}}),
            "mailbox and routed lose nothing; choose mailbox for 50 % less traffic inside the "
            "cluster than routed (1.00 MB/s against 2.00 MB/s), at 30 times the p99 latency of "
            "routed (3.00 s against 100 ms); routed for 97 % less p99 latency than mailbox (100 ms "
            "against 3.00 s)");
  // Alone in front, and dearer than two others in one thing by much, in another by little.
  EXPECT_THAT(line({{"mailbox", 0, 3e9, 3e6}, {"b", 0.01, 1e8, 2e6}, {"c", 0.02, kNone, 2e6}}),
              HasSubstr("mailbox loses nothing, for 30 times the p99 latency of b"));
}

TEST(AdviceSituations, a_line_that_praises_a_form_beside_another_says_so) {
  Result result = result_of({{"broadcast+resume", 0.0004, kNone, 1e6}, {"broadcast", 0.0116}});
  EXPECT_THAT(line_of(result), Not(HasSubstr("forms")));

  result.strategies[0].form = "hardened";

  EXPECT_THAT(line_of(result), HasSubstr("; textbook and hardened forms or products are mixed"));
}

}  // namespace
}  // namespace squall
