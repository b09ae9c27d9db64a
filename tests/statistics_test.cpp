// Rounding, Student's interval, the rule of three, supported quantiles.
// Also the small tools beside them: formatting of numbers and SHA-256.
#include "report/measure/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "report/measure/result.hpp"
#include "report/measure/sha256.hpp"
#include "report/words/format.hpp"
#include "tests/support/infinity.hpp"

namespace squall {
namespace {

using testing::kInfinity;

TEST(Rounding, KeepsTwelveSignificantDigits) {
  EXPECT_EQ(rounded(1.0 / 3.0), 0.333333333333);
  EXPECT_EQ(rounded(123456.7890123456), 123456.789012);
  EXPECT_EQ(rounded(0.1 + 0.2), 0.3);
}

TEST(Rounding, KeepsWholeNumbersAndInfinityAsTheyAre) {
  EXPECT_EQ(rounded(9007199254740991.0), 9007199254740991.0);
  EXPECT_EQ(rounded(kInfinity), kInfinity);
  EXPECT_FALSE(std::signbit(rounded(-0.0)));
}

TEST(Rounding, ChangesNothingTheSecondTime) {
  for (const double value : {1.0 / 7.0, 2.0 / 3.0 * 1e-9, 1e15 / 7.0}) {
    EXPECT_EQ(rounded(rounded(value)), rounded(value));
  }
}

TEST(StudentInterval, OfFiveKnownValuesIsTheOneOfTheTable) {
  const double values[] = {1, 2, 3, 4, 5};

  const auto interval = student_interval(values);

  // t(4, 0.975) = 2.776445105; deviation sqrt(2.5); half width = t * sqrt(2.5 / 5).
  ASSERT_TRUE(interval.has_value());
  EXPECT_EQ(interval->mean, 3);
  EXPECT_NEAR(interval->half_width, 1.963243161, 1e-8);
}

TEST(StudentInterval, NeedsTwoFiniteValues) {
  const double one[] = {1};
  const double with_infinity[] = {1, 2, kInfinity};

  EXPECT_FALSE(student_interval(one).has_value());
  EXPECT_FALSE(student_interval(with_infinity).has_value());
}

TEST(Summary, LeavesOutSeedsWithoutData) {
  const Summary summary = summarize({"m", "1", {1.0, std::nullopt, 3.0}});

  EXPECT_FALSE(summary.no_data);
  EXPECT_EQ(summary.mean, 2);
  ASSERT_TRUE(summary.low && summary.high);
  EXPECT_LT(*summary.low, 2);
  EXPECT_GT(*summary.high, 2);
}

TEST(Summary, OfNothingIsNoData) {
  EXPECT_TRUE(summarize({"m", "1", {}}).no_data);
  EXPECT_TRUE(summarize({"m", "1", {std::nullopt}}).no_data);
}

TEST(Summary, WithOneInfiniteSeedIsInfiniteAndHasNoInterval) {
  const Summary summary = summarize({"m", "ns", {1.0, kInfinity, 2.0}});

  EXPECT_EQ(summary.mean, kInfinity);
  EXPECT_FALSE(summary.low || summary.high);
}

TEST(RuleOfThree, IsThreeOverTheNumberOfTrials) { EXPECT_EQ(rule_of_three(3000), 0.001); }

TEST(SupportedQuantiles, AskForTheSampleThatBoundsThemFromAbove) {
  EXPECT_EQ(samples_needed(0.5), 6U);
  EXPECT_EQ(samples_needed(0.9), 36U);
  EXPECT_EQ(samples_needed(0.99), 368U);
  EXPECT_EQ(samples_needed(0.999), 3688U);
  EXPECT_TRUE(supported(0.99, 368));
  EXPECT_FALSE(supported(0.99, 367));
}

TEST(Format, ShowsAsManyDigitsAsMeanSomething) {
  const Glyphs& glyphs = unicode_glyphs();

  EXPECT_EQ(sensible(0, glyphs), "0");
  EXPECT_EQ(sensible(212.4, glyphs), "212");
  EXPECT_EQ(sensible(43.91, glyphs), "43.9");
  EXPECT_EQ(sensible(0.00004, glyphs), "0.0000400");
  EXPECT_EQ(sensible(kInfinity, glyphs), "∞");
  EXPECT_EQ(with_half_width(1.93412, 0.0903, glyphs), "1.934 ± 0.090");
  EXPECT_EQ(with_half_width(2, 0, glyphs), "2.00");
  EXPECT_EQ(decimal(-0.0004, 3), "0.000");
}

TEST(Format, ChoosesAUnitForTheReader) {
  const Glyphs& glyphs = unicode_glyphs();

  EXPECT_EQ(with_unit(4.19e7, "ns", glyphs), "41.9 ms");
  EXPECT_EQ(with_unit(1500, "ns", glyphs), "1.50 µs");
  EXPECT_EQ(with_unit(1500, "ns", ascii_glyphs()), "1.50 us");
  EXPECT_EQ(with_unit(0.0193, "ratio", glyphs), "1.93 %");
  EXPECT_EQ(with_unit(3.1e7, "bytes/s", glyphs), "31.0 MB/s");
  EXPECT_EQ(with_unit(41234, "1", glyphs), "41 234");
  EXPECT_EQ(with_unit(kInfinity, "ns", glyphs), "∞");
}

TEST(Format, LetsNoControlCharacterThrough) {
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a b [31m ");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            " 31m");
  EXPECT_EQ(printable_ascii("é\tx"), "? x");
  EXPECT_EQ(display_width("é∞"), 2U);
  EXPECT_EQ(shortened("ééééé", 3), "éé~");
}

TEST(Format, PrintsNumbersBeyondSixtyFourBits) {
  EXPECT_EQ(int128_text(static_cast<__int128>(10'000'000'000'000) * 10'000'000'000'000),
            "100000000000000000000000000");
  EXPECT_EQ(int128_text(-42), "-42");
  EXPECT_EQ(hex16(0xabc), "0000000000000abc");
}

// The examples of the standard (FIPS 180-2, appendix B) and the empty text.
TEST(Sha256, AgreesWithTheExamplesOfTheStandard) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace squall
