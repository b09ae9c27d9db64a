// The ledger: the one end of each owed pair, by what happened to the frame and to its recipient.
//
// What must balance is in ledger_laws_test.cpp, the choice between several causes in
// attribution_test.cpp.
#include "sim/record/ledger.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/books.hpp"

namespace squall {
namespace {

using namespace testing;

// The only cause of loss of a run, as "mechanism trigger reason pairs"; all of them if more.
std::string losses(const RunRecord& record) {
  std::string text;
  for (const LossRow& loss : record.losses) {
    if (!text.empty()) text += ", ";
    text += std::string(row(loss.mechanism).name) + " " +
            std::to_string(static_cast<int>(loss.trigger)) + " " + std::string(name(loss.reason)) +
            " " + std::to_string(loss.pairs);
  }
  return text;
}

// u1 speaks to u2, both on node 0 since before measure.
struct TwoUsers : ::testing::Test {
  Books books;
  ConnectionId from = books.connect(user(1), node(0), -10s);
  ConnectionId to = books.connect(user(2), node(0), -10s);
  Address u2 = Address::user(user(2));

  Cell only_cell(const RunRecord& record) {
    EXPECT_EQ(record.cells.size(), 1U);
    EXPECT_EQ(broken_laws(record), kNoLaw);
    return record.cells.front();
  }
};

struct LedgerTest : TwoUsers {
  // u2, who is connected there.
  void log_out(Time when, ConnectionId where) {
    books.oracle.logged_out(user(2), when);
    books.cut(where, when, CloseReason::logout);
  }
};

// ---- Delivered ----------------------------------------------------------------------------------

TEST_F(LedgerTest, a_frame_that_arrives_delivers_its_pair_live) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 16ms}});

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.owed, 1U);
  EXPECT_EQ(cell.live, 1U);
  EXPECT_EQ(cell.lost, 0U);
  EXPECT_EQ(cell.latency.max(), (16ms / 1ns));
}

TEST_F(LedgerTest, the_stages_of_a_delivery_add_up_to_its_latency) {
  const MessageId id = books.offer(user(1), u2, kSay);
  books.ledger.written(id, kSay + 1ms);
  books.ledger.arrived(id, kSay + 3ms);
  books.ledger.accepted(id, kSay + 7ms);
  books.push(id, kSay + 15ms, {{to, kSay + 31ms, kSay + 63ms}});

  const Cell cell = only_cell(books.close());

  const std::vector<std::int64_t> expected{1, 2, 4, 8, 16, 32};
  for (std::size_t stage = 0; stage < kStages; ++stage) {
    EXPECT_EQ(cell.stage_sum[stage], expected[stage] * 1'000'000) << name(Stage(stage));
  }
  EXPECT_EQ(cell.latency.sum(), 63'000'000);
  EXPECT_EQ(cell.service.sum(), 62'000'000);
}

TEST_F(LedgerTest, a_frame_to_a_session_that_is_younger_than_the_message_is_live_after_reconnect) {
  books.cut(to, kSay - 100ms);
  const MessageId id = books.say(user(1), u2, kSay);
  books.deliver(id, books.connect(user(2), node(0), kSay + 5ms), kSay + 10ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.live, 0U);
  EXPECT_EQ(cell.live_after_reconnect, 1U);
  EXPECT_EQ(cell.owed_connected, 0U);
}

TEST_F(LedgerTest, a_delivery_after_the_deadline_is_late_but_delivered) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 5s + 1ns}});
  const MessageId in_time = books.say(user(1), u2, kSay);
  books.push(in_time, kSay + 5ms, {{to, kSay + 6ms, kSay + 5s}});

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.live, 2U);
  EXPECT_EQ(cell.late, 1U);
}

TEST_F(LedgerTest, nobody_is_owed_what_he_says_himself) {
  const MessageId id = books.say(user(1), Address::user(user(1)), kSay);
  books.ledger.benign(id, kSay + 5ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.owed, 0U);
}

TEST_F(LedgerTest, a_message_of_the_warm_up_or_the_drain_counts_for_nothing) {
  books.deliver(books.say(user(1), u2, -1ns), to, 5ms);
  books.deliver(books.say(user(1), u2, 60s), to, 60s + 5ms);

  const RunRecord record = books.close();

  EXPECT_TRUE(record.cells.empty());
  EXPECT_EQ(record.messages.offered, 2U);
  EXPECT_EQ(broken_laws(record), kNoLaw);
}

// ---- Lost: what became of the frame -------------------------------------------------------------

TEST_F(LedgerTest, a_recipient_without_a_connection_loses_it_in_its_reconnect_gap) {
  books.cut(to, kSay - 1s, CloseReason::crash, kFault);
  books.ledger.benign(books.say(user(1), u2, kSay), kSay + 5ms);
  books.connect(user(2), node(0), kSay + 2s);

  const RunRecord record = books.close();

  EXPECT_EQ(losses(record), "reconnect_gap 3 crash 1");
  EXPECT_EQ(record.faults[0].pairs_lost, 1U);
  EXPECT_EQ(record.cells[0].lost_connected, 0U);
}

TEST_F(LedgerTest, a_frame_to_a_session_whose_path_is_dead_is_pushed_to_a_ghost) {
  books.oracle.dead(to, kSay - 1s, CloseReason::silent, kChurn);
  const MessageId id = books.say(user(1), u2, kSay);
  books.deliver(id, to, kSay + 5ms);

  const RunRecord record = books.close();

  EXPECT_EQ(losses(record), "pushed_to_ghost 2 silent 1");
  EXPECT_EQ(record.ghost_pushes, 1U);
}

TEST_F(LedgerTest, a_frame_on_the_wire_when_the_path_breaks_is_lost_in_flight) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 100ms}});
  books.cut(to, kSay + 50ms);

  const RunRecord record = books.close();

  EXPECT_EQ(losses(record), "downlink_in_flight_at_disconnect 2 network 1");
  EXPECT_EQ(record.cells[0].lost_connected, 1U);
}

// A crash takes what is in user space; what the kernel has is sent before the goodbye.
TEST_F(LedgerTest, a_crash_takes_what_is_in_user_space) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 50ms, kSay + 90ms}});
  books.oracle.closed(to, kSay + 20ms, CloseReason::crash, kFault);
  books.oracle.dead(to, kSay + 60ms, CloseReason::network, kChurn);

  const RunRecord record = books.close();

  EXPECT_EQ(losses(record), "egress_lost_at_crash 3 crash 1");
}

TEST_F(LedgerTest, a_crash_leaves_what_is_in_the_kernel) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 20ms, kSay + 60ms}});
  books.oracle.closed(to, kSay + 20ms, CloseReason::crash, kFault);
  books.oracle.dead(to, kSay + 40ms, CloseReason::network, kChurn);

  const RunRecord record = books.close();

  EXPECT_EQ(losses(record), "");
  EXPECT_EQ(record.cells[0].live, 1U);
}

TEST_F(LedgerTest, a_crash_over_unread_input_resets_and_takes_what_is_in_the_kernel_too) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 20ms, kSay + 60ms}});
  books.oracle.connection(to).reset = true;
  books.oracle.closed(to, kSay + 20ms, CloseReason::crash, kFault);
  books.oracle.dead(to, kSay + 40ms, CloseReason::network, kChurn);

  EXPECT_EQ(losses(books.close()), "downlink_in_flight_at_disconnect 3 crash 1");
}

TEST_F(LedgerTest, a_lost_host_takes_what_is_on_the_wire_as_well) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 60ms}});
  books.cut(to, kSay + 20ms, CloseReason::host_loss, kFault);

  EXPECT_EQ(losses(books.close()), "downlink_in_flight_at_disconnect 3 host_loss 1");
}

TEST_F(LedgerTest, a_drain_flushes_what_is_in_user_space) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 50ms, kSay + 60ms}});
  books.oracle.closed(to, kSay + 20ms, CloseReason::drain, kFault);
  books.oracle.dead(to, kSay + 60ms, CloseReason::drain, kFault);

  EXPECT_EQ(books.close().cells[0].live, 1U);
}

TEST_F(LedgerTest, a_kick_purges_what_the_slow_consumer_had_waiting) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 50ms, kSay + 90ms}});
  books.oracle.closed(to, kSay + 20ms, CloseReason::kick, kLoad);
  books.oracle.dead(to, kSay + 60ms, CloseReason::kick, kLoad);

  EXPECT_EQ(losses(books.close()), "purged_by_slow_consumer_kick 1 kick 1");
}

// ---- Duplicates ---------------------------------------------------------------------------------

TEST_F(LedgerTest, a_second_arrival_within_the_dedupe_window_is_suppressed) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.ledger.forked(id, 1);
  const ConnectionId second = books.connect(user(2), node(1), kSay);
  books.push(id, kSay + 5ms, {{second, kSay + 6ms, kSay + 10s + 20ms}});
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 20ms}});

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.live, 1U);
  EXPECT_EQ(cell.dup_suppressed, 1U);
  EXPECT_EQ(cell.dup_surfaced, 0U);
  EXPECT_EQ(cell.redundant, 0U);
  EXPECT_EQ(cell.latency.max(), (20ms / 1ns));  // the first one counts, whoever was asked first
}

TEST_F(LedgerTest, a_second_arrival_after_the_dedupe_window_surfaces) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.ledger.forked(id, 1);
  const ConnectionId second = books.connect(user(2), node(1), kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 20ms}});
  books.push(id, kSay + 5ms, {{second, kSay + 6ms, kSay + 10s + 20ms + 1ns}});

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.dup_suppressed, 0U);
  EXPECT_EQ(cell.dup_surfaced, 1U);
}

// ---- Excused, bonus, spurious -------------------------------------------------------------------

TEST_F(LedgerTest, a_recipient_who_logged_out_before_it_came_is_excused) {
  const MessageId id = books.say(user(1), u2, kSay);
  log_out(kSay + 3ms, to);
  books.ledger.benign(id, kSay + 5ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.owed, 1U);
  EXPECT_EQ(cell.excused, 1U);
  EXPECT_EQ(cell.lost, 0U);
}

TEST_F(LedgerTest, a_recipient_who_logs_out_after_it_came_has_got_it) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.deliver(id, to, kSay + 5ms);
  log_out(kSay + 1s, to);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.live, 1U);
  EXPECT_EQ(cell.excused, 0U);
}

// The books of a live engine close at the end of the run: by then most people have gone home.
TEST_F(LedgerTest, whoever_leaves_after_the_last_copy_has_ended_excuses_nobody) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.ledger.drop(id, {Mechanism::wrong_node, kSay + 5ms});
  log_out(kSay + 5ms + 1ns, to);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.excused, 0U);
  EXPECT_EQ(cell.lost, 1U);
}

TEST_F(LedgerTest, whoever_left_in_time_is_excused_although_he_came_back_and_left_again) {
  const MessageId id = books.say(user(1), u2, kSay);
  log_out(kSay + 3ms, to);
  books.ledger.benign(id, kSay + 5ms);
  const ConnectionId again = books.connect(user(2), node(0), kSay + 1s);
  log_out(kSay + 2s, again);

  EXPECT_EQ(only_cell(books.close()).excused, 1U);
}

TEST_F(LedgerTest, a_frame_under_way_is_hope_until_it_would_have_come) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.push(id, kSay + 5ms, {{to, kSay + 6ms, kSay + 60ms}});
  log_out(kSay + 50ms, to);

  EXPECT_EQ(only_cell(books.close()).excused, 1U);
}

TEST_F(LedgerTest, a_member_who_left_the_room_before_it_came_is_excused) {
  const MessageId id = books.say(user(1), Address::room(kRoom), kSay);
  books.oracle.membership(user(2), kRoom, false, kSay + 3ms);
  books.ledger.benign(id, kSay + 5ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.excused, 1U);
  EXPECT_EQ(cell.lost, 0U);
}

TEST_F(LedgerTest, what_a_user_hears_who_was_never_ready_is_a_bonus) {
  const MessageId id = books.say(user(1), Address::user(user(3)), kSay);
  books.deliver(id, books.connect(user(3), node(0), kSay + 1ms), kSay + 5ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.owed, 0U);
  EXPECT_EQ(cell.bonus, 1U);
}

TEST_F(LedgerTest, what_a_user_hears_whose_join_is_not_acknowledged_yet_is_a_bonus) {
  books.oracle.membership(user(2), kRoom, false, 0s);
  books.oracle.rosters().requested(user(2), kRoom, true);
  const MessageId id = books.say(user(1), Address::room(kRoom), kSay);
  books.deliver(id, to, kSay + 5ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.owed, 0U);
  EXPECT_EQ(cell.bonus, 1U);
}

TEST_F(LedgerTest, what_a_user_hears_who_has_left_the_room_is_spurious) {
  books.oracle.rosters().requested(user(2), kRoom, false);
  books.oracle.membership(user(2), kRoom, false, kSay - 1s);
  const MessageId id = books.say(user(1), Address::room(kRoom), kSay);
  books.deliver(id, to, kSay + 5ms);

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.spurious, 1U);
  EXPECT_EQ(cell.bonus, 0U);
}

// ---- What the sender was told -------------------------------------------------------------------

TEST_F(LedgerTest, a_loss_after_the_sender_was_told_ok_is_a_broken_promise) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.ledger.acked(id, from, kSay + 50ms);
  books.ledger.drop(id, {Mechanism::route_stale, kSay + 5ms});

  const RunRecord record = books.close();

  EXPECT_EQ(record.cells[0].broken_promises, 1U);
  EXPECT_EQ(record.losses[0].broken_promises, 1U);
}

TEST_F(LedgerTest, an_ok_that_never_reached_the_sender_is_no_promise) {
  const MessageId id = books.say(user(1), u2, kSay);
  books.ledger.acked(id, from, kSay + 50ms);
  books.cut(from, kSay + 20ms);
  books.ledger.drop(id, {Mechanism::route_stale, kSay + 5ms});

  const Cell cell = only_cell(books.close());

  EXPECT_EQ(cell.broken_promises, 0U);
  EXPECT_EQ(cell.lost_silent, 1U);
}

TEST_F(LedgerTest, a_message_the_client_said_no_to_is_lost_and_refused) {
  books.ledger.refused(books.offer(user(1), u2, kSay), kChurn, CloseReason::network);
  const RunRecord record = books.close();
  EXPECT_EQ(losses(record), "sender_offline_refused 2 network 1");
  EXPECT_EQ(only_cell(record).lost_refused, 1U);
  EXPECT_EQ(record.messages.refused, 1U);
}

TEST_F(LedgerTest, a_message_that_waited_until_it_was_too_late_is_lost_in_silence) {
  books.ledger.never_sent(books.offer(user(1), u2, kSay), kSay + 1s, kChurn);
  const RunRecord record = books.close();
  EXPECT_EQ(only_cell(record).lost_silent, 1U);
  EXPECT_EQ(record.messages.refused, 0U);
  EXPECT_EQ(record.messages.never_sent, 1U);
}

}  // namespace
}  // namespace squall
