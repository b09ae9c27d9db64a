// The oracle: who is owed a message, who was where, and how everybody's time adds up.
//
// Told by hand what happened; no engine takes part.
#include "sim/record/oracle.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/books.hpp"

namespace squall {
namespace {

using namespace testing;

bool owed_in_room(const Oracle& oracle, EndpointId who) {
  return test_bit(oracle.owed(kRoom), oracle.rosters().rank_in(who, kRoom));
}
bool connected_in_room(const Oracle& oracle, EndpointId who) {
  return test_bit(oracle.connected(kRoom), oracle.rosters().rank_in(who, kRoom));
}

// ---- Who is owed --------------------------------------------------------------------------------

TEST(Oracle, a_login_alone_owes_nothing_until_the_client_was_ready_once) {
  Books books;
  Oracle& oracle = books.oracle;

  oracle.logged_in(user(1), 1s);
  const ConnectionId id = oracle.attempted(user(1), node(0));
  oracle.opened(id, 2s);
  const bool before = oracle.owed(user(1)) || owed_in_room(oracle, user(1));
  oracle.ready(id, 3s);

  EXPECT_FALSE(before);
  EXPECT_TRUE(oracle.owed(user(1)));
  EXPECT_TRUE(owed_in_room(oracle, user(1)));
  EXPECT_FALSE(owed_in_room(oracle, user(2)));
}

TEST(Oracle, a_disconnection_does_not_end_what_is_owed_but_it_ends_being_connected) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 1s);

  books.cut(id, 5s);

  EXPECT_TRUE(books.oracle.owed(user(1)));
  EXPECT_TRUE(owed_in_room(books.oracle, user(1)));
  EXPECT_FALSE(books.oracle.connected(user(1)));
  EXPECT_FALSE(connected_in_room(books.oracle, user(1)));
}

TEST(Oracle, one_of_two_connections_is_enough_to_be_connected) {
  Books books;
  const ConnectionId first = books.connect(user(1), node(0), 1s);
  books.connect(user(1), node(1), 1s);

  books.cut(first, 5s);

  EXPECT_TRUE(books.oracle.connected(user(1)));
  EXPECT_TRUE(connected_in_room(books.oracle, user(1)));
}

TEST(Oracle, a_logout_ends_what_is_owed) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 1s);

  books.oracle.logged_out(user(1), 5s);
  books.oracle.dead(id, 5s, CloseReason::logout, kChurn);

  EXPECT_FALSE(books.oracle.owed(user(1)));
  EXPECT_FALSE(owed_in_room(books.oracle, user(1)));
  EXPECT_TRUE(books.oracle.left_between(user(1), Address::user(user(1)), 5s - 1ns, 5s));
  EXPECT_FALSE(books.oracle.left_between(user(1), Address::user(user(1)), 5s, 9s));
  EXPECT_FALSE(books.oracle.left_between(user(1), Address::user(user(1)), 1s, 5s - 1ns));
}

TEST(Oracle, a_second_login_waits_for_its_own_welcome) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 1s);
  books.oracle.logged_out(user(1), 5s);
  books.oracle.dead(id, 5s, CloseReason::logout, kChurn);
  books.oracle.noticed(id, 5s);
  books.oracle.reachable(user(1), false, 5s);

  books.oracle.logged_in(user(1), 8s);

  EXPECT_FALSE(books.oracle.owed(user(1)));
}

TEST(Oracle, a_leave_ends_what_the_room_owes_and_nothing_else) {
  Books books;
  books.connect(user(1), node(0), 1s);

  books.oracle.rosters().requested(user(1), kRoom, false);
  books.oracle.membership(user(1), kRoom, false, 5s);

  EXPECT_FALSE(owed_in_room(books.oracle, user(1)));
  EXPECT_FALSE(books.oracle.rosters().asked_for(user(1), kRoom));
  EXPECT_TRUE(books.oracle.owed(user(1)));
  EXPECT_TRUE(books.oracle.left_between(user(1), Address::room(kRoom), 4s, 5s));
  EXPECT_FALSE(books.oracle.left_between(user(1), Address::user(user(1)), 4s, 5s));
}

TEST(Oracle, a_join_owes_from_its_acknowledgement) {
  Books books;
  books.oracle.membership(user(1), kRoom, false, 0s);
  books.connect(user(1), node(0), 1s);
  books.oracle.rosters().requested(user(1), kRoom, true);
  const bool before = owed_in_room(books.oracle, user(1));

  books.oracle.membership(user(1), kRoom, true, 5s);

  EXPECT_FALSE(before);
  EXPECT_TRUE(owed_in_room(books.oracle, user(1)));
}

// ---- Who was where ------------------------------------------------------------------------------

TEST(Oracle, a_session_is_live_from_its_opening_until_the_first_of_its_two_ends) {
  Books books;
  const Oracle& oracle = books.oracle;
  const ConnectionId id = books.connect(user(1), node(2), 10s);
  books.oracle.dead(id, 20s, CloseReason::silent, kChurn);
  books.oracle.closed(id, 50s, CloseReason::heartbeat, kLoad);

  EXPECT_FALSE(oracle.live_on(user(1), node(2), 9s));
  EXPECT_TRUE(oracle.live_on(user(1), node(2), 10s));
  EXPECT_TRUE(oracle.live_on(user(1), node(2), 20s - 1ns));
  EXPECT_FALSE(oracle.live_on(user(1), node(2), 20s));
  EXPECT_FALSE(oracle.live_on(user(1), node(1), 15s));
  EXPECT_FALSE(oracle.live_on(user(2), node(2), 15s));
}

TEST(Oracle, live_throughout_needs_one_session_for_the_whole_time) {
  Books books;
  const Oracle& oracle = books.oracle;
  const ConnectionId first = books.connect(user(1), node(0), 10s);
  const ConnectionId second = books.connect(user(1), node(1), 18s);
  books.cut(first, 20s);

  EXPECT_EQ(oracle.live_throughout(user(1), 10s, 19s), first);
  EXPECT_EQ(oracle.live_throughout(user(1), 18s, 90s), second);
  EXPECT_EQ(oracle.live_throughout(user(1), 15s, 21s), kNoConnection);  // two halves, no whole
  EXPECT_EQ(oracle.live_throughout(user(1), 10s, 20s), kNoConnection);  // ended just then
}

TEST(Oracle, the_gap_belongs_to_the_connection_that_ended_last_before_it) {
  Books books;
  Oracle& oracle = books.oracle;
  const ConnectionId first = books.connect(user(1), node(0), 10s);
  books.cut(first, 20s, CloseReason::crash, kFault);
  const ConnectionId second = books.connect(user(1), node(1), 25s);
  books.cut(second, 30s, CloseReason::network, kChurn);
  oracle.dead(oracle.attempted(user(1), node(2)), 35s, CloseReason::refused, kLoad);

  EXPECT_EQ(oracle.last_ended(user(1), 15s), kNoConnection);
  EXPECT_EQ(oracle.last_ended(user(1), 22s), first);
  EXPECT_EQ(oracle.last_ended(user(1), 40s), second);  // a failed attempt opens no gap
}

TEST(Oracle, the_first_end_of_a_connection_decides_its_reason_and_blame) {
  Books books;
  const ConnectionId by_node = books.connect(user(1), node(0), 1s);
  const ConnectionId by_path = books.connect(user(2), node(0), 1s);

  books.oracle.closed(by_node, 5s, CloseReason::crash, kFault);
  books.oracle.dead(by_node, 6s, CloseReason::network, kChurn);
  books.oracle.dead(by_path, 5s, CloseReason::silent, kChurn);
  books.oracle.closed(by_path, 40s, CloseReason::heartbeat, kLoad);

  EXPECT_EQ(books.oracle.connection(by_node).reason, CloseReason::crash);
  EXPECT_EQ(books.oracle.connection(by_node).trigger, kFault);
  EXPECT_EQ(books.oracle.connection(by_path).reason, CloseReason::silent);
  EXPECT_EQ(books.oracle.connection(by_path).trigger, kChurn);
}

TEST(Oracle, an_attempt_inherits_the_blame_of_the_gap_before_it) {
  Books books;
  books.cut(books.connect(user(1), node(0), 1s), 5s, CloseReason::crash, kFault);

  const ConnectionId next = books.connect(user(1), node(1), 7s);

  EXPECT_EQ(books.oracle.connection(next).born, kFault);
}

// ---- Time adds up -------------------------------------------------------------------------------

constexpr __int128 kSecond = 1'000'000'000;

TEST(Oracle, who_was_turned_away_is_silent_because_of_a_limit_and_who_still_waits_is_not) {
  Books books;
  books.oracle.logged_in(user(0), 1s);
  const ConnectionId first = books.oracle.attempted(user(0), node(0));
  EXPECT_EQ(books.oracle.silenced_by(user(0)), kStructure);

  books.oracle.dead(first, 2s, CloseReason::refused, kStructure);
  EXPECT_EQ(books.oracle.silenced_by(user(0)), kLoad);
  books.oracle.attempted(user(0), node(0));
  EXPECT_EQ(books.oracle.silenced_by(user(0)), kLoad);

  // Of whom a fault has cut off the fault is to blame, whatever limit he meets then.
  const ConnectionId other = books.connect(user(1), node(0), 1s);
  books.cut(other, 2s, CloseReason::crash, kFault);
  const ConnectionId back = books.oracle.attempted(user(1), node(0));
  books.oracle.dead(back, 3s, CloseReason::timeout, kFault);
  EXPECT_EQ(books.oracle.silenced_by(user(1)), kFault);
}

TEST(Oracle, the_time_of_intent_is_waited_reachable_deaf_or_disconnected) {
  Books books;
  Oracle& oracle = books.oracle;
  oracle.logged_in(user(1), 0s);
  const ConnectionId id = oracle.attempted(user(1), node(0));
  oracle.opened(id, 1s);
  oracle.ready(id, 2s);
  oracle.reachable(user(1), true, 2s);
  oracle.dead(id, 10s, CloseReason::silent, kChurn);
  oracle.reachable(user(1), false, 10s);
  oracle.noticed(id, 15s);
  books.connect(user(1), node(1), 18s);
  oracle.logged_out(user(1), 30s);

  const RunRecord record = books.close();

  EXPECT_EQ(record.intent, 30 * kSecond);
  EXPECT_EQ(record.login_wait, 2 * kSecond);
  EXPECT_EQ(record.reachable, (8 + 12) * kSecond);
  EXPECT_EQ(record.deaf, 5 * kSecond);
  EXPECT_EQ(record.disconnected, 3 * kSecond);
  EXPECT_EQ(broken_laws(record), std::vector<std::string>{});
}

TEST(Oracle, only_time_inside_measure_is_counted) {
  Books books;  // measure is 0 s to 60 s

  books.connect(user(1), node(0), -20s);
  const RunRecord record = books.close(100s);

  EXPECT_EQ(record.intent, 60 * kSecond);
  EXPECT_EQ(record.reachable, 60 * kSecond);
}

TEST(Oracle, a_client_that_believes_in_a_dead_connection_is_deaf_and_the_interval_is_kept) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 0s);
  books.oracle.dead(id, 10s, CloseReason::silent, kChurn);
  books.oracle.reachable(user(1), false, 10s);
  books.oracle.noticed(id, 17s);

  const RunRecord record = books.close();

  EXPECT_EQ(record.deaf_intervals.count(), 1U);
  EXPECT_EQ(record.deaf_intervals.max(), 7'000'000'000);
}

TEST(Oracle, a_deaf_interval_counts_as_far_as_it_lies_in_measure) {
  Books books;
  books.connect(user(1), node(0), -30s);
  books.oracle.reachable(user(1), false, -20s);
  books.oracle.reachable(user(1), true, -10s);
  books.oracle.reachable(user(1), false, -5s);
  books.oracle.reachable(user(1), true, 3s);

  const RunRecord record = books.close();

  EXPECT_EQ(record.deaf_intervals.count(), 1U);
  EXPECT_EQ(record.deaf_intervals.max(), 3'000'000'000);
}

TEST(Oracle, a_connected_client_that_no_message_can_reach_is_deaf_too) {
  Books books;
  books.connect(user(1), node(0), 0s);
  books.oracle.reachable(user(1), false, 10s);  // say, its route was deleted
  books.oracle.reachable(user(1), true, 14s);

  const RunRecord record = books.close();

  EXPECT_EQ(record.deaf, 4 * kSecond);
  EXPECT_EQ(record.disconnects, 0U);
}

TEST(Oracle, a_session_is_a_ghost_from_the_death_of_its_path_until_the_node_knows) {
  Books books;
  const ConnectionId noticed = books.connect(user(1), node(0), 0s);
  const ConnectionId unnoticed = books.connect(user(2), node(0), 0s);
  const ConnectionId honest = books.connect(user(3), node(0), 0s);
  books.oracle.dead(noticed, 10s, CloseReason::silent, kChurn);
  books.oracle.dead(unnoticed, 50s, CloseReason::silent, kChurn);
  books.oracle.closed(noticed, 14s, CloseReason::heartbeat, kLoad);
  books.oracle.closed(honest, 15s, CloseReason::kick, kLoad);
  books.oracle.dead(honest, 16s, CloseReason::kick, kLoad);

  const RunRecord record = books.close();

  EXPECT_EQ(record.ghost_ns, (4 + 10) * kSecond);  // the second one until the end of measure
}

TEST(Oracle, ready_again_is_the_time_from_the_cut_until_something_can_be_heard_again) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 0s);
  books.cut(id, 10s, CloseReason::crash, kFault);
  books.connect(user(1), node(1), 13s);
  books.cut(books.connect(user(2), node(0), 0s), 20s, CloseReason::crash, kFault);

  const RunRecord record = books.close();

  EXPECT_EQ(record.ready_again.count(), 1U);
  EXPECT_EQ(record.ready_again.max(), 3'000'000'000);
  EXPECT_EQ(record.never_again, 1U);
  EXPECT_EQ(record.faults[0].disconnects, 2U);
  EXPECT_EQ(record.faults[0].endpoints_touched, 2U);
  EXPECT_EQ(record.faults[0].ready_again.count(), 1U);
  EXPECT_EQ(record.faults[0].never_again, 1U);
}

TEST(Oracle, losing_one_of_two_connections_opens_no_gap) {
  Books books;
  books.connect(user(1), node(1), 0s);
  const ConnectionId id = books.connect(user(1), node(0), 0s);

  books.oracle.dead(id, 10s, CloseReason::crash, kFault);
  const RunRecord record = books.close();

  EXPECT_EQ(record.disconnects, 1U);
  EXPECT_EQ(record.never_again, 0U);
  EXPECT_EQ(record.disconnected, 0);
}

TEST(Oracle, a_logout_is_no_disconnect) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 0s);
  books.oracle.logged_out(user(1), 10s);
  books.cut(id, 10s, CloseReason::logout, kChurn);

  const RunRecord record = books.close();

  EXPECT_EQ(record.disconnects, 0U);
  EXPECT_EQ(record.never_again, 0U);
}

TEST(OracleDeathTest, a_connection_is_welcomed_only_once) {
  Books books;
  const ConnectionId id = books.connect(user(1), node(0), 0s);

  EXPECT_DEATH(books.oracle.ready(id, 1s), "broken invariant");
}

}  // namespace
}  // namespace squall
