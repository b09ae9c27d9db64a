// What a story shows of a life that is made by hand: where it was lost however long others are told
// of it, whose words and whose sessions these were.
//
// Stories of planted causes, word for word: tests/planted/explain_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/cli/explain/story.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr EndpointId kAlice{0}, kBob{1};
constexpr NodeId kFirst{0}, kSecond{1};

// Alice tells Bob something at 1 s, and he does not get it at 1.01 s.
struct ExplainStory : ::testing::Test {
  Scenario scenario = built_in("two-node-hello");
  Names names{scenario, 1};
  Life life;

  ExplainStory() {
    life.message = {MessageId{0}, kAlice, Address::user(kBob), 200, 1};
    life.number = 7;
    life.focus = kBob;
    see(Sight::What::offered, 1s, kNoNode);
    see(Sight::What::written, 1s, kNoNode);
  }
  Sight& see(Sight::What what, Time at, NodeId node) {
    life.sights.push_back({.what = what, .at = at, .message = 7, .node = node});
    return life.sights.back();
  }
  void lose(Time at, Mechanism mechanism, Rule rule) {
    Sight& lost = see(Sight::What::lost, at, kNoNode);
    lost.endpoint = kBob;
    lost.death = {mechanism, at};
    lost.rule = rule;
  }
  ConnectionRecord& session(NodeId node, Time opened, Time welcomed) {
    ConnectionRecord record;
    record.endpoint = kBob;
    record.node = node;
    record.opened = opened;
    record.ready = welcomed;
    life.lives.push_back(record);
    return life.lives.back();
  }
  void accepted(NodeId node) {
    see(Sight::What::arrived, 1s + 1ms, node);
    see(Sight::What::accepted, 1s + 2ms, node);
  }
  std::string text() const { return as_text(story_of(life, names)); }
};

TEST_F(ExplainStory, shows_where_it_was_lost_however_long_others_are_told_of_it) {
  accepted(kFirst);
  lose(1s + 10ms, Mechanism::reconnect_gap, Rule::not_there);
  session(kSecond, 2s, 2s);
  for (int more = 0; more < 100; ++more) see(Sight::What::fan_out, 3s + more * 1s, kSecond);

  EXPECT_THAT(text(), HasSubstr("LOST: reconnect_gap"));
  EXPECT_THAT(text(), HasSubstr("means to send it"));
  EXPECT_THAT(text(), HasSubstr("steps are left out"));
  EXPECT_LE(std::ranges::count(text(), '\n'), 38);
}

TEST_F(ExplainStory, a_session_is_over_when_its_node_has_closed_it) {
  accepted(kFirst);
  lose(1s + 10ms, Mechanism::reconnect_gap, Rule::not_there);
  ConnectionRecord& kicked = session(kSecond, -1s, -1s);
  kicked.closed = 900ms;
  kicked.dead = 31s;
  kicked.reason = CloseReason::kick;

  EXPECT_THAT(text(), HasSubstr("until 0.900000 s (kick"));
  EXPECT_THAT(text(), HasSubstr("bob believed in it until 31.000000 s"));
}

TEST_F(ExplainStory, all_sessions_until_the_next_one_are_shown_in_whatever_order_they_were_opened) {
  accepted(kFirst);
  lose(1s + 10ms, Mechanism::not_subscribed, Rule::no_copy);
  session(kFirst, 2s, 2s);  // asked for first, and waited in a queue
  session(kSecond, 500ms, 500ms);

  EXPECT_THAT(text(), HasSubstr("on n2 from 0.500000 s"));
  EXPECT_THAT(text(), HasSubstr("on n1 from 2.000000 s"));
}

TEST_F(ExplainStory, says_that_the_recipient_waited_for_his_welcome) {
  accepted(kFirst);
  lose(1s + 10ms, Mechanism::not_subscribed, Rule::no_copy);
  session(kSecond, 500ms, 1s + 100ms);

  EXPECT_THAT(text(), HasSubstr("on n2 from 0.500000 s, not welcomed yet"));
  EXPECT_THAT(text(), Not(HasSubstr("a welcome that waits")));
}

TEST_F(ExplainStory, says_what_a_welcome_said_of_what_was_missed) {
  accepted(kFirst);
  lose(1s + 10ms, Mechanism::resume_window_exceeded, Rule::not_there);
  session(kSecond, 2s, 2s).recovered = Recovered::no;

  EXPECT_THAT(text(), HasSubstr("on n2 from 2.000000 s, recovered: no"));
}

TEST_F(ExplainStory, what_a_backend_publishes_was_on_no_node) {
  accepted(kNoNode);
  lose(1s + 10ms, Mechanism::not_subscribed, Rule::no_copy);
  session(kSecond, -1s, -1s);

  EXPECT_THAT(text(), HasSubstr("alice > broker  publishes it"));
  EXPECT_THAT(text(), Not(HasSubstr("nowhere")));
  EXPECT_THAT(text(), Not(HasSubstr("network")));
}

TEST_F(ExplainStory, a_frame_goes_where_the_client_believes_its_connection_to_be) {
  ConnectionRecord& over = session(kFirst, -1s, -1s);
  over.endpoint = kAlice;
  over.closed = 900ms;
  over.dead = 950ms;
  lose(1s + 10ms, Mechanism::uplink_in_flight_at_disconnect, Rule::copy_died);

  EXPECT_THAT(text(), HasSubstr("alice > n1"));
}

}  // namespace
}  // namespace squall::testing
