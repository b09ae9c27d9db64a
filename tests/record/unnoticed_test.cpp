// Who can fail to notice that a message was lost: who was there all the while, and nobody else.
//
// One recipient, u1, to whom u0 speaks; the only copy dies for everybody.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/books.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

struct UnnoticedTest : ::testing::Test {
  Books books;
  ConnectionId from = books.connect(user(0), node(0), -10s);
  ConnectionId to = books.connect(user(1), node(1), -10s);

  MessageId say() { return books.say(user(0), Address::user(user(1)), kSay); }
  // The share of the one pair: 1 or 0.
  double unnoticed() {
    const RunRecord record = books.close();
    EXPECT_EQ(broken_laws(record), std::vector<std::string>{});
    return value("loss.unnoticed", record);
  }
  ConnectionId back(Time at) { return books.connect(user(1), node(1), at); }
};

TEST_F(UnnoticedTest, a_copy_that_dies_for_everybody_is_missed_by_who_is_there_all_the_while) {
  books.ledger.drop(say(), {Mechanism::publish_failed, kSay + 5ms, kNoNode, kFault});

  EXPECT_EQ(unnoticed(), 1);
}

TEST_F(UnnoticedTest, who_is_away_when_it_is_meant_cannot_fail_to_notice) {
  books.cut(to, kSay - 1s);
  books.ledger.drop(say(), {Mechanism::publish_failed, kSay + 5ms, kNoNode, kFault});
  back(kSay + 1s);

  EXPECT_EQ(unnoticed(), 0);
}

TEST_F(UnnoticedTest, nor_can_who_never_comes_back) {
  books.cut(to, kSay - 1s);
  books.ledger.drop(say(), {Mechanism::publish_failed, kSay + 5ms, kNoNode, kFault});

  EXPECT_EQ(unnoticed(), 0);
}

TEST_F(UnnoticedTest, nor_can_who_is_away_when_it_dies) {
  const MessageId id = say();
  books.cut(to, kSay + 1s);
  books.ledger.drop(id, {Mechanism::publisher_buffer_overflow, kSay + 2s, kNoNode, kFault});
  back(kSay + 3s);

  EXPECT_EQ(unnoticed(), 0);
}

TEST_F(UnnoticedTest, but_a_welcome_may_say_that_there_is_nothing_to_miss) {
  books.cut(to, kSay - 1s);
  books.ledger.drop(say(), {Mechanism::publish_failed, kSay + 5ms, kNoNode, kFault});
  books.oracle.resumed(back(kSay + 1s), Recovered::yes, kSay + 1s);

  EXPECT_EQ(unnoticed(), 1);
}

TEST_F(UnnoticedTest, one_of_two_connections_is_enough_to_miss_it) {
  books.connect(user(1), node(2), -10s);
  books.cut(to, kSay - 1s);
  books.ledger.drop(say(), {Mechanism::publish_failed, kSay + 5ms, kNoNode, kFault});

  EXPECT_EQ(unnoticed(), 1);
}

}  // namespace
}  // namespace squall::testing
