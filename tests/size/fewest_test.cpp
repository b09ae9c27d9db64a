// The search for the fewest: where it ends, how little it looks, and what it says when more is not
// better.
#include "sim/cli/size/fewest.hpp"

#include <gtest/gtest.h>

#include <set>

namespace squall {
namespace {

constexpr NodeRange kRange{1, 1000};

TEST(Fewest, FindsTheLeastFromAnyStart) {
  for (const int least : {1, 2, 3, 7, 100, 999, 1000}) {
    for (const int start : {1, 2, 6, 64, 500, 1000}) {
      std::set<int> looked_at;
      const Fewest found = fewest(kRange, static_cast<std::uint16_t>(start), [&](auto number) {
        EXPECT_TRUE(looked_at.insert(number).second) << "twice: " << number;
        return std::optional(number >= least);
      });

      EXPECT_EQ(found.number, least) << "from " << start;
      EXPECT_TRUE(found.confirmed);
      EXPECT_LE(looked_at.size(), 22U) << "from " << start;  // there and back, by doubling
      EXPECT_TRUE(least == 1 || looked_at.contains(least - 1)) << "from " << start;
      EXPECT_TRUE(least == 1000 || looked_at.contains(least + 1)) << "from " << start;
    }
  }
}

TEST(Fewest, LooksAtFewWhenTheStartIsNear) {
  int looks = 0;
  const auto count = [&](auto number) {
    ++looks;
    return std::optional(number >= 40);
  };

  fewest(kRange, 40, count);

  EXPECT_EQ(looks, 3);  // 40, 39, 41
}

TEST(Fewest, FindsNothingWhereNothingIs) {
  const Fewest found = fewest({3, 9}, 5, [](auto) { return std::optional(false); });

  EXPECT_EQ(found.number, std::nullopt);
  EXPECT_FALSE(found.ended);
}

TEST(Fewest, SaysThatOneMoreIsNotBetter) {
  const Fewest found = fewest({1, 9}, 4, [](auto number) { return std::optional(number == 4); });

  EXPECT_EQ(found.number, 4);
  EXPECT_FALSE(found.confirmed);
}

TEST(Fewest, EndsWhenItIsTold) {
  int looks = 0;
  const Fewest found = fewest(kRange, 1, [&](auto) -> std::optional<bool> {
    return ++looks < 3 ? std::optional(false) : std::nullopt;
  });

  EXPECT_TRUE(found.ended);
  EXPECT_EQ(found.number, std::nullopt);
  EXPECT_EQ(looks, 3);
}

}  // namespace
}  // namespace squall
