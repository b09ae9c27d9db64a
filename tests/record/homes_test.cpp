// Whom to blame where there is no backplane: what would have come without the fault is structural.
//
// u0 speaks to u1, told by hand; the mechanisms are in attribution_test.cpp.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/books.hpp"

namespace squall {
namespace {

using namespace testing;

constexpr Time kAtTen{10s};

struct Told {
  Mechanism mechanism;
  TriggerId trigger;
  bool operator==(const Told&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Told& told) {
  return out << row(told.mechanism).name << " of " << static_cast<int>(told.trigger);
}

BooksSetup lonely(std::vector<NodeId> homes, Mechanism uncovered,
                  std::vector<Homes::Leave> leaves = {}) {
  BooksSetup setup{.uncovered = uncovered};
  setup.homes.own_node = true;
  setup.homes.nodes = std::move(homes);
  setup.homes.leaves = std::move(leaves);
  return setup;
}

// Four users; the homes of u0 and u1 first.
BooksSetup keyed(std::uint16_t sender, std::uint16_t recipient,
                 std::vector<Homes::Leave> leaves = {}) {
  return lonely({node(sender), node(recipient), node(0), node(0)}, Mechanism::split_room,
                std::move(leaves));
}

BooksSetup scattered() { return lonely({}, Mechanism::wrong_node); }

// The only loss of the run.
Told cause(Books& books) {
  const RunRecord record = books.close();
  EXPECT_EQ(broken_laws(record), std::vector<std::string>{});
  EXPECT_EQ(record.losses.size(), 1U);
  if (record.losses.empty()) return {Mechanism::unattributed, kStructure};
  return {record.losses.front().mechanism, record.losses.front().trigger};
}

MessageId say(Books& books) { return books.say(user(0), Address::user(user(1)), kAtTen); }

// Cut at 1 s, and back on this node.
void reconnect(Books& books, std::uint32_t who, std::uint16_t from, std::uint16_t to,
               TriggerId why) {
  books.cut(books.connect(user(who), node(from), -10s), 1s, CloseReason::network, why);
  books.connect(user(who), node(to), 2s);
}

TEST(KeysApart, is_no_split_room_and_structural_whatever_was_cut_before) {
  for (const TriggerId why : {kFault, kChurn, kLoad}) {
    Books books(keyed(0, 1));
    reconnect(books, 0, 0, 0, why);
    reconnect(books, 1, 1, 1, why);
    books.ledger.drop(say(books), {Mechanism::split_room, kAtTen + 5ms});

    EXPECT_EQ(cause(books), (Told{Mechanism::keys_apart, kStructure}));
  }
}

TEST(KeysApart, is_found_where_nobody_was_sent_a_copy_too) {
  Books books(keyed(0, 1));
  reconnect(books, 0, 0, 0, kFault);
  reconnect(books, 1, 1, 1, kFault);
  books.ledger.benign(say(books), kAtTen + 5ms);

  EXPECT_EQ(cause(books), (Told{Mechanism::keys_apart, kStructure}));
}

TEST(SplitRoom, is_billed_to_what_drove_the_recipient_from_home) {
  Books books(keyed(1, 1));
  books.connect(user(0), node(1), -10s);
  reconnect(books, 1, 1, 2, kFault);
  books.ledger.drop(say(books), {Mechanism::split_room, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::split_room, kFault}));
}

TEST(SplitRoom, is_billed_to_what_drove_the_sender_from_home) {
  Books books(keyed(1, 1));
  reconnect(books, 0, 1, 2, kFault);
  books.connect(user(1), node(1), -10s);
  books.ledger.drop(say(books), {Mechanism::split_room, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::split_room, kFault}));
}

// While away he is cut once more, and comes back to the same wrong place.
TEST(SplitRoom, is_billed_to_the_first_departure_not_to_a_later_cut) {
  Books books(keyed(1, 1));
  books.connect(user(0), node(1), -10s);
  books.cut(books.connect(user(1), node(1), -10s), 1s, CloseReason::crash, kFault);
  books.cut(books.connect(user(1), node(2), 2s), 3s, CloseReason::network, kChurn);
  books.connect(user(1), node(2), 4s);
  books.ledger.drop(say(books), {Mechanism::split_room, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::split_room, kFault}));
}

TEST(SplitRoom, is_billed_to_the_outage_of_the_home_of_who_logged_in_meanwhile) {
  Books books(keyed(1, 1, {{node(0), 0s, kLoad}, {node(1), 1s, kFault}, {node(1), 5s, kChurn}}));
  books.connect(user(0), node(1), -10s);
  books.connect(user(1), node(2), 2s);
  books.ledger.drop(say(books), {Mechanism::split_room, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::split_room, kFault}));
}

TEST(WithoutKeys, a_look_up_that_found_nothing_is_structural_for_who_sits_elsewhere) {
  for (const TriggerId why : {kFault, kChurn}) {
    Books books(scattered());
    books.connect(user(0), node(0), -10s);
    reconnect(books, 1, 1, 1, why);
    books.ledger.drop(say(books), {Mechanism::route_missing, kAtTen + 5ms});

    EXPECT_EQ(cause(books), (Told{Mechanism::route_missing, kStructure}));
  }
}

TEST(WithoutKeys, a_look_up_that_found_nothing_is_billed_to_the_cut_for_who_sits_beside) {
  Books books(scattered());
  books.connect(user(0), node(0), -10s);
  reconnect(books, 1, 1, 0, kChurn);
  books.ledger.drop(say(books), {Mechanism::route_missing, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::route_missing, kChurn}));
}

TEST(WithoutKeys, a_registry_that_is_away_costs_only_those_whom_it_would_have_served) {
  for (const std::uint16_t where : {0, 1}) {
    Books books(scattered());
    books.connect(user(0), node(0), -10s);
    books.connect(user(1), node(where), -10s);
    books.ledger.drop(say(books), {Mechanism::registry_unavailable, kAtTen + 5ms, kNoNode, kFault});

    const Told told{Mechanism::registry_unavailable, where == 0 ? kFault : kStructure};
    EXPECT_EQ(cause(books), told);
  }
}

TEST(WithoutKeys, a_gap_is_the_cut_s_own) {
  Books books(scattered());
  books.connect(user(0), node(0), -10s);
  books.cut(books.connect(user(1), node(1), -10s), kAtTen - 1s, CloseReason::network, kFault);
  books.ledger.drop(say(books), {Mechanism::wrong_node, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::reconnect_gap, kFault}));
}

// Each holds two connections; they meet on n1 alone until it is gone.
BooksSetup two_each() {
  BooksSetup setup = scattered();
  setup.homes.each = 2;
  return setup;
}

TEST(TwoConnections, what_ended_the_one_over_which_they_would_have_met_is_to_blame) {
  for (const bool recipient : {false, true}) {
    Books books(two_each());
    const std::uint32_t torn = recipient ? 1 : 0;
    const ConnectionId common = books.connect(user(torn), node(0), -10s);
    books.connect(user(torn), node(1), -10s);
    books.connect(user(1 - torn), node(0), -10s);
    books.connect(user(1 - torn), node(2), -10s);
    books.oracle.dead(common, 1s, CloseReason::host_loss, kFault);
    books.ledger.drop(say(books), {Mechanism::wrong_node, kAtTen + 5ms});

    EXPECT_EQ(cause(books), (Told{Mechanism::wrong_node, kFault}));
  }
}

TEST(TwoConnections, a_node_that_took_the_meeting_place_of_both_is_to_blame) {
  Books books(two_each());
  for (const std::uint32_t who : {0, 1}) {
    const ConnectionId common = books.connect(user(who), node(0), -10s);
    books.connect(user(who), node(static_cast<std::uint16_t>(1 + who)), -10s);
    books.oracle.dead(common, 1s, CloseReason::host_loss, kFault);
  }
  const MessageId id = say(books);
  const Death died{Mechanism::uplink_in_flight_at_disconnect, kAtTen + 5ms, kNoNode, kFault,
                   CloseReason::host_loss};
  books.ledger.drop(id, died);

  EXPECT_EQ(cause(books), (Told{Mechanism::uplink_in_flight_at_disconnect, kFault}));
}

TEST(TwoConnections, a_connection_that_is_back_elsewhere_is_to_blame_for_nothing) {
  Books books(two_each());
  books.connect(user(0), node(0), -10s);
  books.connect(user(0), node(1), -10s);
  reconnect(books, 1, 0, 2, kFault);
  books.connect(user(1), node(3), -10s);
  books.ledger.drop(say(books), {Mechanism::wrong_node, kAtTen + 5ms});

  EXPECT_EQ(cause(books), (Told{Mechanism::wrong_node, kStructure}));
}

TEST(TwoConnections, a_room_is_split_by_what_ended_the_connection_to_its_home) {
  for (const bool back : {false, true}) {
    BooksSetup setup =
        lonely({node(0), node(1), node(0), node(2), node(0), node(1), node(0), node(1)},
               Mechanism::split_room, {{node(0), 1s, kFault}});
    setup.homes.each = 2;
    Books books(setup);
    books.connect(user(0), node(0), -10s);
    books.connect(user(0), node(1), -10s);
    const ConnectionId home = books.connect(user(1), node(0), -10s);
    books.connect(user(1), node(2), -10s);
    books.oracle.dead(home, 1s, CloseReason::crash, kFault);
    if (back) books.connect(user(1), node(3), 2s);
    books.ledger.drop(say(books), {Mechanism::split_room, kAtTen + 5ms});

    EXPECT_EQ(cause(books), (Told{Mechanism::split_room, kFault}));
  }
}

}  // namespace
}  // namespace squall
