// Choosing different rooms by popularity: every set comes to an end, draws that were cheap stay
// what they were, and the choice from the rest has the right shares.
#include "scenarios/model/room_choice.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace squall {
namespace {

Rng user(std::uint64_t number) { return {1, Purpose::room, number}; }

// How it was done when a room that came up twice was simply drawn again.
std::vector<std::uint32_t> by_rejection(std::uint32_t rooms, double exponent, const Rng& rng,
                                        std::uint32_t wanted) {
  const ZipfSampler popularity(rooms, exponent);
  std::vector<std::uint32_t> chosen;
  for (std::uint64_t n = 0; chosen.size() < wanted; ++n) {
    const std::uint32_t rank = popularity.sample(rng.at(n));
    if (std::ranges::find(chosen, rank) == chosen.end()) chosen.push_back(rank);
  }
  return chosen;
}

TEST(RoomChoice, a_user_who_is_in_every_room_of_the_steepest_set_gets_each_of_them_once) {
  RoomChoice choice(1000, 5);

  const std::vector<std::uint32_t> chosen = choice.choose(user(1), 1000);

  EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), 1000U);
}

TEST(RoomChoice, a_choice_that_was_cheap_is_the_one_it_always_was) {
  for (const double exponent : {0.0, 1.0, 2.0}) {
    RoomChoice choice(50, exponent);
    for (std::uint64_t number = 0; number < 100; ++number) {
      EXPECT_EQ(choice.choose(user(number), 5), by_rejection(50, exponent, user(number), 5));
    }
  }
}

TEST(RoomChoice, a_choice_does_not_depend_on_the_users_before) {
  RoomChoice one(200, 5), other(200, 5);
  one.choose(user(1), 150);
  one.choose(user(2), 199);

  EXPECT_EQ(one.choose(user(3), 180), other.choose(user(3), 180));
}

// 40 of 41 rooms of zipf(5): the one that is left out is nearly always one of the last. Rejection
// would be right too, and needs 10^8 draws for each user.
TEST(RoomChoice, the_rest_is_drawn_with_the_shares_of_what_is_left) {
  constexpr std::uint32_t kRooms = 41;
  constexpr std::uint64_t kUsers = 20'000;
  RoomChoice choice(kRooms, 5);
  std::vector<double> order(kRooms, 0);  // mean place of each room in the order of the draws
  double last_before_last_but_one = 0;
  for (std::uint64_t number = 0; number < kUsers; ++number) {
    const auto& chosen = choice.choose(user(number), kRooms);
    for (std::uint32_t place = 0; place < kRooms; ++place) order[chosen[place]] += place;
    const auto at = [&](std::uint32_t rank) { return std::ranges::find(chosen, rank); };
    last_before_last_but_one += at(kRooms - 1) < at(kRooms - 2) ? 1 : 0;
  }

  EXPECT_TRUE(std::ranges::is_sorted(order));
  // Of two rooms the first to be drawn is decided by their weights alone: 40^5 / (40^5 + 41^5).
  EXPECT_NEAR(last_before_last_but_one / double(kUsers), 0.4692, 4 * 0.0036);
}

}  // namespace
}  // namespace squall
