// What loads say of the way between two processes, of a protocol's bytes, and of a design: figures
// that are known because the loads here are made of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/cli/calibrate/design.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;

PlayedLoad load_of(double recipients, double bytes, double median_s) {
  PlayedLoad one;
  one.row = &load_rows()[1];  // few pairs, 64 B
  one.recipients = recipients, one.bytes = bytes, one.median_s = median_s;
  return one;
}

TEST(Design, AWayIsHalfOfWhatCostsDoNotExplainOfTheMedianOfTheFewestMessages) {
  CostChanges costs;
  costs.frame_read = 30us, costs.push = 10us;

  std::vector<PlayedLoad> played{load_of(1, 64, 200e-6), load_of(1, 64, 240e-6),
                                 load_of(24, 64, 100e-6)};
  played[0].pushes = 1500, played[1].pushes = 100, played[2].pushes = 10;

  EXPECT_EQ(one_way_through_a_node(played, costs), 100us);
  costs.frame_read = 1ms;
  EXPECT_EQ(one_way_through_a_node(played, costs), 0ns);
}

TEST(Design, OverheadIsThatOfRoomsWithMostMessagesDownAndOfTheSmallestMessagesUp) {
  std::vector<PlayedLoad> played{load_of(1, 64, 0), load_of(199, 128, 0), load_of(24, 64, 0)};
  played[0].beside_up = 26.7, played[0].beside_down = 31;  // an answer of 21 with its frame
  played[1].beside_up = 40, played[1].beside_down = 10.2;
  played[2].beside_up = 50, played[2].beside_down = 11;
  played[0].messages = 3000, played[1].messages = 60, played[2].messages = 450;

  EXPECT_EQ(overhead_in(played), (ProtocolOverhead{.up = 27, .down = 10, .answer = 19}));
}

// Of servers that put 12 B around each message, and say back what is asked for: an answer in its
// frame, and the message.
std::vector<PlayedLoad> saying_back(double answer, bool echo) {
  const std::vector<std::pair<double, double>> kinds{{1, 64}, {1, 4096}, {24, 64}, {199, 128}};
  std::vector<PlayedLoad> played;
  for (const auto& [recipients, bytes] : kinds) {
    const double header = bytes > 125 ? 4 : 2, own = echo ? bytes + header + 12 : 0;
    played.push_back(load_of(recipients, bytes, 0));
    played.back().messages = 1000 / recipients;
    played.back().beside_up = 5;
    played.back().beside_down = 12 + (own + (answer > 0 ? answer + 2 : 0)) / recipients;
  }
  return played;
}

TEST(Design, AnEchoGrowsWithMessagesAndAnAnswerDoesNot) {
  for (const Bytes answer : {0, 1, 21, 90}) {
    for (const bool echo : {false, true}) {
      const ProtocolOverhead found = overhead_in(saying_back(static_cast<double>(answer), echo));

      EXPECT_EQ(found, (ProtocolOverhead{.up = 5, .down = 12, .answer = answer, .echo = echo}));
    }
  }
}

TEST(Design, WhereOneSizeWasPlayedNobodyIsTakenForAnEcho) {
  std::vector<PlayedLoad> played = saying_back(21, false);
  std::erase_if(played, [](const PlayedLoad& one) { return one.bytes > 1000; });

  EXPECT_EQ(overhead_in(played), (ProtocolOverhead{.up = 5, .down = 12, .answer = 21}));
  std::erase_if(played, [](const PlayedLoad& one) { return one.recipients == 1; });
  EXPECT_EQ(overhead_in(played).answer, std::nullopt);
}

TEST(Design, ThePushOfAnEchoIsNoPartOfWhatAMessageCosts) {
  CostChanges costs;
  costs.frame_read = 30us, costs.push = 10us;

  take_echo_apart(costs);
  EXPECT_EQ(costs.frame_read, 20us);
  costs.push = 50us;
  take_echo_apart(costs);
  EXPECT_EQ(costs.frame_read, 1ns);
}

TEST(Design, AWayIsFittedWhereTheMedianGrowsEvenlyAndIsTheShortestWhereCostsTakeLonger) {
  const auto four_ways = [](Duration way) {
    return 300e-6 + 4 * std::chrono::duration<double>(way).count();
  };

  EXPECT_NEAR(static_cast<double>(fitted_way(700e-6, four_ways).count()), 100e3, 2);
  EXPECT_EQ(fitted_way(250e-6, four_ways), 1us);
  EXPECT_EQ(fitted_way(0, four_ways), 0ns);
  EXPECT_EQ(fitted_way(700e-6, [](Duration) { return 0.0; }), 0ns);  // nobody heard anything
}

TEST(Design, BehindABrokerAMessagesCostIsDividedAmongItsSteps) {
  Calibration profile;
  profile.costs.frame_read = 500us, profile.plus_minus.frame_read = 50us;

  fit_design(profile, strategy("broadcast"), 3, {});

  EXPECT_EQ(profile.costs.frame_read, 100us);  // read, publish, three that hear
  EXPECT_EQ(profile.costs.publish, 100us);
  EXPECT_EQ(profile.costs.broker_receive, 100us);
  EXPECT_EQ(profile.plus_minus.publish, 10us);
  Calibration alone;
  alone.costs.frame_read = 500us;
  fit_design(alone, strategy("sticky_hash"), 3, {});
  EXPECT_EQ(alone.costs.frame_read, 500us);
  EXPECT_FALSE(alone.costs.publish);
}

// Two rounds count alike, and other loads not at all.
TEST(Design, TheWayIsThatWithWhichTheDesignShowsTheMeasuredMedian) {
  for (const char* const design : {"broadcast", "sticky_hash", "routed"}) {
    Calibration profile;
    profile.costs.push = 12us;
    const LoadRow* const typical = &*std::ranges::find_if(load_rows(), &LoadRow::typical);
    const double median_s = simulated_median_s(*typical, 3, strategy(design), profile, 80us);
    std::vector<PlayedLoad> played{load_of(9, 256, median_s - 40e-6), load_of(1, 64, 1),
                                   load_of(9, 256, median_s + 40e-6)};
    played.front().row = played.back().row = typical;

    fit_design(profile, strategy(design), 3, played);

    EXPECT_NEAR(static_cast<double>(profile.one_way.count()), 80e3, 4e3) << design;
  }
}

}  // namespace
}  // namespace squall::testing
