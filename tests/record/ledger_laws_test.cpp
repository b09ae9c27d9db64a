// What must balance in the ledger, and that it turns red when a report is missing; order; bytes.
//
// A law that cannot fail proves nothing, so each has a test that breaks it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/record/ledger.hpp"
#include "tests/support/books.hpp"

namespace squall {
namespace {

using namespace testing;

// Four users in one room, all on node 0 since before measure.
struct LedgerLaws : ::testing::Test {
  explicit LedgerLaws(BooksSetup setup = {}) : books(std::move(setup)) {
    for (std::uint32_t e = 0; e < 4; ++e) of.push_back(books.connect(user(e), node(0), -10s));
  }

  Books books;
  std::vector<ConnectionId> of;  // connection by user
  Address room = Address::room(kRoom);

  // u0 says it to the room; each of the others hears it at the given time.
  MessageId heard_at(Time said, const std::vector<std::pair<std::uint32_t, Time>>& arrivals) {
    const MessageId id = books.say(user(0), room, said);
    std::vector<Frame> frames;
    for (const auto& [who, arrival] : arrivals) {
      frames.push_back({of[who], said + 3ms, arrival});
    }
    books.push(id, said + 2ms, frames);
    return id;
  }
};

// ---- Laws ---------------------------------------------------------------------------------------

TEST_F(LedgerLaws, a_room_message_owes_every_member_but_its_sender) {
  heard_at(kSay, {{1, kSay + 10ms}, {2, kSay + 20ms}, {3, kSay + 40ms}});

  const RunRecord record = books.close();

  EXPECT_EQ(broken_laws(record), kNoLaw);
  EXPECT_EQ(record.cells[0].owed, 3U);
  EXPECT_EQ(record.cells[0].live, 3U);
  EXPECT_EQ(record.cells[0].room_complete.max(), (40ms / 1ns));
  EXPECT_EQ(record.cells[0].skew.max(), (30ms / 1ns));
  EXPECT_EQ(record.seconds[1].owed, 3U);
  EXPECT_EQ(record.seconds[1].delivered, 3U);
}

TEST_F(LedgerLaws, a_room_message_that_misses_one_member_is_never_complete) {
  heard_at(kSay, {{1, kSay + 10ms}, {2, kSay + 20ms}});

  const RunRecord record = books.close();

  EXPECT_EQ(record.cells[0].lost, 1U);
  EXPECT_EQ(record.cells[0].room_complete.count(), 0U);
  ASSERT_EQ(record.worst_endpoints.size(), 1U);
  EXPECT_EQ(record.worst_endpoints[0], 1U);
}

TEST_F(LedgerLaws, copies_are_red_when_one_is_never_ended) {
  const MessageId id = books.say(user(0), room, kSay);
  books.ledger.forked(id, 1);
  books.ledger.benign(id, kSay + 5ms);

  const RunRecord record = books.close();

  EXPECT_TRUE(breaks(record, "copies"));
  EXPECT_TRUE(breaks(record, "pairs"));
  EXPECT_EQ(record.cells[0].unresolved, 3U);
  EXPECT_FALSE(complete(record));
}

TEST_F(LedgerLaws, messages_are_red_when_one_is_neither_sent_nor_refused) {
  books.offer(user(0), room, -1s);

  EXPECT_TRUE(breaks(books.close(), "messages"));
}

TEST_F(LedgerLaws, pushes_are_red_when_a_session_was_tried_and_nothing_is_said_of_it) {
  const MessageId id = books.say(user(0), room, kSay);
  books.ledger.push(id, node(0), kSay + 2ms).push_back({1, of[1], kSay + 3ms, kSay + 10ms});

  books.ledger.pushed(id, kSay + 2ms, 2);

  EXPECT_TRUE(breaks(books.close(), "pushes"));
}

TEST_F(LedgerLaws, attribution_is_red_when_a_copy_vanishes_that_never_was) {
  const MessageId id = books.offer(user(0), room, kSay);
  books.ledger.written(id, kSay);
  books.ledger.drop(id, {Mechanism::unattributed, kSay});

  const RunRecord record = books.close();

  EXPECT_TRUE(breaks(record, "attribution"));
  EXPECT_FALSE(complete(record));
}

TEST(LedgerLawsDeathTest, a_copy_cannot_end_twice) {
  Books books;
  books.connect_all(node(0), -10s);
  const MessageId id = books.say(user(0), Address::room(kRoom), kSay);
  books.ledger.benign(id, kSay + 5ms);

  EXPECT_DEATH(books.ledger.benign(id, kSay + 5ms), "broken invariant");
}

// Whatever mechanism is kept quiet, some law notices: a report that a strategy or the engine
// forgets cannot go unseen.
struct Muted : ::testing::TestWithParam<Mechanism> {};

void lose_by(Books& books, Mechanism mechanism, ConnectionId to) {
  const Address u1 = Address::user(user(1));
  if (mechanism == Mechanism::sender_offline_refused) {
    books.ledger.refused(books.offer(user(0), u1, kSay), kChurn, CloseReason::network);
    return;
  }
  const MessageId id = books.say(user(0), u1, kSay);
  switch (mechanism) {
    case Mechanism::pushed_to_ghost:
      books.oracle.dead(to, kSay, CloseReason::silent, kChurn);
      books.deliver(id, to, kSay + 5ms);
      break;
    case Mechanism::downlink_in_flight_at_disconnect:
      books.deliver(id, to, kSay + 5ms);
      books.cut(to, kSay + 7ms);
      break;
    case Mechanism::egress_lost_at_crash:
      books.push(id, kSay + 5ms, {{to, kSay + 50ms, kSay + 60ms}});
      books.cut(to, kSay + 20ms, CloseReason::crash, kFault);
      break;
    case Mechanism::purged_by_slow_consumer_kick:
    case Mechanism::egress_queue_dropped:
      books.ledger.push(id, node(0), kSay + 5ms);
      books.ledger.push_failed(id, 0, {mechanism, kSay + 5ms, node(0), kLoad});
      books.ledger.pushed(id, kSay + 5ms, 1);
      break;
    case Mechanism::reconnect_gap:
      books.cut(to, kSay - 1ms);
      books.ledger.benign(id, kSay + 5ms);
      break;
    default: books.ledger.drop(id, {mechanism, kSay + 5ms}); break;
  }
}

TEST_P(Muted, a_law_turns_red_when_its_reports_are_swallowed) {
  BooksSetup quiet;
  quiet.mute = GetParam();
  Books muted(quiet), loud;
  for (Books* books : {&muted, &loud}) {
    books->connect(user(0), node(0), -10s);
    lose_by(*books, GetParam(), books->connect(user(1), node(0), -10s));
  }

  const RunRecord silent = muted.close(), spoken = loud.close();

  EXPECT_FALSE(silent.violations.empty());
  EXPECT_EQ(broken_laws(spoken), kNoLaw);
  ASSERT_FALSE(spoken.losses.empty());
  EXPECT_EQ(spoken.losses.back().mechanism, GetParam());
}

std::vector<Mechanism> every_mechanism() {
  std::vector<Mechanism> all;
  for (const MechanismRow& row : mechanisms()) {
    if (row.mechanism != Mechanism::unattributed) all.push_back(row.mechanism);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Ledger, Muted, ::testing::ValuesIn(every_mechanism()),
                         [](const auto& m) { return std::string(row(m.param).name); });

// ---- Order --------------------------------------------------------------------------------------

TEST_F(LedgerLaws, a_message_that_arrives_after_its_successor_is_a_fifo_violation) {
  heard_at(kSay, {{1, kSay + 90ms}, {2, kSay + 40ms}, {3, kSay + 50ms}});
  heard_at(kSay + 10ms, {{1, kSay + 50ms}, {2, kSay + 50ms}, {3, kSay + 50ms}});

  EXPECT_EQ(books.close().cells[0].fifo_violations, 1U);
}

TEST_F(LedgerLaws, it_is_one_in_whatever_order_the_two_are_settled) {
  const MessageId first = books.say(user(0), room, kSay);
  heard_at(kSay + 10ms, {{1, kSay + 50ms}, {2, kSay + 50ms}, {3, kSay + 50ms}});
  books.settle();
  books.push(first, kSay + 60ms, {{of[1], kSay + 61ms, kSay + 90ms}});

  EXPECT_EQ(books.close().cells[0].fifo_violations, 1U);
}

TEST_F(LedgerLaws, a_missing_message_is_a_gap_and_no_violation) {
  heard_at(kSay, {{1, kSay + 20ms}});
  heard_at(kSay + 10ms, {{2, kSay + 30ms}});
  heard_at(kSay + 20ms, {{1, kSay + 40ms}});

  EXPECT_EQ(books.close().cells[0].fifo_violations, 0U);
}

TEST_F(LedgerLaws, the_messages_of_two_senders_have_no_fifo_order) {
  heard_at(kSay, {{2, kSay + 90ms}});
  const MessageId other = books.say(user(1), room, kSay + 10ms);
  books.push(other, kSay + 20ms, {{of[2], kSay + 21ms, kSay + 30ms}});

  EXPECT_EQ(books.close().cells[0].fifo_violations, 0U);
}

TEST_F(LedgerLaws, two_members_who_heard_two_messages_in_opposite_orders_are_one_inversion) {
  for (std::uint32_t sender : {0U, 3U}) {
    const MessageId id = books.say(user(sender), room, kSay);
    const Time one = sender == 0 ? kSay + 20ms : kSay + 30ms;
    const Time two = sender == 0 ? kSay + 30ms : kSay + 20ms;
    books.push(id, kSay + 2ms, {{of[1], kSay + 3ms, one}, {of[2], kSay + 3ms, two}});
  }

  const RunRecord record = books.close();

  EXPECT_EQ(record.room_pairs, 1U);
  EXPECT_EQ(record.room_inversions, 1U);
  EXPECT_EQ(record.room_sample, 1U);
  EXPECT_EQ(record.cells[0].fifo_violations, 0U);
}

TEST_F(LedgerLaws, members_who_heard_one_order_do_not_diverge) {
  for (const int n : {0, 1, 2, 3}) {
    const Time said = kSay + n * 100ms;
    heard_at(said, {{1, said + 20ms}, {2, said + 30ms}, {3, said + 40ms}});
  }

  const RunRecord record = books.close();

  EXPECT_EQ(record.room_pairs, 2U * 6U);  // two members against the reference, 4 choose 2 pairs
  EXPECT_EQ(record.room_inversions, 0U);
}

// ---- Spans --------------------------------------------------------------------------------------

struct LedgerSpans : LedgerLaws {
  LedgerSpans() : LedgerLaws({.spans = {{5s, 10s}, {8s, 20s}}}) {}
};

TEST_F(LedgerSpans, a_message_belongs_to_exactly_the_faults_during_which_it_was_born) {
  for (const Time said : {4s, 5s, 8s, 10s, 20s}) heard_at(said, {{1, said + 10ms}});

  const RunRecord record = books.close();

  std::vector<std::pair<SpanMask, std::uint64_t>> messages;
  for (const Cell& cell : record.cells) messages.emplace_back(cell.spans, cell.messages);
  EXPECT_EQ(messages, (std::vector<std::pair<SpanMask, std::uint64_t>>{
                          {0b00, 2}, {0b01, 1}, {0b10, 1}, {0b11, 1}}));
}

// ---- Bytes --------------------------------------------------------------------------------------

Bytes booked(const RunRecord& record, Link link, BytePurpose purpose) {
  return record.bytes[static_cast<std::size_t>(link)].sent[static_cast<std::size_t>(purpose)];
}

TEST_F(LedgerLaws, the_last_hop_knows_what_a_frame_was_worth) {
  books.oracle.membership(user(3), kRoom, false, 0s);  // hears it, was not owed it
  books.oracle.dead(of[2], 0s, CloseReason::silent, kChurn);
  heard_at(kSay, {{1, kSay + 10ms}, {2, kSay + 10ms}, {3, kSay + 10ms}});

  const RunRecord record = books.close();

  EXPECT_EQ(broken_laws(record), kNoLaw);
  EXPECT_EQ(booked(record, Link::lb_to_client, BytePurpose::payload_useful), 100);
  EXPECT_EQ(booked(record, Link::lb_to_client, BytePurpose::payload_wasted), 100);
  EXPECT_EQ(booked(record, Link::lb_to_client, BytePurpose::payload_redundant), 100);
}

TEST(ByteBook, what_was_sent_is_received_lost_or_in_flight) {
  ByteBook book(60s, 2);
  const WireCost frame = wire::websocket(100, true, wire::Tls::on);
  book.sent(Link::node_to_node, BytePurpose::payload_relayed, frame, 1s, node(0), 3);
  book.received(Link::node_to_node, frame);
  book.lost(Link::node_to_node, frame);
  book.in_flight(Link::node_to_node, frame);

  std::vector<Violation> violations;
  book.check(violations);

  EXPECT_TRUE(violations.empty());
}

TEST(ByteBook, the_double_entry_is_red_when_received_is_missing) {
  ByteBook book(60s, 2);
  book.sent(Link::node_to_node, BytePurpose::payload_relayed,
            wire::websocket(100, true, wire::Tls::on), 1s, node(0));

  std::vector<Violation> violations;
  book.check(violations);

  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].law, "bytes node_to_node");
}

TEST(ByteBook, only_frames_sent_during_measure_are_in_the_matrix) {
  ByteBook book(60s, 2);
  const WireCost frame = wire::websocket(100, true, wire::Tls::on);
  for (const Time at : std::vector<Time>{-1ns, 0ns, 60s - 1ns, 60s}) {
    book.sent(Link::client_to_lb, BytePurpose::payload_relayed, frame, at, node(0));
    book.received(Link::client_to_lb, frame);
  }

  const LinkBytes& link = book.window()[static_cast<std::size_t>(Link::client_to_lb)];

  EXPECT_EQ(link.sent[static_cast<std::size_t>(BytePurpose::payload_relayed)], 200);
  EXPECT_EQ(link.sent[static_cast<std::size_t>(BytePurpose::framing)], 2 * frame.framing);
  EXPECT_EQ(link.sent[static_cast<std::size_t>(BytePurpose::transport)], 2 * frame.transport);
}

TEST(ByteBook, an_acknowledgement_goes_back_and_is_in_the_law_of_both_ways) {
  ByteBook book(60s, 2);
  const WireCost frame = wire::websocket(100, true, wire::Tls::on);
  book.sent(Link::lb_to_node, BytePurpose::payload_relayed, frame, 1s, node(0));
  book.received(Link::lb_to_node, frame);

  book.acknowledged(Link::lb_to_node, 3, 1s, node(0));
  book.acknowledged(Link::lb_to_node, 1, 61s, node(0));  // after measure: in the law only

  const LinkBytes& back = book.window()[static_cast<std::size_t>(Link::node_to_lb)];
  EXPECT_EQ(back.sent[static_cast<std::size_t>(BytePurpose::acknowledgement)], 3 * 52);
  EXPECT_EQ(book.totals()[static_cast<std::size_t>(Link::node_to_lb)].sent, 4 * 52);
  std::vector<Violation> violations;
  book.check(violations);
  EXPECT_TRUE(violations.empty());
}

TEST(ByteBook, the_frame_of_a_heartbeat_is_control_from_its_first_byte) {
  ByteBook book(60s, 2);
  const WireCost ping = wire::websocket(0, true, wire::Tls::on);

  book.sent(Link::client_to_lb, BytePurpose::control, ping, 1s, node(0));

  const LinkBytes& link = book.window()[static_cast<std::size_t>(Link::client_to_lb)];
  EXPECT_EQ(link.sent[static_cast<std::size_t>(BytePurpose::control)], ping.framing);
  EXPECT_EQ(link.sent[static_cast<std::size_t>(BytePurpose::framing)], 0);
}

}  // namespace
}  // namespace squall
