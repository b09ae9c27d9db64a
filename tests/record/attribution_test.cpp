// Why a pair was lost: the three rules, their ties, and who is to blame.
//
// One recipient, u1; u0 speaks to it. What happened to the copies is told by hand.
#include "sim/record/attribution.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/support/books.hpp"

namespace squall {
namespace {

using namespace testing;

// Two users on two nodes since before measure.
struct Story {
  explicit Story(Mechanism uncovered = Mechanism::not_subscribed)
      : books({.uncovered = uncovered}) {}

  Books books;
  ConnectionId from = books.connect(user(0), node(0), -10s);
  ConnectionId to = books.connect(user(1), node(1), -10s);

  MessageId say(std::uint32_t more_copies = 0) {
    const MessageId id = books.say(user(0), Address::user(user(1)), kSay);
    if (more_copies > 0) books.ledger.forked(id, more_copies);
    return id;
  }
  // The only loss of the run.
  LossRow cause() {
    const RunRecord record = books.close();
    EXPECT_EQ(broken_laws(record), std::vector<std::string>{});
    EXPECT_EQ(record.losses.size(), 1U);
    return record.losses.empty() ? LossRow{} : record.losses.front();
  }
};

struct AttributionTest : ::testing::Test, Story {};

// ---- Rule 1: the copy that died last ------------------------------------------------------------

TEST_F(AttributionTest, the_copy_that_died_last_is_the_cause) {
  const MessageId id = say(2);
  books.ledger.drop(id, {Mechanism::peer_queue_overflow, kSay + 5ms, kNoNode, kLoad});
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 9ms, kNoNode, kFault});
  books.ledger.drop(id, {Mechanism::publish_failed, kSay + 7ms, kNoNode, kChurn});

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::broker_lost);
  EXPECT_EQ(loss.trigger, kFault);
}

TEST_F(AttributionTest, of_two_that_died_at_once_the_one_further_down_the_path_is_the_cause) {
  const MessageId id = say(1);
  books.ledger.drop(id, {Mechanism::peer_queue_overflow, kSay + 5ms});
  books.ledger.drop(id, {Mechanism::publish_failed, kSay + 5ms});

  EXPECT_EQ(cause().mechanism, Mechanism::peer_queue_overflow);
}

TEST_F(AttributionTest, of_two_deaths_alike_the_one_that_was_reported_last_is_the_cause) {
  const MessageId id = say(1);
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 5ms, kNoNode, kLoad});
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 5ms, kNoNode, kFault});

  const LossRow loss = cause();

  EXPECT_EQ(loss.pairs, 1U);
  EXPECT_EQ(loss.trigger, kFault);
}

TEST_F(AttributionTest, a_frame_that_fails_later_outlives_a_copy_that_died_earlier) {
  const MessageId id = say(1);
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 5ms, kNoNode, kFault});
  books.oracle.dead(to, kSay, CloseReason::silent, kChurn);
  books.deliver(id, to, kSay + 9ms);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::pushed_to_ghost);
  EXPECT_EQ(loss.reason, CloseReason::silent);
}

TEST_F(AttributionTest, of_two_frames_the_one_that_failed_last_is_the_cause) {
  const ConnectionId second = books.connect(user(1), node(2), -10s);
  const MessageId id = say(1);
  books.deliver(id, to, kSay + 5ms);
  books.deliver(id, second, kSay + 5ms);
  books.cut(to, kSay + 7ms, CloseReason::host_loss, kFault);
  books.cut(second, kSay + 8ms, CloseReason::network, kChurn);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::downlink_in_flight_at_disconnect);
  EXPECT_EQ(loss.reason, CloseReason::network);
}

TEST_F(AttributionTest, a_death_on_a_node_concerns_only_those_who_were_on_it) {
  const MessageId id = say(1);
  books.ledger.drop(id, {Mechanism::subscriber_buffer_killed, kSay + 5ms, node(1), kLoad});
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 9ms, node(2), kFault});

  EXPECT_EQ(cause().mechanism, Mechanism::subscriber_buffer_killed);
}

TEST_F(AttributionTest, one_delivered_copy_is_enough_whatever_the_others_died_of) {
  const MessageId id = say(1);
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 90ms, kNoNode, kFault});
  books.deliver(id, to, kSay + 5ms);

  const RunRecord record = books.close();

  EXPECT_TRUE(record.losses.empty());
  EXPECT_EQ(record.cells[0].live, 1U);
}

RC_GTEST_PROP(Attribution, the_cause_does_not_depend_on_the_order_of_the_reports, ()) {
  const auto times = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  std::vector<Death> deaths;
  for (const int time : times) {
    const Mechanism mechanism = *rc::gen::element(Mechanism::publish_failed, Mechanism::broker_lost,
                                                  Mechanism::peer_queue_overflow);
    deaths.push_back({mechanism, kSay + 5ms + time * 1ms});
  }
  RC_PRE(!deaths.empty());
  const auto cause_of = [](const std::vector<Death>& reports) {
    Story test;
    const MessageId id = test.say(static_cast<std::uint32_t>(reports.size() - 1));
    for (const Death& death : reports) test.books.ledger.drop(id, death);
    return test.cause().mechanism;
  };
  std::vector<Death> reversed(deaths.rbegin(), deaths.rend());

  RC_ASSERT(cause_of(deaths) == cause_of(reversed));
}

// ---- Rule 2: nobody sent a copy there -----------------------------------------------------------

TEST_F(AttributionTest, a_connected_recipient_that_no_copy_was_sent_to_is_not_covered) {
  books.ledger.benign(say(), kSay + 5ms);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::not_subscribed);
  EXPECT_EQ(loss.trigger, kStructure);
  EXPECT_EQ(loss.reason, CloseReason::none);
}

struct AttributionWithoutBackplane : ::testing::Test, Story {
  AttributionWithoutBackplane() : Story(Mechanism::split_room) {}
};

TEST_F(AttributionWithoutBackplane, it_is_called_what_the_backplane_calls_it) {
  books.ledger.benign(say(), kSay + 5ms);

  EXPECT_EQ(cause().mechanism, Mechanism::split_room);
}

TEST_F(AttributionTest, what_the_look_up_came_to_is_the_name_of_the_missing_coverage) {
  books.ledger.drop(say(), {Mechanism::route_missing, kSay + 5ms});

  EXPECT_EQ(cause().mechanism, Mechanism::route_missing);
}

TEST_F(AttributionTest, a_dead_copy_outweighs_a_look_up_that_came_to_nothing_later) {
  const MessageId id = say(1);
  books.ledger.drop(id, {Mechanism::broker_lost, kSay + 5ms, kNoNode, kFault});
  books.ledger.drop(id, {Mechanism::route_missing, kSay + 9ms});

  EXPECT_EQ(cause().mechanism, Mechanism::broker_lost);
}

TEST_F(AttributionTest, who_sits_where_he_sits_because_of_a_fault_is_billed_to_it) {
  books.cut(to, 0s, CloseReason::crash, kFault);
  books.connect(user(1), node(2), 100ms);
  books.ledger.benign(say(), kSay + 5ms);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::not_subscribed);
  EXPECT_EQ(loss.trigger, kFault);
}

TEST_F(AttributionTest, the_wrong_node_is_structural_however_the_client_got_there) {
  books.cut(to, 0s, CloseReason::crash, kFault);
  books.connect(user(1), node(2), 100ms);
  books.ledger.drop(say(), {Mechanism::wrong_node, kSay + 5ms});

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::wrong_node);
  EXPECT_EQ(loss.trigger, kStructure);
}

// ---- Whether anybody can know of it: a reason says that a connection had ended ------------------

TEST_F(AttributionTest, who_was_welcomed_and_stays_connected_does_not_notice_what_he_misses) {
  books.cut(to, 0s, CloseReason::crash, kFault);
  books.connect(user(1), node(2), 100ms);
  books.ledger.benign(say(), kSay + 5ms);

  EXPECT_EQ(cause().reason, CloseReason::none);
}

TEST_F(AttributionTest,
       who_waits_for_his_welcome_is_in_the_gap_and_knows_that_he_misses_something) {
  books.cut(to, 0s, CloseReason::crash, kFault);
  const ConnectionId back = books.open(user(1), node(2), 100ms);
  const MessageId id = say();
  books.oracle.ready(back, kSay + 3ms);
  books.ledger.benign(id, kSay + 5ms);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::not_subscribed);
  EXPECT_EQ(loss.trigger, kFault);
  EXPECT_EQ(loss.reason, CloseReason::crash);
}

TEST_F(AttributionTest, whose_welcome_says_that_nothing_was_missed_does_not_notice) {
  books.cut(to, 0s, CloseReason::crash, kFault);
  const ConnectionId back = books.open(user(1), node(2), 100ms);
  const MessageId id = say();
  books.oracle.ready(back, kSay + 3ms);
  books.oracle.resumed(back, Recovered::yes, kSay + 3ms);
  books.ledger.benign(id, kSay + 5ms);

  EXPECT_EQ(cause().reason, CloseReason::none);
}

TEST_F(AttributionTest, who_waits_on_one_connection_and_has_another_does_not_notice) {
  books.connect(user(1), node(3), -5s);
  books.cut(to, 0s, CloseReason::crash, kFault);
  books.open(user(1), node(2), 100ms);
  books.ledger.benign(say(), kSay + 5ms);

  EXPECT_EQ(cause().reason, CloseReason::none);
}

// ---- Rule 3: the recipient was not there --------------------------------------------------------

TEST_F(AttributionTest, a_recipient_between_two_connections_is_in_the_gap_of_the_first) {
  books.cut(to, kSay - 1s, CloseReason::drain, kFault);
  books.ledger.benign(say(), kSay + 5ms);
  books.connect(user(1), node(2), kSay + 1s);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::reconnect_gap);
  EXPECT_EQ(loss.trigger, kFault);
  EXPECT_EQ(loss.reason, CloseReason::drain);
}

TEST_F(AttributionTest, a_look_up_that_found_nobody_is_not_to_blame_for_somebody_who_was_away) {
  books.cut(to, kSay - 1s, CloseReason::silent, kChurn);
  books.ledger.drop(say(), {Mechanism::route_missing, kSay + 5ms});

  EXPECT_EQ(cause().mechanism, Mechanism::reconnect_gap);
}

TEST_F(AttributionTest, a_session_that_began_or_ended_while_the_message_travelled_is_a_gap) {
  books.cut(to, kSay + 4ms, CloseReason::network, kChurn);
  books.connect(user(1), node(2), kSay + 4ms);
  books.ledger.benign(say(), kSay + 5ms);

  EXPECT_EQ(cause().mechanism, Mechanism::reconnect_gap);
}

TEST_F(AttributionTest, the_gap_is_that_of_the_session_that_ended_last_before_the_last_copy) {
  books.cut(to, kSay - 2s, CloseReason::crash, kFault);
  books.cut(books.connect(user(1), node(2), kSay - 1s), kSay - 500ms, CloseReason::network, kChurn);
  books.ledger.benign(say(), kSay + 5ms);

  const LossRow loss = cause();

  EXPECT_EQ(loss.trigger, kChurn);
  EXPECT_EQ(loss.reason, CloseReason::network);
}

// An outbox says again what was said: whoever was away then is in the gap of then.
TEST_F(AttributionTest, what_is_written_again_and_known_already_ends_no_hope) {
  books.cut(to, 0s, CloseReason::network, kChurn);
  const MessageId id = say();
  books.ledger.keep(id, Ledger::Keeper::sender);
  books.ledger.benign(id, kSay + 5ms);
  books.cut(books.connect(user(1), node(2), kSay + 1s), kSay + 2s, CloseReason::crash, kFault);
  books.ledger.written_again(id, kSay + 3s);
  books.ledger.benign(id, kSay + 3s + 5ms);
  books.ledger.let_go(id, Ledger::Keeper::sender, kSay + 4s);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::reconnect_gap);
  EXPECT_EQ(loss.trigger, kChurn);
  EXPECT_EQ(loss.reason, CloseReason::network);
}

TEST_F(AttributionTest, a_history_that_did_not_reach_back_is_the_one_asked_after_the_gap) {
  const ConnectionId other = books.connect(user(2), node(1), -10s);
  books.cut(to, 0s, CloseReason::network, kChurn);
  const MessageId id = books.say(user(0), Address::room(kRoom), kSay);
  books.ledger.forked(id, 1);
  books.ledger.keep(id, Ledger::Keeper::history);
  books.deliver(id, other, kSay + 5ms);
  const ConnectionId back = books.connect(user(1), node(2), kSay + 1s);
  books.oracle.resumed(back, Recovered::no, kSay + 1s);
  books.cut(back, kSay + 2s, CloseReason::crash, kFault);
  books.ledger.benign(id, kSay + 3s);  // out of the history, for somebody who was gone again
  const ConnectionId again = books.connect(user(1), node(3), kSay + 4s);
  books.oracle.resumed(again, Recovered::yes, kSay + 4s);
  books.ledger.let_go(id, Ledger::Keeper::history, kSay + 9s);

  const LossRow loss = cause();

  EXPECT_EQ(loss.mechanism, Mechanism::resume_window_exceeded);
  EXPECT_EQ(loss.trigger, kChurn);
}

// The broker was away, and its node kept what it said: nobody was there when it was said at last.
TEST_F(AttributionTest, what_was_kept_until_it_could_be_said_is_lost_when_it_was_said) {
  const MessageId id = say();
  books.ledger.keep(id, Ledger::Keeper::history);
  books.cut(to, kSay + 1s, CloseReason::network, kChurn);
  books.ledger.note(id, {Mechanism::not_subscribed, kSay + 2s, node(1), kFault});
  books.ledger.benign(id, kSay + 2s + 1ms);
  books.ledger.let_go(id, Ledger::Keeper::history, kSay + 9s);

  const LossRow loss = cause();

  EXPECT_NE(loss.mechanism, Mechanism::not_subscribed);
  EXPECT_EQ(loss.trigger, kChurn);
}

}  // namespace
}  // namespace squall
