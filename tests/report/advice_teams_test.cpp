// Situations that a team meets: few pairs, ties that only seeds make, hardened forms and products,
// nobody let in, backlogs, prices, eight candidates. The sentence was written before squall was
// asked; most of them also stand for a scenario that was played.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/measure/comparison.hpp"
#include "report/measure/too_few.hpp"
#include "tests/support/advised.hpp"

namespace squall {
namespace {

using namespace advised;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string told(const Result& result, std::size_t of = 0) {
  return advice_of(result, unicode_glyphs())[of];
}
std::string in_line(const Result& result) { return advice_line(result, unicode_glyphs()); }

// Losses by seed, and how many messages stand behind them.
void seeds_of(StrategyResult& strategy, std::vector<double> losses, double lost) {
  strategy.metrics[0].per_seed.clear();
  for (const double loss : losses) strategy.metrics[0].per_seed.emplace_back(loss);
  for (std::size_t m = 1; m < strategy.metrics.size(); ++m) {
    strategy.metrics[m].per_seed.assign(losses.size(), strategy.metrics[m].per_seed[0]);
  }
  const double each = lost / static_cast<double>(losses.size());
  strategy.metrics.push_back({"pairs.lost", "1", {}});
  strategy.metrics.back().per_seed.assign(losses.size(), each);
}

void fails(Result& result, const char* strategy, Outcome outcome = Outcome::fail,
           const char* that = "loss.intent < 1%") {
  Verdict verdict;
  verdict.strategy = strategy;
  verdict.that = that;
  verdict.outcome = outcome;
  result.verdicts.push_back(verdict);
}

const std::vector<Situation> kOfTeams = {
    {"two: one is better in everything",
     {{"good", 0.001, 1e8, 1e6, 1e6, 1}, {"bad", 0.02, kForever, 2e6, 2e6, 1}},
     1,
     "No number here speaks for it: good is nowhere worse beyond the margins and better in loss "
     "(0.100 % against 2.00 %). Choose it only for what was not measured."},
    {"two: 4 % against 9 %: who loses twice as much and much is not held up",
     {{"four", 0.04, kForever, 2e6, 2e6}, {"nine", 0.09, kForever, 0, 1e6}},
     1,
     "Do not choose it: 9.00 % of what was owed is lost, 2.2 times the 4.00 % of four. Traffic of "
     "messages that do not arrive is not saved."},
    {"two: 4 % against 7 %: a price, and no verdict",
     {{"four", 0.04, kForever, 2e6}, {"seven", 0.07, kForever, 1e6}},
     1,
     "Choose it for 48 % less traffic inside the cluster than four (per delivered byte), if losing "
     "7.00 % is acceptable: 1.8 times the 4.00 % of four; nothing measured here speaks against "
     "it."},
    {"two: less traffic only because less was delivered",
     {{"a", 0.01, kNone, kNone, 10e6}, {"b", 0.045, kNone, kNone, 9.64e6}},
     1,
     "No number here speaks for it: a is nowhere worse beyond the margins and better in loss (1.00 "
     "% against 4.50 %). Choose it only for what was not measured."},
    {"three: the cheapest loses most, and is told from whom it saves",
     {{"a", 0.001, kNone, 9e6, 1e6, 2},
      {"b", 0.01, kNone, 9e6, 1e6, 1},
      {"c", 0.03, kNone, 1e6, 1e6, 1}},
     2,
     "Choose it for 89 % less traffic inside the cluster than b (per delivered byte) and 50 % "
     "fewer "
     "connections per client than a (1 against 2), if losing 3.00 % is acceptable: 30 times the "
     "0.100 % of a; nothing measured here speaks against it."},
    {"three: latency is the price of the least loss",
     {{"mailbox", 0.0003, 26e8, 1e6},
      {"resume", 0.0005, 21e8, 1e6},
      {"plain", 0.0116, kForever, 1e6}},
     0,
     "Choose it for the least loss, 0.0300 % (resume: 0.0500 %); it costs 24 % more p99 latency "
     "than resume (2.60 s against 2.10 s)."},
    {"four: no loss anywhere, and nothing but latency differs",
     {{"a", 0, 1e8}, {"b", 0, 1e8}, {"c", 0, 2e8}, {"d", 0, 4e8}},
     3,
     "No number here speaks for it: a is nowhere worse beyond the margins and better in p99 "
     "latency (100 ms against 400 ms). Choose it only for what was not measured."},
    {"four: the two in front share a merit over the third",
     {{"a", 0, 1e8}, {"b", 0, 1e8}, {"c", 0, 2e8}, {"d", 0, 4e8}},
     0,
     "Choose it for 50 % less p99 latency than c (100 ms against 200 ms); it lost nothing, as "
     "little as b, c and d; nothing measured here speaks against it."},
    {"deafness: the same loss, and one shows green while nothing reaches it",
     {{"a", 0.001, kNone, 1e6, kNone, kNone, kNone, 0.0001},
      {"b", 0.001, kNone, 1e6, kNone, kNone, kNone, 0.02}},
     0,
     "Choose it for next to no deafness while connected (0.0100 % against 2.00 % of b); it loses "
     "0.100 %, as little as b; nothing measured here speaks against it."},
    {"half a point of CPU is none",
     {{"a", 0.001, kNone, 1e6, kNone, kNone, 0.010}, {"b", 0.001, kNone, 1e6, kNone, kNone, 0.014}},
     0,
     "Indistinguishable from the others in every number here; choose by what was not measured."},
    {"coming back: four seconds sooner",
     {{"a", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, 1e9},
      {"b", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, 5e9}},
     0,
     "Choose it for 80 % less time until ready again (p99) than b (1.00 s against 5.00 s); it "
     "loses "
     "1.00 %, as little as b; nothing measured here speaks against it."},
    {"money: dearer, and the loss is a tenth",
     {{"a", 0.001, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 2400},
      {"b", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 1200}},
     1,
     "Choose it for 50 % less money a month than a (1 200 against 2 400), if losing 1.00 % is "
     "acceptable: 10 times the 0.100 % of a; nothing measured here speaks against it."},
    {"money: 1 % is no difference",
     {{"a", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 2400},
      {"b", 0.01, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 2420}},
     0,
     "Indistinguishable from the others in every number here; choose by what was not measured."},
    {"all but everything is lost by both: equal, and neither is any good",
     {{"a", 0.999, kNone, 1e6}, {"b", 1, kNone, 1e6}},
     0,
     "Indistinguishable from the others in every number here; choose by what was not measured. No "
     "strategy here loses less than 5 %: look at what they lose it to first."},
    {"who comes back at all, beside one who never does",
     {{"a", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, 4e9},
      {"b", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, kForever}},
     0,
     "Choose it for 4.00 s of time until ready again (p99) (b: \u221e); it loses 1.00 %, as little "
     "as "
     "b; nothing measured here speaks against it."},
    {"one of a kind was not measured",
     {{"a", 0.01, 1e8, 1e6}, {"silent"}},
     1,
     "Nothing was measured, so nothing can be said."},
};

TEST(AdviceForTeams, is_the_right_sentence) {
  for (const Situation& situation : kOfTeams) {
    EXPECT_EQ(advice(situation.field)[situation.of], situation.right) << situation.what;
  }
}

// Three seeds, each with one lost message of a hundred: alike, and still chance.
TEST(AdviceForTeams, three_lost_messages_and_none_are_no_difference_however_alike_the_seeds_are) {
  Result result = result_of({{"a", 0, kNone, 2e6}, {"b", 0.01, kNone, 1e6}});
  seeds_of(result.strategies[0], {0, 0, 0}, 0);
  seeds_of(result.strategies[1], {0.01, 0.01, 0.01}, 3);
  result.seeds = {1, 2, 3};

  EXPECT_EQ(
      told(result, 1),
      "Choose it for 49 % less traffic inside the cluster than a (per delivered byte); it loses "
      "1.00 %, not told apart from the 0 % of a; nothing measured here speaks against it.");
}

TEST(AdviceForTeams, thirty_lost_messages_and_none_are_one) {
  Result result = result_of({{"a", 0, kNone, 2e6}, {"b", 0.01, kNone, 1e6}});
  seeds_of(result.strategies[0], {0, 0, 0}, 0);
  seeds_of(result.strategies[1], {0.01, 0.01, 0.01}, 30);
  result.seeds = {1, 2, 3};

  EXPECT_THAT(told(result, 1), HasSubstr("if losing 1.00 % is acceptable: a lost nothing"));
}

// The table shows 0.0500 % beside 0.300 %: nobody may read that one loses "as little as" the other.
TEST(AdviceForTeams, what_only_the_seeds_leave_open_is_not_called_as_little) {
  Result result = result_of({{"a", 0.0005, kNone, 2e6}, {"b", 0.003, kNone, 1e6}});
  seeds_of(result.strategies[0], {0.0010, 0, 0.0005}, 500);
  seeds_of(result.strategies[1], {0.0085, 0.0003, 0.0002}, 3000);
  result.seeds = {1, 2, 3};

  EXPECT_THAT(told(result, 1),
              HasSubstr("it loses 0.300 %, not told apart from the 0.0500 % of a"));
  EXPECT_THAT(in_line(result), StartsWith("a and b lose 0.0500 % to 0.300 %, not told apart; "));
}

TEST(AdviceForTeams, who_let_nobody_in_is_neither_praised_nor_a_measure) {
  Result result = result_of({{"a", 0.001, kNone, 2e6, 1e6}, {"shut", kNone, kNone, 0, 0}});
  fails(result, "shut", Outcome::no_data, kAnythingOwed);

  EXPECT_THAT(told(result, 1), StartsWith("Nothing was measured, so nothing can be said."));
  EXPECT_THAT(told(result, 0), Not(HasSubstr("shut")));
}

TEST(AdviceForTeams, where_nobody_is_let_in_there_is_no_advice) {
  Result result = result_of({{"a", kNone, kNone, 820}, {"b", kNone, kNone, 29}});
  fails(result, "a", Outcome::no_data, kAnythingOwed);
  fails(result, "b", Outcome::no_data, kAnythingOwed);

  EXPECT_THAT(told(result), StartsWith("Nothing was measured"));
  EXPECT_EQ(in_line(result), "");
}

TEST(AdviceForTeams, equals_that_fail_or_lose_much_are_told_so_in_the_line) {
  Result result = result_of({{"a", 0.5, kNone, 1e6}, {"b", 0.5, kNone, 1e6}});
  fails(result, "b");

  EXPECT_EQ(
      in_line(result),
      "no number here tells the strategies apart; no strategy here loses less than 5 %; but b "
      "fails expectations");
}

TEST(AdviceForTeams, who_is_advised_against_has_no_mark) {
  const Result result =
      result_of({{"a", 0.001, kNone, 2e6}, {"b", 0.01, kNone, 1e6}, {"sticky", 0.0561, kNone, 0}});

  EXPECT_THAT(told(result, 2), StartsWith("Do not choose it"));
  EXPECT_EQ(compare_strategies(result, {}).unbeaten, std::vector<bool>({true, true, false}));
}

TEST(AdviceForTeams, of_eight_the_line_names_three_and_whom_to_leave_alone) {
  const std::vector<Numbers> eight = {{"mbb", 0, 184e6, 586e3, 1.32e6, 2},
                                      {"az2", 0.0000105, 163e6, 586e3, 2.56e6, 2},
                                      {"outbox", 0.000132, 21e8, 586e3, 1.32e6, 1},
                                      {"interest", 0.00032, 21e8, 224e3, 1.34e6, 1},
                                      {"streams", 0.00032, 21e8, 2.24e6, 1.34e6, 1},
                                      {"nack", 0.0116, kForever, 241e3, 1.31e6, 1},
                                      {"fenced", 0.0419, kForever, 37.9e3, 1.3e6, 1},
                                      {"share", 0.906, kForever, 38.9e3, 0.23e6, 1}};

  EXPECT_EQ(line(eight),
            "mbb loses nothing, for 2.0 times the connections per client of outbox (2 against 1); "
            "az2 for 11 % less p99 latency than mbb (163 ms against 184 ms), losing 0.00105 %; "
            "outbox for 50 % fewer connections per client than az2 (1 against 2), losing 0.0132 %; "
            "not share, which loses 90.6 %");
}

TEST(AdviceForTeams, a_product_beside_textbook_forms_is_told_where_it_is_praised) {
  Result result =
      result_of({{"socketio:redis", 0.001, kNone, 1e6}, {"broadcast", 0.01, kNone, 2e6}});
  result.strategies[0].form = "product";

  EXPECT_THAT(in_line(result), HasSubstr("forms or products are mixed"));
}

TEST(AdviceForTeams, of_products_alone_nothing_is_mixed) {
  Result result = result_of({{"socketio:redis", 0.001, kNone, 1e6}, {"nchan", 0.01, kNone, 2e6}});
  for (StrategyResult& strategy : result.strategies) strategy.form = "product";

  EXPECT_THAT(in_line(result), Not(HasSubstr("mixed")));
}

TEST(AdviceForTeams, an_unstable_leader_and_a_failed_expectation_stand_in_one_line) {
  Result result = result_of({{"a", 0.001, 9e9, 1e6}, {"b", 0.01, 1e8, 2e6}});
  result.strategies[0].warnings = {"unstable in 2 of 3 replications: a backlog grew"};
  fails(result, "a");

  EXPECT_THAT(in_line(result), HasSubstr("; but a fails expectations; a is unstable, and worse in "
                                         "a longer run"));
  EXPECT_THAT(told(result, 1), Not(HasSubstr("p99")));
}

}  // namespace
}  // namespace squall
