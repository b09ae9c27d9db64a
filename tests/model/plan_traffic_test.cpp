// Traffic and script of a plan: when somebody speaks, to whom, and what the faults become.
//
// Rooms and lives are in plan_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "tests/model/sends.hpp"
#include "tests/support/script_step.hpp"

namespace squall {
namespace {

using testing::said;
using testing::step;

// 50 users in 5 rooms, 200 messages a second, 60 s of measure after 30 s of warm-up.
Scenario town(TrafficTo to = TrafficTo::room) {
  Scenario made;
  made.time.warmup = 30s;
  made.time.measure = 60s;
  made.time.drain = 20s;
  made.cluster.nodes.count = 5;
  Population users;
  users.name = "users";
  users.count = 50;
  made.people = {users};
  RoomSet rooms;
  rooms.name = "room";
  rooms.count = 5;
  made.rooms = {rooms};
  Traffic chat;
  chat.name = "chat";
  chat.to = to;
  chat.room_set = "room";
  chat.rate_per_second_nano = 200'000'000'000;
  made.traffic = {chat};
  return made;
}

std::int64_t between(const std::vector<Send>& sends, Time from, Time to) {
  return std::ranges::count_if(sends, [&](const Send& s) { return from <= s.at && s.at < to; });
}

// ---- Traffic ------------------------------------------------------------------------------------

TEST(TrafficSource, messages_come_in_order_of_time_at_the_rate_of_the_class) {
  const Scenario scenario = town();
  const Plan plan(scenario, 1);

  const std::vector<Send> sends = said(plan);

  EXPECT_TRUE(std::ranges::is_sorted(sends, {}, &Send::at));
  EXPECT_GE(sends.front().at, -30s);
  const double expected = 200 * 90;  // warm-up and measure
  EXPECT_NEAR(static_cast<double>(sends.size()), expected, 4 * std::sqrt(expected));
}

TEST(TrafficSource, an_even_class_has_the_same_gap_every_time) {
  Scenario scenario = town();
  scenario.traffic[0].poisson = false;
  const Plan plan(scenario, 1);

  const std::vector<Send> sends = said(plan);

  for (std::size_t i = 1; i < sends.size(); ++i) {
    ASSERT_EQ(sends[i].at - sends[i - 1].at, 5ms);
  }
}

TEST(TrafficSource, a_flash_multiplies_the_arrivals_while_it_lasts_and_no_others) {
  Scenario scenario = town();
  ScriptStep flash = step(Verb::flash, 20s);
  flash.lasts = 10s;
  flash.traffic = "chat";
  flash.times = 5;
  scenario.script = {flash};
  const Plan plan(scenario, 1);

  const std::vector<Send> sends = said(plan);

  EXPECT_NEAR(static_cast<double>(between(sends, 0s, 20s)), 4000, 4 * std::sqrt(4000.0));
  EXPECT_NEAR(static_cast<double>(between(sends, 20s, 30s)), 10000, 4 * std::sqrt(10000.0));
  EXPECT_NEAR(static_cast<double>(between(sends, 30s, 60s)), 6000, 4 * std::sqrt(6000.0));
}

TEST(TrafficSource, an_even_class_is_exact_through_a_flash) {
  Scenario scenario = town();
  scenario.traffic[0].poisson = false;
  ScriptStep flash = step(Verb::flash, 20s);
  flash.lasts = 10s;
  flash.traffic = "chat";
  flash.times = 4;
  scenario.script = {flash};
  const Plan plan(scenario, 1);

  const std::vector<Send> sends = said(plan);

  EXPECT_NEAR(static_cast<double>(between(sends, 20s, 30s)), 8000, 1);
  EXPECT_NEAR(static_cast<double>(between(sends, 30s, 60s)), 6000, 1);
}

TEST(TrafficSource, a_shape_of_steps_multiplies_the_arrivals_from_each_step_on) {
  Scenario scenario = town();
  scenario.traffic[0].poisson = false;
  scenario.traffic[0].shape.steps = {{Time{20s}, 0.5}, {Time{40s}, 0}, {Time{50s}, 3}};
  const Plan plan(scenario, 1);

  const std::vector<Send> sends = said(plan);

  EXPECT_NEAR(static_cast<double>(between(sends, 0s, 20s)), 4000, 1);
  EXPECT_NEAR(static_cast<double>(between(sends, 20s, 40s)), 2000, 1);
  EXPECT_NEAR(static_cast<double>(between(sends, 40s, 50s)), 0, 1);
  EXPECT_NEAR(static_cast<double>(between(sends, 50s, 60s)), 6000, 1);
}

// A day of 24 s, which began with the warm-up at midnight of the day before.
TEST(TrafficSource, a_day_has_a_mean_of_one_and_is_busiest_in_the_afternoon) {
  Scenario scenario = town();
  scenario.time.measure = 48s;
  scenario.traffic[0].poisson = false;
  scenario.traffic[0].shape.day = 24s;
  const Plan plan(scenario, 1);

  const std::vector<Send> sends = said(plan);

  EXPECT_NEAR(static_cast<double>(between(sends, 0s, 24s)), 4800, 2);
  EXPECT_NEAR(static_cast<double>(between(sends, 24s, 48s)), 4800, 2);
  EXPECT_NEAR(static_cast<double>(between(sends, 3s, 5s)), 104, 2);
  EXPECT_NEAR(static_cast<double>(between(sends, 15s, 17s)), 696, 2);
}

TEST(TrafficSource, a_flash_of_another_class_changes_nothing) {
  const Scenario calm = town();
  Scenario scenario = calm;
  ScriptStep flash = step(Verb::flash, 20s);
  flash.lasts = 10s;
  flash.traffic = "other";
  flash.times = 5;
  scenario.script = {flash};

  EXPECT_EQ(said(Plan(scenario, 1)).size(), said(Plan(calm, 1)).size());
}

TEST(TrafficSource, what_is_said_does_not_depend_on_cluster_or_strategies) {
  const Scenario scenario = town();
  Scenario other = scenario;
  other.cluster.nodes.count = 40;
  other.cluster.lb.policy = "random";
  other.strategies.resize(3);
  other.script = {step(Verb::crash, 10s, {0})};

  const std::vector<Send> one = said(Plan(scenario, 3)), two = said(Plan(other, 3));

  const auto all = [](const Send& s) {
    return std::tuple(s.at, s.sender, s.to.kind, s.to.id, s.size);
  };
  EXPECT_TRUE(std::ranges::equal(one, two, {}, all, all));
}

TEST(TrafficSource, only_members_speak_in_a_room_when_the_class_is_from_members) {
  Scenario scenario = town();
  scenario.traffic[0].from = "member";
  const Plan plan(scenario, 1);

  for (const Send& send : said(plan)) {
    const auto members = plan.members(send.to.room());
    ASSERT_NE(std::ranges::find(members, send.sender), members.end());
  }
}

TEST(TrafficSource, anybody_speaks_in_a_room_when_the_class_is_from_any) {
  const Scenario scenario = town();
  const Plan plan(scenario, 1);

  const auto outsider = [&](const Send& send) {
    const auto members = plan.members(send.to.room());
    return std::ranges::find(members, send.sender) == members.end();
  };

  EXPECT_TRUE(std::ranges::any_of(said(plan), outsider));
}

TEST(TrafficSource, nobody_writes_to_himself) {
  for (const TrafficTo to :
       {TrafficTo::user_any, TrafficTo::user_online, TrafficTo::user_roommate}) {
    const Scenario scenario = town(to);
    const Plan plan(scenario, 1);

    const std::vector<Send> sends = said(plan);

    EXPECT_GT(sends.size(), 10'000U);
    EXPECT_TRUE(
        std::ranges::none_of(sends, [](const Send& s) { return s.to == Address::user(s.sender); }));
  }
}

TEST(TrafficSource, a_roommate_shares_the_senders_room) {
  const Scenario scenario = town(TrafficTo::user_roommate);
  const Plan plan(scenario, 1);

  for (const Send& send : said(plan)) {
    const auto members = plan.members(plan.memberships(send.sender).front().room);
    ASSERT_NE(std::ranges::find(members, send.to.endpoint()), members.end());
  }
}

TEST(TrafficSource, only_those_who_are_online_speak_and_only_any_is_written_to_offline) {
  for (const TrafficTo to : {TrafficTo::room, TrafficTo::user_any, TrafficTo::user_online}) {
    const Scenario scenario = town(to);
    const Plan plan(scenario, 1);
    std::vector<std::uint8_t> online(plan.endpoints(), 0);
    for (std::size_t e = 0; e < online.size(); e += 2) online[e] = 1;

    const std::vector<Send> sends = said(plan, online);

    const auto offline_target = [&](const Send& s) {
      return s.to.kind == Address::Kind::user && online[index(s.to.endpoint())] == 0;
    };
    EXPECT_TRUE(std::ranges::all_of(sends, [&](const Send& s) { return online[index(s.sender)]; }));
    EXPECT_EQ(std::ranges::any_of(sends, offline_target), to == TrafficTo::user_any);
  }
}

TEST(TrafficSource, when_nobody_is_online_nothing_is_said_and_time_goes_on) {
  const Scenario scenario = town();
  const Plan plan(scenario, 1);
  const std::vector<std::uint8_t> nobody(plan.endpoints(), 0);

  EXPECT_TRUE(said(plan, nobody).empty());
}

TEST(TrafficSource, a_class_of_one_population_has_no_other_senders) {
  Scenario scenario = town();
  Population more = scenario.people[0];
  more.name = "more";
  scenario.people.push_back(more);
  scenario.traffic[0].from = "more";
  const Plan plan(scenario, 1);

  for (const Send& send : said(plan)) ASSERT_GE(index(send.sender), 50U);
}

// ---- Script -------------------------------------------------------------------------------------

using Kind = Stimulus::Kind;
using Instant = std::tuple<Kind, Time, std::uint32_t>;

std::vector<Instant> instants(const Plan& plan) {
  std::vector<Instant> all;
  for (const Stimulus& s : plan.stimuli()) all.emplace_back(s.kind, s.at, s.item);
  return all;
}

// Two of three nodes at once, then the third.
Scenario town_that_deploys() {
  Scenario scenario = town();
  ScriptStep deploy = step(Verb::rolling_restart, 10s, {0, 1, 2});
  deploy.batch = 2;
  deploy.drain = 4s;
  deploy.down = 6s;
  deploy.pause_between = 3s;
  scenario.script = {deploy};
  return scenario;
}

TEST(PlanScript, a_rolling_restart_drains_stops_and_starts_batch_after_batch) {
  const Scenario scenario = town_that_deploys();
  const Plan plan(scenario, 1);

  EXPECT_EQ(instants(plan), (std::vector<Instant>{{Kind::drain, 10s, 0},
                                                  {Kind::drain, 10s, 1},
                                                  {Kind::stop, 14s, 0},
                                                  {Kind::stop, 14s, 1},
                                                  {Kind::start, 20s, 0},
                                                  {Kind::start, 20s, 1},
                                                  {Kind::drain, 23s, 2},
                                                  {Kind::stop, 27s, 2},
                                                  {Kind::start, 33s, 2}}));
  EXPECT_EQ(plan.stimuli()[0].lasts, 4s);
}

TEST(PlanScript, the_span_of_a_rolling_restart_ends_when_its_last_batch_is_back) {
  const Scenario scenario = town_that_deploys();

  const std::vector<FaultSpan> spans = fault_spans(scenario);

  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].begin, 10s);
  EXPECT_EQ(spans[0].end, 33s);
}

TEST(PlanScript, a_fault_without_an_end_lasts_until_its_opposite_or_for_good) {
  Scenario scenario = town();
  scenario.script = {step(Verb::crash, 5s, {0}), step(Verb::crash, 6s, {1}),
                     step(Verb::restart, 15s, {0}), step(Verb::drain, 20s, {2}),
                     step(Verb::undrain, 25s, {2})};

  const std::vector<FaultSpan> spans = fault_spans(scenario);

  ASSERT_EQ(spans.size(), 3U);  // opposites are no faults
  EXPECT_EQ(spans[0].end, 15s);
  EXPECT_GT(spans[1].end, 80s);  // measure and drain
  EXPECT_EQ(spans[2].end, 25s);
}

TEST(PlanScript, a_fault_with_an_end_ends_by_itself_and_both_ends_have_one_blame) {
  Scenario scenario = town();
  ScriptStep crash = step(Verb::crash, 5s, {0, 3});
  crash.lasts = 7s;
  scenario.script = {crash};
  const Plan plan(scenario, 1);

  EXPECT_EQ(instants(plan), (std::vector<Instant>{{Kind::crash, 5s, 0},
                                                  {Kind::crash, 5s, 3},
                                                  {Kind::start, 12s, 0},
                                                  {Kind::start, 12s, 3}}));
  for (const Stimulus& s : plan.stimuli()) EXPECT_EQ(s.trigger, fault_trigger(scenario, 0));
}

TEST(PlanScript, pauses_are_laid_out_by_node_in_order_of_time) {
  Scenario scenario = town();
  ScriptStep late = step(Verb::pause, 30s, {1, 2}), early = step(Verb::pause, 5s, {1});
  late.lasts = early.lasts = 2s;
  scenario.script = {early, late};
  const Plan plan(scenario, 1);

  const auto of_one = plan.pauses(NodeId{1});

  EXPECT_TRUE(plan.pauses(NodeId{0}).empty());
  ASSERT_EQ(of_one.size(), 2U);
  EXPECT_EQ(of_one[0].range.begin, 5s);
  EXPECT_EQ(of_one[0].range.end, 7s);
  EXPECT_EQ(of_one[1].range.begin, 30s);
  EXPECT_EQ(plan.pauses(NodeId{2}).size(), 1U);
  EXPECT_TRUE(plan.stimuli().empty());
}

TEST(PlanScript, a_repeated_send_is_as_many_instants) {
  Scenario scenario = town();
  scenario.clients = {{"alice", std::nullopt, {"lobby"}, 1'000'000}};
  ScriptStep send = step(Verb::send, 5s);
  send.client = "alice";
  send.to_room = "lobby";
  send.repeat = 3;
  send.every = 100ms;
  scenario.script = {send};
  const Plan plan(scenario, 1);

  EXPECT_EQ(instants(plan),
            (std::vector<Instant>{
                {Kind::send, 5s, 0}, {Kind::send, 5100ms, 0}, {Kind::send, 5200ms, 0}}));
}

TEST(PlanScript, triggers_have_the_names_of_their_causes) {
  Scenario scenario = town();
  scenario.script = {step(Verb::crash, 5s, {0}), step(Verb::restart, 15s, {0}),
                     step(Verb::pause, 20s, {1})};
  scenario.script[0].label = "boom";
  scenario.script[2].label = "nap";

  const std::vector<std::string> names = trigger_names(scenario);

  EXPECT_EQ(names,
            (std::vector<std::string>{"structural", "overload", "churn:users", "churn:individual",
                                      "fault:boom", "fault:nap", "accident"}));
  EXPECT_EQ(index(accident_trigger(scenario)), 6U);
  EXPECT_EQ(index(churn_trigger(scenario, 0)), 2U);
  EXPECT_EQ(index(fault_trigger(scenario, 1)), 5U);
  EXPECT_EQ(fault_spans(scenario)[1].trigger, fault_trigger(scenario, 1));
}

}  // namespace
}  // namespace squall
