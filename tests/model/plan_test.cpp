// The plan: what one seed decides before any strategy plays, and that it decides nothing else.
//
// Scenarios are built as values here; that files become such values is load_test.cpp's subject.
#include "scenarios/model/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "scenarios/model/volume.hpp"
#include "tests/model/sends.hpp"
#include "tests/support/script_step.hpp"

namespace squall {
namespace {

using testing::everybody;
using testing::said;
using testing::step;

Distribution exponential(Duration mean) {
  return {Distribution::Kind::exponential, mean.count(), 0, 0};
}

// 200 users in 10 rooms on 4 nodes, 100 messages a second to rooms.
Scenario restless_town() {
  Scenario made;
  made.name = "town";
  made.time.warmup = 30s;
  made.time.measure = 60s;
  made.cluster.nodes.count = 4;
  Population users;
  users.name = "users";
  users.count = 200;
  users.stay = exponential(20s);
  users.away = exponential(10s);
  users.drop = exponential(15s);
  users.silent_drop = 0.25;
  made.people = {users};
  RoomSet rooms;
  rooms.name = "room";
  rooms.count = 10;
  rooms.joined_per_user = 2;
  made.rooms = {rooms};
  Traffic chat;
  chat.name = "chat";
  chat.room_set = "room";
  chat.rate_per_second_nano = 100'000'000'000;
  chat.size = {Distribution::Kind::uniform, 50, 500, 0};
  made.traffic = {chat};
  return made;
}

bool same(const Send& a, const Send& b) {
  return a.at == b.at && a.sender == b.sender && a.to == b.to && a.size == b.size;
}
bool same(const std::vector<Send>& a, const std::vector<Send>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Send& x, const Send& y) { return same(x, y); });
}

std::vector<std::size_t> room_sizes(const Plan& plan) {
  std::vector<std::size_t> sizes;
  for (std::uint32_t r = 0; r < plan.rooms(); ++r) sizes.push_back(plan.members(RoomId{r}).size());
  return sizes;
}

// What a life consists of, for the first three rounds of everybody.
std::vector<Duration> lives(const Plan& plan) {
  std::vector<Duration> times;
  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    const EndpointId who{e};
    times.push_back(plan.first_login(who));
    for (const std::uint32_t n : {0U, 1U, 2U}) {
      times.push_back(plan.stay(who, n));
      times.push_back(plan.away(who, n));
      times.push_back(plan.until_drop(who, n));
      times.push_back(Duration{plan.drop_is_silent(who, n)});
    }
  }
  return times;
}

// ---- Seeds --------------------------------------------------------------------------------------

TEST(Plan, the_same_seed_gives_the_same_plan) {
  const Scenario scenario = restless_town();
  const Plan one(scenario, 7), again(scenario, 7);

  EXPECT_EQ(room_sizes(one), room_sizes(again));
  EXPECT_EQ(lives(one), lives(again));
  EXPECT_TRUE(same(said(one, everybody(one)), said(again, everybody(again))));
}

TEST(Plan, another_seed_gives_another_plan) {
  const Scenario scenario = restless_town();
  const Plan one(scenario, 7), other(scenario, 8);

  EXPECT_NE(room_sizes(one), room_sizes(other));
  EXPECT_NE(lives(one), lives(other));
  EXPECT_FALSE(same(said(one, everybody(one)), said(other, everybody(other))));
}

TEST(Plan, one_more_population_leaves_the_lives_of_the_others_as_they_were) {
  const Scenario scenario = restless_town();
  Scenario larger = scenario;
  larger.people.push_back(scenario.people[0]);
  larger.people[1].name = "more";
  const Plan before(scenario, 7), after(larger, 7);

  std::vector<Duration> kept = lives(after);
  kept.resize(lives(before).size());

  EXPECT_EQ(after.endpoints(), 400U);
  EXPECT_EQ(kept, lives(before));
}

// ---- Lives --------------------------------------------------------------------------------------

TEST(Plan, first_logins_fall_into_the_first_third_of_the_warm_up) {
  const Scenario scenario = restless_town();
  const Plan plan(scenario, 1);

  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    EXPECT_GE(plan.first_login(EndpointId{e}), -30s);
    EXPECT_LT(plan.first_login(EndpointId{e}), -20s);
  }
}

TEST(Plan, the_times_of_a_life_follow_their_distributions) {
  const Scenario scenario = restless_town();
  const Plan plan(scenario, 1);
  double stay = 0, away = 0, drop = 0, silent = 0;
  constexpr std::uint32_t kRounds = 50;
  for (std::uint32_t e = 0; e < 200; ++e) {
    for (std::uint32_t n = 0; n < kRounds; ++n) {
      stay += static_cast<double>(plan.stay(EndpointId{e}, n).count()) / 1e9;
      away += static_cast<double>(plan.away(EndpointId{e}, n).count()) / 1e9;
      drop += static_cast<double>(plan.until_drop(EndpointId{e}, n).count()) / 1e9;
      silent += plan.drop_is_silent(EndpointId{e}, n);
    }
  }
  constexpr double kDraws = 200 * kRounds;  // four standard errors of an exponential: 4 %

  EXPECT_NEAR(stay / kDraws, 20, 0.8);
  EXPECT_NEAR(away / kDraws, 10, 0.4);
  EXPECT_NEAR(drop / kDraws, 15, 0.6);
  EXPECT_NEAR(silent / kDraws, 0.25, 0.018);
}

TEST(Plan, who_never_leaves_stays_for_good) {
  Scenario scenario = restless_town();
  scenario.people[0].stay = Distribution::never();
  scenario.people[0].drop = Distribution::never();
  const Plan plan(scenario, 1);

  EXPECT_EQ(plan.stay(EndpointId{5}, 0), Duration::max());
  EXPECT_EQ(plan.until_drop(EndpointId{5}, 0), Duration::max());
}

// ---- Rooms --------------------------------------------------------------------------------------

TEST(Plan, everybody_joins_as_many_different_rooms_as_asked_for) {
  const Scenario scenario = restless_town();
  const Plan plan(scenario, 1);

  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    std::set<RoomId> rooms;
    for (const Membership& membership : plan.memberships(EndpointId{e})) {
      rooms.insert(membership.room);
      EXPECT_EQ(plan.members(membership.room)[membership.rank], EndpointId{e});
    }
    EXPECT_EQ(rooms.size(), 2U);
  }
}

TEST(Plan, popular_rooms_are_larger_by_zipfs_law) {
  Scenario scenario = restless_town();
  scenario.people[0].count = 20'000;
  scenario.rooms[0].joined_per_user = 1;
  scenario.rooms[0].zipf = 1.0;
  const Plan plan(scenario, 1);
  double harmonic = 0;
  for (int rank = 1; rank <= 10; ++rank) harmonic += 1.0 / rank;

  const std::vector<std::size_t> sizes = room_sizes(plan);

  for (std::size_t rank = 0; rank < 10; ++rank) {
    const double share = 1.0 / static_cast<double>(rank + 1) / harmonic;
    const double error = std::sqrt(share * (1 - share) / 20'000);
    EXPECT_NEAR(static_cast<double>(sizes[rank]) / 20'000, share, 4 * error) << rank;
  }
}

TEST(Plan, a_list_of_sizes_is_filled_exactly_and_nobody_is_in_two_of_its_rooms) {
  Scenario scenario = restless_town();
  scenario.rooms[0].sizes = {{50, 2}, {5, 10}, {1, 3}};
  const Plan plan(scenario, 1);

  const std::vector<std::size_t> sizes = room_sizes(plan);

  EXPECT_EQ(sizes, (std::vector<std::size_t>{50, 50, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 1, 1, 1}));
  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    EXPECT_LE(plan.memberships(EndpointId{e}).size(), 1U);
  }
}

// What is expected of a scenario is expected of the rooms that are played.
TEST(Plan, a_list_of_sizes_that_is_too_long_for_the_users_is_filled_as_laws_say) {
  for (const std::uint32_t users : {1U, 40U, 100U, 139U, 500U}) {
    Scenario scenario = restless_town();
    scenario.people.front().count = users;
    scenario.rooms.front().sizes = {{10, 4}, {50, 2}};
    const Plan plan(scenario, 1);

    std::vector<std::size_t> played, said;
    for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
      const std::size_t members = plan.members(RoomId{room}).size();
      if (members > 0) played.push_back(members);
    }
    for (const auto& [members, rooms] : filled_sizes(scenario.rooms.front(), users)) {
      said.insert(said.end(), rooms, members);
    }
    EXPECT_EQ(played, said) << users;
  }
}

Scenario two_friends() {
  Scenario scenario = restless_town();
  scenario.clients = {{"alice", std::nullopt, {"lobby", "room-3"}, 1'000'000},
                      {"bob", std::uint16_t{2}, {"lobby"}, 2'000'000}};
  return scenario;
}

TEST(Plan, individuals_come_after_the_populations_and_keep_their_settings) {
  const Scenario scenario = two_friends();
  const Plan plan(scenario, 1);

  EXPECT_EQ(plan.endpoints(), 202U);
  EXPECT_EQ(plan.individual_named("alice"), EndpointId{200});
  EXPECT_EQ(plan.individual_named("bob"), EndpointId{201});
  EXPECT_TRUE(plan.individual(EndpointId{201}));
  EXPECT_FALSE(plan.individual(EndpointId{199}));
  EXPECT_EQ(plan.individual_config(EndpointId{201}).on, 2);
  EXPECT_EQ(plan.downlink(EndpointId{200}), 1'000'000);
  EXPECT_EQ(plan.downlink(EndpointId{0}), 20'000'000);
}

TEST(Plan, an_individual_can_be_in_a_room_of_the_populations_or_in_one_of_its_own) {
  const Scenario scenario = two_friends();
  const Plan plan(scenario, 1);
  const RoomId lobby = plan.room_named("lobby"), third = plan.room_named("room-3");

  const auto of_third = plan.members(third), of_lobby = plan.members(lobby);

  EXPECT_EQ(plan.rooms(), 11U);
  EXPECT_EQ(plan.room_name(lobby), "lobby");
  EXPECT_EQ(plan.room_name(third), "room-3");
  EXPECT_EQ(of_third.back(), EndpointId{200});
  EXPECT_GT(of_third.size(), 1U);
  EXPECT_EQ(std::vector(of_lobby.begin(), of_lobby.end()),
            (std::vector<EndpointId>{EndpointId{200}, EndpointId{201}}));
  EXPECT_EQ(plan.room_named("attic"), kNoRoom);
}

TEST(Plan, a_room_that_is_joined_by_the_script_has_a_seat_but_no_member_yet) {
  Scenario scenario = two_friends();
  ScriptStep join = step(Verb::join, 5s);
  join.client = "bob";
  join.room = "attic";
  scenario.script = {join};
  const Plan plan(scenario, 1);

  EXPECT_TRUE(plan.initially_joined(EndpointId{201}, plan.room_named("lobby")));
  EXPECT_FALSE(plan.initially_joined(EndpointId{201}, plan.room_named("attic")));
  EXPECT_EQ(plan.members(plan.room_named("attic")).size(), 1U);
}

}  // namespace
}  // namespace squall
