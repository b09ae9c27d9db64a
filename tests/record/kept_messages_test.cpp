// Messages that somebody keeps beside their copies: a node's history, a sender's outbox.
//
// When they settle, what a replay is worth, and who is to blame for what was kept in vain.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/books.hpp"

namespace squall {
namespace {

using namespace testing;

constexpr auto kHistory = Ledger::Keeper::history;
constexpr auto kSender = Ledger::Keeper::sender;

// u1 speaks to u2, both on node 0 since before measure.
struct KeptMessage : ::testing::Test {
  Books books;
  ConnectionId from = books.connect(user(1), node(0), -10s);
  ConnectionId to = books.connect(user(2), node(0), -10s);
  Address u2 = Address::user(user(2));

  MessageId say_and_keep() {
    const MessageId id = books.say(user(1), u2, kSay);
    books.ledger.keep(id, kHistory);
    return id;
  }
  void replay(MessageId id, ConnectionId connection, Time at) {
    books.ledger.forked(id, 1);
    books.ledger.push(id, node(0), at, PushSource::history)
        .push_back({0, connection, at + 1ms, at + 11ms});
    books.ledger.pushed(id, at, 1);
  }
  // u2 is cut off, misses the message, and comes back to hear this.
  RunRecord miss(MessageId id, Recovered answer) {
    books.cut(to, kSay - 1ms, CloseReason::network, kFault);
    books.ledger.benign(id, kSay + 5ms);
    const ConnectionId back = books.connect(user(2), node(0), kSay + 3s);
    books.oracle.resumed(back, answer, kSay + 3s);
    return books.close();
  }
  // What came of it, when the history has let it go and all laws hold.
  Cell only_cell_without(MessageId id) {
    books.ledger.let_go(id, kHistory, kSay + 10s);
    const RunRecord record = books.close();
    EXPECT_TRUE(record.violations.empty());
    return record.cells.front();
  }
  static std::string cause(const RunRecord& record) {
    if (record.losses.size() != 1) return std::to_string(record.losses.size()) + " rows";
    const LossRow& loss = record.losses.front();
    return std::string(row(loss.mechanism).name) +
           (loss.trigger == kFault ? " by the fault" : " by somebody else");
  }
};

TEST_F(KeptMessage, does_not_settle_before_all_have_let_go) {
  const MessageId id = say_and_keep();
  books.ledger.keep(id, kHistory);
  books.deliver(id, to, kSay + 5ms);

  EXPECT_TRUE(books.ledger.take_extinct().empty());
  books.ledger.let_go(id, kHistory, kSay + 10s);
  EXPECT_TRUE(books.ledger.take_extinct().empty());
  books.ledger.let_go(id, kHistory, kSay + 10s);

  EXPECT_EQ(books.ledger.take_extinct().size(), 1U);
}

TEST_F(KeptMessage, that_nobody_lets_go_of_breaks_a_law) {
  const MessageId id = say_and_keep();
  books.deliver(id, to, kSay + 5ms);

  const RunRecord record = books.close();

  ASSERT_FALSE(record.violations.empty());
  EXPECT_EQ(record.violations.front().law, "histories");
}

TEST_F(KeptMessage, is_recovered_when_a_replay_brings_it) {
  const MessageId id = say_and_keep();
  books.cut(to, kSay - 1ms);
  books.ledger.benign(id, kSay + 5ms);
  const ConnectionId back = books.connect(user(2), node(0), kSay + 3s);
  replay(id, back, kSay + 3s);

  const Cell cell = only_cell_without(id);

  EXPECT_EQ(cell.recovered, 1U);
  EXPECT_EQ(cell.live_after_reconnect, 0U);
  EXPECT_EQ(cell.lost, 0U);
}

TEST_F(KeptMessage, that_came_before_its_replay_is_live_and_the_replay_a_duplicate) {
  const MessageId id = say_and_keep();
  books.deliver(id, to, kSay + 5ms);
  replay(id, to, kSay + 1s);

  const Cell cell = only_cell_without(id);

  EXPECT_EQ(cell.live, 1U);
  EXPECT_EQ(cell.recovered, 0U);
  EXPECT_EQ(cell.dup_suppressed, 1U);
}

TEST_F(KeptMessage, is_lost_to_the_window_when_its_recipient_is_told_no) {
  const MessageId id = say_and_keep();
  books.ledger.let_go(id, kHistory, kSay + 10s);

  const RunRecord record = miss(id, Recovered::no);

  EXPECT_TRUE(record.violations.empty());
  EXPECT_EQ(cause(record), "resume_window_exceeded by the fault");
  EXPECT_EQ(record.resumes_refused, 1U);
}

TEST_F(KeptMessage, is_lost_to_the_window_when_its_recipient_is_not_back_in_time) {
  const MessageId id = say_and_keep();
  books.ledger.let_go(id, kHistory, kSay + 2s);

  EXPECT_EQ(cause(miss(id, Recovered::yes)), "resume_window_exceeded by the fault");
}

TEST_F(KeptMessage, is_lost_in_the_gap_when_the_run_ends_before_its_recipient_is_back) {
  const MessageId id = say_and_keep();
  books.cut(to, kSay - 1ms, CloseReason::network, kFault);
  books.ledger.benign(id, kSay + 5ms);
  books.ledger.let_go(id, kHistory, kNever);

  EXPECT_EQ(cause(books.close()), "reconnect_gap by the fault");
}

TEST_F(KeptMessage, is_lost_in_the_gap_when_its_recipient_has_not_asked) {
  const MessageId id = say_and_keep();
  books.ledger.let_go(id, kHistory, kSay + 10s);

  EXPECT_EQ(cause(miss(id, Recovered::not_asked)), "reconnect_gap by the fault");
}

TEST_F(KeptMessage, that_was_in_no_history_is_lost_in_the_gap) {
  const MessageId id = books.say(user(1), u2, kSay);

  EXPECT_EQ(cause(miss(id, Recovered::no)), "reconnect_gap by the fault");
}

TEST_F(KeptMessage, that_is_written_again_is_not_lost_on_the_first_way) {
  const MessageId id = books.offer(user(1), u2, kSay);
  books.ledger.written(id, kSay);
  books.ledger.keep(id, kSender);
  books.ledger.drop(id, {Mechanism::uplink_in_flight_at_disconnect, kSay + 1s, kNoNode, kChurn});
  EXPECT_TRUE(books.ledger.take_extinct().empty());
  books.ledger.written_again(id, kSay + 2s);
  books.ledger.arrived(id, kSay + 2s);
  books.ledger.accepted(id, kSay + 2s);
  books.ledger.let_go(id, kSender, kSay + 10s);
  books.cut(to, kSay + 1s, CloseReason::network, kFault);
  books.ledger.benign(id, kSay + 3s);
  books.connect(user(2), node(0), kSay + 5s);

  const RunRecord record = books.close();

  EXPECT_TRUE(record.violations.empty());
  EXPECT_EQ(cause(record), "reconnect_gap by the fault");
}

TEST_F(KeptMessage, that_dies_on_the_second_way_too_is_lost_there) {
  const MessageId id = books.offer(user(1), u2, kSay);
  books.ledger.written(id, kSay);
  books.ledger.keep(id, kSender);
  books.ledger.drop(id, {Mechanism::uplink_in_flight_at_disconnect, kSay + 1s, kNoNode, kChurn});
  books.ledger.written_again(id, kSay + 2s);
  books.ledger.drop(id, {Mechanism::uplink_in_flight_at_disconnect, kSay + 3s, kNoNode, kFault});
  books.ledger.let_go(id, kSender, kSay + 10s);

  const RunRecord record = books.close();

  EXPECT_TRUE(record.violations.empty());
  EXPECT_EQ(cause(record), "uplink_in_flight_at_disconnect by the fault");
}

}  // namespace
}  // namespace squall
