// The value grammars: what they mean, what they refuse, and that printing and reading agree.
// Whole files are in load_test.cpp and broken_files_test.cpp.
#include "scenarios/model/grammar.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "scenarios/model/expectation.hpp"

namespace squall::language {
namespace {

TEST(Durations, HaveSixUnitsAndFractions) {
  EXPECT_EQ(parse_duration("250ms").value, Duration{250'000'000});
  EXPECT_EQ(parse_duration("7ns").value, Duration{7});
  EXPECT_EQ(parse_duration("3us").value, Duration{3'000});
  EXPECT_EQ(parse_duration("1.5s").value, Duration{1'500'000'000});
  EXPECT_EQ(parse_duration("2m").value, Duration{120'000'000'000});
  EXPECT_EQ(parse_duration("1h").value, Duration{3'600'000'000'000});
  EXPECT_EQ(parse_duration("0s").value, Duration{0});
}

TEST(Durations, ThatAreNotExactOrTooLargeAreRefused) {
  EXPECT_FALSE(parse_duration("0.5ns").value);
  EXPECT_FALSE(parse_duration("9999999999999999h").value);
  EXPECT_FALSE(parse_duration("99999999999999999999s").value);
  EXPECT_FALSE(parse_duration("-1s").value);
  EXPECT_FALSE(parse_duration("").value);
  EXPECT_FALSE(parse_duration("s").value);
  EXPECT_FALSE(parse_duration("1.s").value);
  EXPECT_FALSE(parse_duration("1s1s").value);
}

TEST(Durations, InOtherSpellingsGetASuggestion) {
  EXPECT_EQ(parse_duration("20sec").suggestion, "20s");
  EXPECT_EQ(parse_duration("5 min").suggestion, "5m");
  EXPECT_EQ(parse_duration("10 ms").suggestion, "10ms");
  EXPECT_EQ(parse_duration("30").suggestion, "30s");
  EXPECT_EQ(parse_duration("20parsecs").suggestion, "");
}

TEST(Times, MayBeBeforeMeasure) {
  EXPECT_EQ(parse_time("-30s").value, Time{-30'000'000'000});
  EXPECT_EQ(parse_time("-30sec").suggestion, "-30s");
}

TEST(Sizes, TellThousandsFrom1024) {
  EXPECT_EQ(parse_size("64KiB").value, 65536);
  EXPECT_EQ(parse_size("64KB").value, 64000);
  EXPECT_EQ(parse_size("1.5KiB").value, 1536);
  EXPECT_EQ(parse_size("64kb").suggestion, "64KB");
  EXPECT_EQ(parse_size("64K").suggestion, "64KiB");
  EXPECT_FALSE(parse_size("1.5B").value);
}

TEST(Rates, AreKeptToAMillionthOfWhatIsWritten) {
  EXPECT_EQ(parse_rate_nano("200/s").value, 200'000'000'000);
  EXPECT_EQ(parse_rate_nano("5/m").value, 83'333'333);
  EXPECT_EQ(parse_rate_nano("0.5/s").value, 500'000'000);
  EXPECT_EQ(parse_rate_nano("0.0014/s").value, 1'400'000);
  EXPECT_EQ(parse_rate_nano("5/h").value, 1'388'889);
  EXPECT_EQ(parse_rate_nano("1/h").value, 277'778);
  EXPECT_EQ(parse_rate_nano("12345678.123/s").value, 12'345'678'123'000'000);
  EXPECT_FALSE(parse_rate_nano("0/s").value);
  EXPECT_FALSE(parse_rate_nano("0.9/h").value);
  EXPECT_EQ(parse_rate_nano("200").suggestion, "200/s");
}

TEST(Rates, PrintInTheUnitTheyWereWrittenIn) {
  for (const char* text : {"200/s", "0.0014/s", "5/m", "1/m", "5/h", "12.5/h"}) {
    EXPECT_EQ(format_rate_nano(*parse_rate_nano(text).value), text);
  }
}

TEST(BitRates, AreInBitsNotBytes) {
  EXPECT_EQ(parse_bit_rate("32kbit/s").value, 32'000);
  EXPECT_EQ(parse_bit_rate("20Mbit/s").value, 20'000'000);
  EXPECT_EQ(parse_bit_rate("20Mbps").suggestion, "20Mbit/s");
}

TEST(Distributions, HaveFourShapesAndBareValues) {
  const auto parse = [](std::string_view text) {
    return parse_distribution(text, OfWhat::duration, Never::allowed).value;
  };

  EXPECT_EQ(parse("lognormal(45ms,0.4)"),
            (Distribution{Distribution::Kind::lognormal, 45'000'000, 0, 0.4}));
  EXPECT_EQ(parse("exp(10m)"),
            (Distribution{Distribution::Kind::exponential, 600'000'000'000, 0, 0}));
  EXPECT_EQ(parse("uniform(0s, 3s)"),
            (Distribution{Distribution::Kind::uniform, 0, 3'000'000'000, 0}));
  EXPECT_EQ(parse("fixed(300us)"), Distribution::fixed(300'000));
  EXPECT_EQ(parse("300us"), Distribution::fixed(300'000));
  EXPECT_EQ(parse("never"), Distribution::never());
}

TEST(Distributions, ThatCannotBeSampledAreRefused) {
  for (const char* text :
       {"exp(0s)", "uniform(3s,1s)", "lognormal(45ms)", "lognormal(45ms,0)", "lognormal(1s,nan)",
        "normal(1s,1s)", "exp(1s", "exp()", "()", "exp(1s,2s)", "fixed(-1s)", "inf"}) {
    EXPECT_FALSE(parse_distribution(text, OfWhat::duration, Never::allowed).value) << text;
  }
  EXPECT_FALSE(parse_distribution("never", OfWhat::duration, Never::refused).value);
}

TEST(Distributions, SuggestTheWholeCall) {
  const auto parsed = parse_distribution("uniform(0s,3sec)", OfWhat::duration, Never::refused);

  EXPECT_EQ(parsed.suggestion, "uniform(0s,3s)");
}

TEST(Popularity, IsUniformOrZipf) {
  EXPECT_EQ(parse_popularity("uniform").value, 0.0);
  EXPECT_EQ(parse_popularity("zipf(1.0)").value, 1.0);
  EXPECT_FALSE(parse_popularity("zipf").value);
  EXPECT_FALSE(parse_popularity("zipf(-1)").value);
  EXPECT_FALSE(parse_popularity("zipf(99)").value);
}

TEST(Selectors, NameAllNodesAZoneOrOneNode) {
  NodeConfig nodes;
  nodes.count = 5;
  nodes.zones = {"a", "b"};

  EXPECT_EQ(parse_selector("node[*]", nodes).value, (NodeSet{0, 1, 2, 3, 4}));
  EXPECT_EQ(parse_selector("node[zone=b]", nodes).value, (NodeSet{1, 3}));
  EXPECT_EQ(parse_selector("n5", nodes).value, (NodeSet{4}));
  for (const char* text : {"n0", "n6", "n01", "n", "5", "node[zone=c]", "node[0..3]", "n1 "}) {
    EXPECT_FALSE(parse_selector(text, nodes).value) << text;
  }
}

TEST(Limits, AreReadInTheMetricsUnit) {
  EXPECT_EQ(parse_limit("15s", "ns").value, 15e9);
  EXPECT_EQ(parse_limit("0.05%", "ratio").value, 0.05 / 100);
  EXPECT_EQ(parse_limit("0.25", "ratio").value, 0.25);
  EXPECT_EQ(parse_limit("100", "1").value, 100.0);
  EXPECT_EQ(parse_limit("5MB/s", "bytes/s").value, 5e6);
  EXPECT_EQ(parse_limit("8Mbit/s", "bytes/s").value, 1e6);
  EXPECT_EQ(parse_limit("64KiB", "bytes").value, 65536.0);
  EXPECT_FALSE(parse_limit("15", "ns").value);
  EXPECT_FALSE(parse_limit("15s", "ratio").value);
  EXPECT_FALSE(parse_limit("5%", "1").value);
}

TEST(Limits, a_share_above_one_is_a_forgotten_percent_sign) {
  EXPECT_EQ(parse_bound("5", "loss.intent", "ratio").suggestion, "5%");
  EXPECT_FALSE(parse_bound("200%", "loss.intent", "ratio").value);
  EXPECT_EQ(parse_bound("1", "loss.intent", "ratio").value, 1.0);
  EXPECT_EQ(parse_bound("5", "bytes.amplification", "ratio").value, 5.0);
  EXPECT_EQ(parse_bound("5", "pairs.owed", "1").value, 5.0);
}

TEST(Comparisons, NeedNoBlanks) {
  const auto parsed = split_comparison("loss.intent<=0.05%");

  ASSERT_TRUE(parsed.value);
  EXPECT_EQ(parsed.value->metric, "loss.intent");
  EXPECT_EQ(parsed.value->op, "<=");
  EXPECT_EQ(parsed.value->value, "0.05%");
  EXPECT_FALSE(split_comparison("loss.intent = 5").value);
  EXPECT_FALSE(split_comparison("< 5").value);
}

TEST(Globs, MatchWithStarsAnywhere) {
  EXPECT_TRUE(glob_matches("*", "routed"));
  EXPECT_TRUE(glob_matches("*:k3", "multi_active:k3"));
  EXPECT_TRUE(glob_matches("*:k?", "multi_active:k3"));
  EXPECT_TRUE(glob_matches("broadcast*", "broadcast"));
  EXPECT_TRUE(glob_matches("*a*b*", "xaxxbx"));
  EXPECT_FALSE(glob_matches("broadcast", "broadcast:shortcut"));
  EXPECT_FALSE(glob_matches("*b", "abc"));
  EXPECT_FALSE(glob_matches("rout", "routed"));
  EXPECT_FALSE(glob_matches("routed?", "routed"));
  EXPECT_FALSE(glob_matches("", "routed"));
}

RC_GTEST_PROP(Durations, PrintAsTheyAreRead, ()) {
  const Duration value{*rc::gen::inRange<std::int64_t>(0, INT64_MAX)};

  RC_ASSERT(parse_duration(format_duration(value)).value == value);
}

RC_GTEST_PROP(Sizes, PrintAsTheyAreRead, ()) {
  const Bytes value = *rc::gen::inRange<std::int64_t>(0, INT64_MAX);

  RC_ASSERT(parse_size(format_size(value)).value == value);
}

RC_GTEST_PROP(Rates, PrintAsTheyAreRead, ()) {
  const std::int64_t value = *rc::gen::inRange<std::int64_t>(277'778, 100'000'000'000'000'000);

  RC_ASSERT(parse_rate_nano(format_rate_nano(value)).value == value);
}

RC_GTEST_PROP(Distributions, PrintAsTheyAreRead, ()) {
  const auto low = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000);
  const auto more = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
  const auto sigma = *rc::gen::inRange(1, 5000);
  const Distribution shapes[] = {
      Distribution::fixed(low),
      {Distribution::Kind::uniform, low, low + more, 0},
      {Distribution::Kind::exponential, low, 0, 0},
      {Distribution::Kind::lognormal, low, 0, sigma / 1000.0},
      Distribution::never(),
  };

  for (const Distribution& shape : shapes) {
    const std::string text = format_distribution(shape, OfWhat::duration);
    RC_ASSERT(parse_distribution(text, OfWhat::duration, Never::allowed).value == shape);
  }
}

RC_GTEST_PROP(AllGrammars, SurviveAnyText, (const std::string& text)) {
  const NodeConfig nodes;

  const bool any = parse_time(text).value || parse_size(text).value ||
                   parse_rate_nano(text).value || parse_bit_rate(text).value ||
                   parse_distribution(text, OfWhat::size, Never::allowed).value ||
                   parse_popularity(text).value || parse_selector(text, nodes).value;

  RC_ASSERT(!any || !text.empty());
}

}  // namespace
}  // namespace squall::language
