// Lines of every rate that a scenario may name: exact, in integers.
// What a frame on them costs is tests/laws/bytes_test.cpp.
#include "sim/kernel/line.hpp"

#include <gtest/gtest.h>

namespace squall {
namespace {

TEST(Line, TakesEightBitsPerByteAtEveryRate) {
  EXPECT_EQ(Line(100).time(1078), Duration{86'240'000'000});
  EXPECT_EQ(Line(20'000'000).time(1), Duration{400});
  EXPECT_EQ(Line(700'000'000'000).time(7'000'000), Duration{80'000});  // not those of 1,024 Gbit/s
  EXPECT_EQ(Line(1'000'000'000'000).time(1'000), Duration{8});
  EXPECT_EQ(Line(3).time(0), Duration{0});
}

TEST(Line, RoundsDownToTheNanosecondAndNeverFurther) {
  for (const std::int64_t rate : {101LL, 9'999'991LL, 700'000'000'001LL}) {
    for (const Bytes bytes : {1LL, 1499LL, 16'777'216LL, 1LL << 33}) {
      const __int128 bits = static_cast<__int128>(bytes) * 8'000'000'000;
      const __int128 taken = static_cast<__int128>(Line(rate).time(bytes).count()) * rate;
      EXPECT_TRUE(taken <= bits) << rate << " " << bytes;
      EXPECT_TRUE(taken + rate > bits) << rate << " " << bytes;
    }
  }
}

TEST(Line, ATimeThatNoClockHoldsIsTheLongest) {
  EXPECT_EQ(Line(100).time(1LL << 50), Duration::max());
}

TEST(Line, CarriesInATimeWhatTakesThatLong) {
  EXPECT_EQ(Line(1'000'000).bytes(Duration{24'000'000'000}), 3'000'000);
  EXPECT_EQ(Line(1'000'000).bytes(Duration{-8'000}), -1);
}

}  // namespace
}  // namespace squall
