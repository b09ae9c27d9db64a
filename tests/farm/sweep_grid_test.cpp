// The text of a grid: values, ranges, and what is wrong with them.
// Whether a scenario takes the values is tested with the command (tests/sweep/).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/farm/quantity.hpp"
#include "sim/farm/sweep_grid.hpp"

namespace squall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> values_of(const std::string& word) {
  std::string error;
  const auto axis = parse_axis(word, error);
  EXPECT_EQ(error, "");
  return axis ? axis->values : std::vector<std::string>{};
}

std::string complaint_about(const std::string& word) {
  std::string error;
  EXPECT_FALSE(parse_axis(word, error));
  return error;
}

TEST(SweepGrid, values_stand_in_the_order_of_the_command_line) {
  EXPECT_THAT(values_of("/a/b=3,1,2s,word"), ElementsAre("3", "1", "2s", "word"));
}

TEST(SweepGrid, commas_inside_brackets_and_quotes_belong_to_the_value) {
  EXPECT_THAT(values_of(R"(/a=lognormal(45ms,0.4),[1,2],{"x":[3,4]},"a,b\",c",5)"),
              ElementsAre("lognormal(45ms,0.4)", "[1,2]", R"({"x":[3,4]})", R"("a,b\",c")", "5"));
}

TEST(SweepGrid, a_range_counts_from_its_low_end_and_never_beyond_its_high_end) {
  EXPECT_THAT(values_of("/a=1..4"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(values_of("/a=1..12:4"), ElementsAre("1", "5", "9"));
  EXPECT_THAT(values_of("/a=7..7"), ElementsAre("7"));
  EXPECT_THAT(values_of("/a=1..3,8,16"), ElementsAre("1", "2", "3", "8", "16"));
}

TEST(SweepGrid, a_range_of_quantities_keeps_their_unit_and_is_exact) {
  EXPECT_THAT(values_of("/a=1s..2s:500ms"), ElementsAre("1s", "1500ms", "2s"));
  EXPECT_THAT(values_of("/a=0.1..0.5:0.2"), ElementsAre("0.1", "0.3", "0.5"));
  EXPECT_THAT(values_of("/a=100/s..300/s:100/s"), ElementsAre("100/s", "200/s", "300/s"));
}

TEST(SweepGrid, a_mistake_names_the_flag) {
  for (const char* word : {"", "a=1", "/a", "/a=", "/a=1,,2", "/a=1..", "/a=3..1", "/a=1..9:0",
                           "/a=1..9:1s", "/a=1s..9s", "/a=1s..9", "/a=1,2,1", "/a=1..99999"}) {
    EXPECT_THAT(complaint_about(word), StartsWith("--grid " + std::string(word) + ": "));
  }
}

TEST(SweepGrid, a_mistake_says_what_it_is) {
  EXPECT_THAT(complaint_about("/a=1,2,1"), HasSubstr("1 is there twice"));
  EXPECT_THAT(complaint_about("/a=1,1..2"), HasSubstr("1 is there twice"));
  EXPECT_THAT(complaint_about("/a=1s..9s"), HasSubstr("needs a step"));
  EXPECT_THAT(complaint_about("/a=3..1"), HasSubstr("backwards"));
  EXPECT_THAT(complaint_about("/a=1..99999"), HasSubstr("more than 10000"));
}

TEST(SweepGrid, the_last_axis_turns_fastest) {
  const std::vector<SweepAxis> axes{{"/a", {"1", "2"}}, {"/b", {"x", "y", "z"}}};

  ASSERT_EQ(grid_points(axes), 6U);
  EXPECT_THAT(values_at(axes, 0), ElementsAre("1", "x"));
  EXPECT_THAT(values_at(axes, 2), ElementsAre("1", "z"));
  EXPECT_THAT(values_at(axes, 3), ElementsAre("2", "x"));
}

TEST(SweepGrid, a_huge_grid_is_too_large_and_not_a_wrapped_number) {
  const SweepAxis axis{"/a", std::vector<std::string>(10'000, "1")};
  const std::vector<SweepAxis> axes(9, axis);

  EXPECT_EQ(grid_points(axes), kMostGridPoints + 1);
}

TEST(Quantity, text_and_value_are_each_other_s_reverse) {
  for (const char* text :
       {"0", "12", "0.25", "12.000001", "250ms", "2h", "64KiB", "200/s", "20Mbit/s"}) {
    const auto quantity = parse_quantity(text);

    ASSERT_TRUE(quantity) << text;
    EXPECT_EQ(parse_quantity(text_of(*quantity)), quantity) << text;
  }
}

TEST(Quantity, words_and_signs_are_none) {
  for (const char* text :
       {"", "x", "-1", "1.", ".5", "1.1234567", "1 s", "uniform(1s,2s)", "99999999999999999999"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
}

}  // namespace
}  // namespace squall
