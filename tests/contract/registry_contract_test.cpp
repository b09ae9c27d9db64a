// What the registry link promises, with the embedded broker and with Redis behind it.
//
// Both answer the same compare-and-set script: Redis runs it, the embedded broker recognizes it.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "sim/live/links/registry_link.hpp"
#include "strategies/core/strategy.hpp"
#include "tests/support/broker_fixture.hpp"
#include "tests/support/live_loop.hpp"

namespace squall::testing {
namespace {

using live::RegistryLink;
using MaybeRoutes = std::optional<std::vector<NodeId>>;

class RegistryContract : public ::testing::TestWithParam<BrokerRow>,
                         private RegistryLink::Listener {
 protected:
  void SetUp() override {
    server_ = GetParam().make();
    const std::string problem = server_->start();
    if (!problem.empty()) GTEST_SKIP() << GetParam().name << " cannot run here: " << problem;
    make_link(std::chrono::minutes{10});
    ASSERT_TRUE(open());
  }

  void TearDown() override {
    loop_.on_loop([this] { link_.reset(); });
  }

  void make_link(Duration lease) {
    loop_.on_loop([&] {
      RegistryLink::Options options;
      options.port = server_->address().port;
      options.lease = lease;
      link_ = RegistryLink::make(loop_.loop(), options, *this);
    });
  }

  bool open() {
    const int ups = loop_.on_loop([&] {
      link_->open();
      return ups_;
    });
    return loop_.eventually([this, ups] { return ups_ > ups; });
  }

  // Asks on the loop and waits for the answer: `ask` gets a Done.
  template <typename Ask>
  bool write(Ask ask) {
    std::optional<bool> applied;
    loop_.on_loop(
        [&] { ask([&applied](std::optional<bool> yes) { applied = yes.value_or(false); }); });
    EXPECT_TRUE(loop_.eventually([&] { return applied.has_value(); }));
    return applied.value_or(false);
  }
  bool set(std::uint32_t key, NodeId node) {
    return write([&](RegistryLink::Done done) { link_->set_route(key, node, std::move(done)); });
  }
  bool remove(std::uint32_t key) {
    return write([&](RegistryLink::Done done) { link_->delete_route(key, std::move(done)); });
  }
  bool remove_if_mine(std::uint32_t key, NodeId node) {
    return write(
        [&](RegistryLink::Done done) { link_->delete_route_if_mine(key, node, std::move(done)); });
  }
  bool set_if_newer(std::uint32_t key, NodeId node, std::uint64_t epoch) {
    return write([&](RegistryLink::Done done) {
      link_->set_route_if_newer(key, node, epoch, std::move(done));
    });
  }

  // Likewise: `question` gets a Routes.
  template <typename Question>
  MaybeRoutes read(Question question) {
    std::optional<MaybeRoutes> answer;
    loop_.on_loop([&] { question([&](MaybeRoutes routes) { answer = std::move(routes); }); });
    EXPECT_TRUE(loop_.eventually([&] { return answer.has_value(); }));
    return answer.value_or(std::nullopt);
  }
  MaybeRoutes get(const std::vector<std::uint32_t>& keys) {
    return read([&](RegistryLink::Routes routes) { link_->get_routes(keys, std::move(routes)); });
  }

  // ---- under leases ----
  bool hold(NodeId node, std::uint64_t since) {
    return write([&](RegistryLink::Done done) { link_->hold_lease(node, since, std::move(done)); });
  }
  bool set_held(std::uint32_t key, NodeId node, std::uint64_t epoch) {
    return write(
        [&](RegistryLink::Done done) { link_->set_held_route(key, node, epoch, std::move(done)); });
  }
  bool add(std::uint32_t set, NodeId node, std::uint64_t epoch) {
    return write(
        [&](RegistryLink::Done done) { link_->add_member(set, node, epoch, std::move(done)); });
  }
  bool take_out(std::uint32_t set, NodeId node, std::uint64_t epoch) {
    return write(
        [&](RegistryLink::Done done) { link_->remove_member(set, node, epoch, std::move(done)); });
  }
  MaybeRoutes held(const std::vector<std::uint32_t>& keys) {
    return read(
        [&](RegistryLink::Routes routes) { link_->get_held_routes(keys, std::move(routes)); });
  }
  MaybeRoutes members(std::uint32_t set) {
    return read([&](RegistryLink::Routes routes) { link_->get_members(set, std::move(routes)); });
  }

  std::unique_ptr<BrokerFixture> server_;
  LiveLoop loop_;
  std::unique_ptr<RegistryLink> link_;
  int ups_ = 0, downs_ = 0;

 private:
  void registry_up() override { ++ups_; }
  void registry_down(const std::string& why) override {
    EXPECT_FALSE(why.empty());
    ++downs_;
  }
};

MaybeRoutes routes(std::vector<NodeId> nodes) { return nodes; }

TEST_P(RegistryContract, WhatWasSetIsFoundAndTheRestIsNoNode) {
  ASSERT_TRUE(set(7, NodeId{3}));
  ASSERT_TRUE(set(9, NodeId{65534}));
  ASSERT_TRUE(set(7, NodeId{4}));

  EXPECT_EQ(get({9, 8, 7}), routes({NodeId{65534}, kNoNode, NodeId{4}}));
  EXPECT_EQ(get({}), routes({}));
}

TEST_P(RegistryContract, ADeletedRouteIsGoneAndDeletingNothingAppliesNothing) {
  ASSERT_TRUE(set(7, NodeId{3}));

  EXPECT_TRUE(remove(7));
  EXPECT_FALSE(remove(7));
  EXPECT_EQ(get({7}), routes({kNoNode}));
}

TEST_P(RegistryContract, OnlyANewerEpochReplacesARoute) {
  constexpr std::uint64_t kFirst = 99, kLarge = std::uint64_t{1} << 60;

  EXPECT_TRUE(set_if_newer(7, NodeId{1}, kFirst));
  EXPECT_FALSE(set_if_newer(7, NodeId{2}, kFirst));
  EXPECT_FALSE(set_if_newer(7, NodeId{2}, kFirst - 1));
  EXPECT_EQ(get({7}), routes({NodeId{1}}));
  EXPECT_TRUE(set_if_newer(7, NodeId{3}, kFirst + 1));
  EXPECT_TRUE(set_if_newer(7, NodeId{4}, kLarge));
  EXPECT_TRUE(set_if_newer(7, NodeId{5}, kLarge + 1));
  EXPECT_FALSE(set_if_newer(7, NodeId{6}, kLarge));
  EXPECT_EQ(get({7}), routes({NodeId{5}}));
}

TEST_P(RegistryContract, ANodeRenewsItsOwnRouteOfTheSameEpoch) {
  ASSERT_TRUE(set_if_newer(7, NodeId{1}, 5));

  EXPECT_TRUE(set_if_newer(7, NodeId{1}, 5));
  EXPECT_FALSE(set_if_newer(7, NodeId{11}, 5));
  EXPECT_EQ(get({7}), routes({NodeId{1}}));
}

TEST_P(RegistryContract, OnlyTheNodeThatHasARouteDeletesIt) {
  ASSERT_TRUE(set_if_newer(7, NodeId{1}, 5));
  ASSERT_TRUE(set(8, NodeId{1}));

  EXPECT_FALSE(remove_if_mine(7, NodeId{11}));
  EXPECT_FALSE(remove_if_mine(8, NodeId{2}));
  EXPECT_FALSE(remove_if_mine(9, NodeId{1}));
  EXPECT_EQ(get({7, 8}), routes({NodeId{1}, NodeId{1}}));
  EXPECT_TRUE(remove_if_mine(7, NodeId{1}));
  EXPECT_TRUE(remove_if_mine(8, NodeId{1}));
  EXPECT_EQ(get({7, 8}), routes({kNoNode, kNoNode}));
}

TEST_P(RegistryContract, ARouteWithoutAnEpochGivesWayToAnyEpoch) {
  ASSERT_TRUE(set(7, NodeId{1}));

  EXPECT_TRUE(set_if_newer(7, NodeId{2}, 1));
  EXPECT_EQ(get({7}), routes({NodeId{2}}));
}

TEST_P(RegistryContract, ARouteLivesAsLongAsItsLease) {
  ASSERT_TRUE(set(1, NodeId{1}));
  loop_.on_loop([this] { link_.reset(); });
  make_link(std::chrono::milliseconds{30});
  ASSERT_TRUE(open());
  ASSERT_TRUE(set(2, NodeId{2}));
  ASSERT_TRUE(set_if_newer(3, NodeId{3}, 1));

  const MaybeRoutes expired = routes({NodeId{1}, kNoNode, kNoNode});
  MaybeRoutes last;
  bool asking = false;
  const bool gone = loop_.eventually([&] {
    if (last == expired) return true;  // and no answer is under way to what ends with this test
    if (!std::exchange(asking, true)) {
      link_->get_routes({1, 2, 3}, [&](MaybeRoutes found) {
        last = std::move(found);
        asking = false;
      });
    }
    return false;
  });

  EXPECT_TRUE(gone);
}

TEST_P(RegistryContract, ALeaseIsHeldFromItsFirstWriteOnByThatProcess) {
  EXPECT_FALSE(hold(NodeId{1}, 5));
  EXPECT_TRUE(hold(NodeId{1}, 5));
  EXPECT_FALSE(hold(NodeId{2}, 5));
  EXPECT_FALSE(hold(NodeId{1}, 6));
  EXPECT_TRUE(hold(NodeId{1}, 6));
}

TEST_P(RegistryContract, ARouteUnderALeaseIsBelievedWhileItsProcessHoldsThat) {
  constexpr std::uint64_t kLate = std::uint64_t{1} << 60;
  ASSERT_TRUE(set_held(7, NodeId{1}, 99));
  ASSERT_TRUE(set_held(8, NodeId{11}, kLate));
  ASSERT_TRUE(set(9, NodeId{1}));

  EXPECT_EQ(held({7, 8, 9, 10}), routes({kNoNode, kNoNode, kNoNode, kNoNode}));
  hold(NodeId{1}, 99);
  hold(NodeId{11}, 100);
  EXPECT_EQ(held({7, 8, 9, 10}), routes({NodeId{1}, NodeId{11}, kNoNode, kNoNode}));
  hold(NodeId{1}, 100);  // a process that began after it was written
  hold(NodeId{11}, kLate + 1);
  EXPECT_EQ(held({7, 8}), routes({kNoNode, kNoNode}));
  EXPECT_EQ(get({7, 8}), routes({NodeId{1}, NodeId{11}}));
  EXPECT_EQ(held({}), routes({}));
  EXPECT_FALSE(set_held(8, NodeId{1}, 101));  // fenced as ever
  EXPECT_TRUE(set_held(7, NodeId{1}, 101));
  EXPECT_EQ(held({7}), routes({NodeId{1}}));
}

TEST_P(RegistryContract, ASetHasTheNodesThatAddedThemselvesAndHoldTheirLease) {
  const std::uint32_t room = kRoomKey | 3;
  EXPECT_EQ(members(room), routes({}));
  ASSERT_TRUE(add(room, NodeId{11}, 5));
  ASSERT_TRUE(add(room, NodeId{2}, 5));
  ASSERT_TRUE(add(kRoomKey | 4, NodeId{3}, 5));

  EXPECT_EQ(members(room), routes({}));
  hold(NodeId{11}, 5), hold(NodeId{2}, 5), hold(NodeId{3}, 5);
  EXPECT_EQ(members(room), routes({NodeId{2}, NodeId{11}}));
  hold(NodeId{2}, 6);
  EXPECT_EQ(members(room), routes({NodeId{11}}));
  EXPECT_TRUE(add(room, NodeId{2}, 6));
  EXPECT_TRUE(take_out(room, NodeId{11}, 5));
  EXPECT_FALSE(take_out(room, NodeId{11}, 5));
  EXPECT_EQ(members(room), routes({NodeId{2}}));
}

TEST_P(RegistryContract, WhatAnEarlierProcessSaysLateChangesNoSet) {
  const std::uint32_t room = kRoomKey | 3;
  hold(NodeId{1}, 100);
  ASSERT_TRUE(add(room, NodeId{1}, 100));

  EXPECT_FALSE(add(room, NodeId{1}, 99));
  EXPECT_FALSE(take_out(room, NodeId{1}, 99));
  EXPECT_EQ(members(room), routes({NodeId{1}}));
  EXPECT_TRUE(take_out(room, NodeId{1}, 101));
  EXPECT_EQ(members(room), routes({}));
}

TEST_P(RegistryContract, AnswersComeInTheOrderOfTheQuestions) {
  std::vector<std::uint32_t> order;
  loop_.on_loop([&] {
    for (std::uint32_t key = 0; key < 200; ++key) {
      link_->set_route(key, NodeId{static_cast<std::uint16_t>(key)}, [](std::optional<bool>) {});
      link_->get_routes({key}, [&order, key](const MaybeRoutes& found) {
        if (found == routes({NodeId{static_cast<std::uint16_t>(key)}})) order.push_back(key);
      });
    }
  });

  EXPECT_TRUE(loop_.eventually([&] { return order.size() == 200; }));
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST_P(RegistryContract, ALostRegistryAnswersAllThatWaitAndThenTellsOnce) {
  int refused = 0, unavailable = 0, downs_at_last_answer = -1;
  loop_.on_loop([&] {
    for (std::uint32_t key = 0; key < 100; ++key) {
      link_->set_route(key, NodeId{1},
                       [&](std::optional<bool> applied) { refused += applied ? 0 : 1; });
      link_->get_routes({key}, [&](const MaybeRoutes& found) {
        unavailable += found ? 0 : 1;
        downs_at_last_answer = downs_;
      });
    }
    server_->kill();  // what was asked goes out at the end of this turn: to nobody
  });

  EXPECT_TRUE(loop_.eventually([&] { return downs_ == 1; }));
  EXPECT_EQ(refused, 100);
  EXPECT_EQ(unavailable, 100);
  EXPECT_EQ(downs_at_last_answer, 0);
}

TEST_P(RegistryContract, WithoutAConnectionNothingIsAvailableUntilItComesBackEmpty) {
  ASSERT_TRUE(set(7, NodeId{3}));
  server_->kill();
  ASSERT_TRUE(loop_.eventually([&] { return downs_ == 1; }));

  EXPECT_EQ(get({7}), std::nullopt);
  EXPECT_EQ(get({}), routes({}));
  EXPECT_FALSE(set(7, NodeId{3}));
  EXPECT_FALSE(remove(7));
  loop_.on_loop([this] { link_->open(); });
  ASSERT_TRUE(loop_.eventually([&] { return downs_ == 2; }));
  ASSERT_EQ(server_->restart(), "");
  ASSERT_TRUE(open());
  EXPECT_EQ(get({7}), routes({kNoNode}));
}

TEST_P(RegistryContract, AClosedLinkCallsNobody) {
  int called = 0;
  loop_.on_loop([&] {
    link_->get_routes({1}, [&](const MaybeRoutes&) { ++called; });
    link_->close();
  });

  ASSERT_TRUE(open());
  ASSERT_TRUE(set(1, NodeId{1}));
  EXPECT_EQ(called, 0);
  EXPECT_EQ(downs_, 0);
}

TEST_P(RegistryContract, TrafficIsCounted) {
  const live::Traffic before = loop_.on_loop([this] { return link_->traffic(); });
  ASSERT_TRUE(set(1, NodeId{1}));

  const live::Traffic after = loop_.on_loop([this] { return link_->traffic(); });

  EXPECT_GT(before.received, 5);  // to SET and MGET, before it is called a registry
  EXPECT_GT(after.sent - before.sent, 40);
  EXPECT_EQ(after.received - before.received, 5);  // +OK and the end of the line
}

// The modes of pub/sub make no difference here.
INSTANTIATE_TEST_SUITE_P(Resp, RegistryContract,
                         ::testing::Values(resp_brokers()[0], resp_brokers()[3]), row_name);

}  // namespace
}  // namespace squall::testing
