// What every broker link promises, as one suite with a broker as its parameter.
//
// Included by one test file per program: it says with which rows to instantiate BrokerContract.
// A broker that is not installed is skipped aloud. What brokers may differ in is in BrokerTraits
// and in the link's own row (survives_outage), and is tested both ways.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/broker_fixture.hpp"
#include "tests/support/heard_link.hpp"
#include "tests/support/live_loop.hpp"

namespace squall::testing {

class BrokerContract : public ::testing::TestWithParam<BrokerRow> {
 protected:
  void SetUp() override {
    broker_ = GetParam().make();
    const std::string problem = broker_->start();
    if (!problem.empty()) GTEST_SKIP() << GetParam().name << " cannot run here: " << problem;
    row_ = live::broker_link_for(broker_->address());
    ASSERT_NE(row_, nullptr);
    if (row_->meaning.find("built without") != row_->meaning.npos) GTEST_SKIP() << row_->meaning;
  }

  void TearDown() override {
    loop_.on_loop([this] { links_.clear(); });
  }

  // A link that is not open yet.
  HeardLink& make_link() {
    return loop_.on_loop([this]() -> std::reference_wrapper<HeardLink> {
      const std::string name = "node" + std::to_string(links_.size());
      links_.push_back(std::make_unique<HeardLink>(loop_.loop(), broker_->address(), name, topic_));
      return *links_.back();
    });
  }

  // True when it is up once more. A link gives up by itself after some seconds, and a machine may
  // stand still for as long: whoever wants it opens it again, as nodes do.
  bool open(HeardLink& link) {
    const auto [ups, downs] = loop_.on_loop([&] {
      link.link->open();
      return std::pair(link.ups, link.downs);
    });
    return loop_.eventually([&link, ups = ups, downs = downs]() mutable {
      if (std::exchange(downs, link.downs) != link.downs) link.link->open();
      return link.ups > ups;
    });
  }

  HeardLink& open_link() {
    HeardLink& link = make_link();
    EXPECT_TRUE(open(link)) << link.why;
    return link;
  }

  bool publish(HeardLink& link, std::string_view text) {
    return loop_.on_loop([&] { return link.publish(text); });
  }

  bool hears(HeardLink& link, std::size_t count) {
    return loop_.eventually([&link, count] { return link.heard.size() >= count; });
  }

  std::vector<std::string> heard(HeardLink& link) {
    return loop_.on_loop([&link] { return link.heard; });
  }

  std::size_t count_heard(HeardLink& link) {
    return loop_.on_loop([&link] { return link.heard.size(); });
  }

  std::size_t count(HeardLink& link) {
    return loop_.on_loop([&link] { return link.heard.size(); });
  }

  // Publishes little by little, so that nobody but a paused reader is behind.
  void flood(HeardLink& from, const std::vector<HeardLink*>& healthy, Bytes bytes) {
    const std::string block(64 * 1024, 'x');
    for (Bytes sent = 0; sent < bytes; sent += static_cast<Bytes>(block.size())) {
      const std::size_t expected = count_heard(from) + 1;
      ASSERT_TRUE(publish(from, block));
      for (HeardLink* link : healthy) ASSERT_TRUE(hears(*link, expected));
    }
  }

  // A server may be shared by all tests of a program, and its last queue takes an exchange with it
  // when it likes: so each test has a topic of its own, as each run has.
  static std::string next_topic() {
    static int made = 0;
    return "squall:test" + std::to_string(++made);
  }

  std::unique_ptr<BrokerFixture> broker_;
  const std::string topic_ = next_topic();
  const live::BrokerLinkRow* row_ = nullptr;
  LiveLoop loop_;
  std::vector<std::unique_ptr<HeardLink>> links_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BrokerContract);

TEST_P(BrokerContract, EverySubscriberHearsWhatIsPublishedAlsoThePublisher) {
  HeardLink& first = open_link();
  HeardLink& second = open_link();
  HeardLink& third = open_link();

  ASSERT_TRUE(publish(first, "good morning"));

  const std::vector<std::string> expected{"good morning"};
  for (HeardLink* link : {&first, &second, &third}) {
    EXPECT_TRUE(hears(*link, 1));
    EXPECT_EQ(heard(*link), expected);
  }
}

TEST_P(BrokerContract, WhatOnePublisherSaysIsHeardInItsOrder) {
  constexpr int kMessages = 300;
  const std::vector<HeardLink*> links{&open_link(), &open_link(), &open_link()};

  loop_.on_loop([&] {
    for (int number = 0; number < kMessages; ++number) {
      for (std::size_t from = 0; from < links.size(); ++from) {
        ASSERT_TRUE(links[from]->publish(std::to_string(from) + ":" + std::to_string(number)));
      }
    }
  });

  for (HeardLink* link : links) {
    ASSERT_TRUE(hears(*link, kMessages * links.size()));
    std::vector<int> next(links.size(), 0);
    for (const std::string& text : heard(*link)) {
      const std::size_t from = static_cast<std::size_t>(text[0] - '0');
      ASSERT_EQ(text.substr(2), std::to_string(next[from]++)) << "of publisher " << from;
    }
    EXPECT_EQ(heard(*link).size(), kMessages * links.size());
  }
}

TEST_P(BrokerContract, APayloadIsAnyBytesFromNoneToAMegabyte) {
  HeardLink& from = open_link();
  HeardLink& to = open_link();
  std::vector<std::string> payloads;
  for (const std::size_t size : {0, 1, 2, 255, 4096, 65536, 1'000'000}) {
    std::string payload(size, '\0');
    for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(i * 7 + size);
    payloads.push_back(payload);
  }
  payloads.push_back("\r\n$5\r\n*1\r\n+OK\r\n");

  for (const std::string& payload : payloads) ASSERT_TRUE(publish(from, payload));

  ASSERT_TRUE(hears(to, payloads.size()));
  EXPECT_EQ(heard(to), payloads);
}

TEST_P(BrokerContract, ABrokerThatIsNotThereIsToldOnce) {
  HeardLink& link = make_link();
  broker_->kill();

  loop_.on_loop([&] { link.link->open(); });

  EXPECT_TRUE(loop_.eventually([&] { return link.downs == 1; }));
  EXPECT_EQ(link.ups, 0);
  EXPECT_FALSE(link.why.empty());
  EXPECT_FALSE(publish(link, "to nobody"));
}

TEST_P(BrokerContract, AClosedLinkSaysNothingAndHearsNothing) {
  HeardLink& from = open_link();
  HeardLink& closed = open_link();

  loop_.on_loop([&] { closed.link->close(); });
  ASSERT_TRUE(publish(from, "too late"));

  ASSERT_TRUE(hears(from, 1));
  EXPECT_FALSE(publish(closed, "from a closed link"));
  EXPECT_TRUE(heard(closed).empty());
  EXPECT_EQ(closed.downs, 0);
}

TEST_P(BrokerContract, AfterACutALinkHearsTheNewAndOnlyWhereItIsPromisedTheMissed) {
  HeardLink& from = open_link();
  HeardLink& cut = open_link();
  ASSERT_TRUE(publish(from, "before"));
  ASSERT_TRUE(hears(cut, 1));

  loop_.on_loop([&] { cut.link->close(); });
  ASSERT_TRUE(publish(from, "missed 1"));
  ASSERT_TRUE(publish(from, "missed 2"));
  ASSERT_TRUE(hears(from, 3));
  ASSERT_TRUE(open(cut)) << cut.why;
  ASSERT_TRUE(publish(from, "after"));

  const std::vector<std::string> all{"before", "missed 1", "missed 2", "after"};
  const std::vector<std::string> some{"before", "after"};
  const std::vector<std::string>& expected = row_->survives_outage ? all : some;
  ASSERT_TRUE(hears(cut, expected.size()));
  EXPECT_EQ(heard(cut), expected);
}

TEST_P(BrokerContract, ALinkThatComesForTheFirstTimeHearsNothingOfThePast) {
  HeardLink& from = open_link();
  ASSERT_TRUE(publish(from, "past"));
  ASSERT_TRUE(hears(from, 1));

  HeardLink& late = open_link();
  ASSERT_TRUE(publish(from, "present"));

  ASSERT_TRUE(hears(late, 1));
  EXPECT_EQ(heard(late), std::vector<std::string>{"present"});
}

TEST_P(BrokerContract, AnOutageIsToldToEveryLinkAndAllCanComeBack) {
  if (!GetParam().traits.can_restart) GTEST_SKIP() << "cannot be restarted";
  HeardLink& first = open_link();
  HeardLink& second = open_link();
  ASSERT_TRUE(publish(first, "before"));
  ASSERT_TRUE(hears(first, 1));
  ASSERT_TRUE(hears(second, 1));

  broker_->kill();
  for (HeardLink* link : {&first, &second}) {
    ASSERT_TRUE(loop_.eventually([link] { return link->downs == 1; }));
    EXPECT_FALSE(publish(*link, "into the outage"));
  }
  ASSERT_EQ(broker_->restart(), "");
  ASSERT_TRUE(open(first)) << first.why;
  ASSERT_TRUE(open(second)) << second.why;
  ASSERT_TRUE(publish(second, "after"));

  const std::vector<std::string> expected{"before", "after"};
  for (HeardLink* link : {&first, &second}) {
    EXPECT_TRUE(hears(*link, 2));
    EXPECT_EQ(heard(*link), expected);
    EXPECT_EQ(link->downs, 1);
  }
}

TEST_P(BrokerContract, APausedReaderHearsTheRestWhenItGoesOn) {
  HeardLink& from = open_link();
  HeardLink& paused = open_link();

  loop_.on_loop([&] { paused.link->pause(true); });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(publish(from, std::to_string(i)));
  ASSERT_TRUE(hears(from, 50));
  const std::size_t heard_in_pause = count(paused);
  loop_.on_loop([&] { paused.link->pause(false); });

  EXPECT_EQ(heard_in_pause, 0U);
  EXPECT_TRUE(hears(paused, 50));
  EXPECT_EQ(heard(paused), heard(from));
}

TEST_P(BrokerContract, ASlowReaderHarmsNobodyElseAndIsCutWhereBrokersCut) {
  const Bytes limit = GetParam().traits.cuts_readers_at;
  const Bytes in_kernels = 16 << 20;  // what the sockets of both sides may hold at most
  HeardLink& from = open_link();
  HeardLink& healthy = open_link();
  HeardLink& slow = open_link();

  loop_.on_loop([&] { slow.link->pause(true); });
  flood(from, {&from, &healthy}, limit > 0 ? limit + in_kernels : 4 << 20);
  loop_.on_loop([&] { slow.link->pause(false); });

  const std::size_t all = count_heard(from);
  if (limit == 0) {
    EXPECT_TRUE(hears(slow, all));
    EXPECT_EQ(slow.downs, 0);
  } else {
    EXPECT_TRUE(loop_.eventually([&] { return slow.downs == 1; }));
    EXPECT_LT(count(slow), all);
    EXPECT_EQ(slow.slow, GetParam().traits.tells_slow) << slow.why;
    ASSERT_TRUE(open(slow)) << slow.why;
  }
  ASSERT_TRUE(publish(slow, "back"));
  for (HeardLink* link : {&from, &healthy, &slow}) {
    EXPECT_TRUE(loop_.eventually([link] { return link->heard.back() == "back"; }));
  }
  EXPECT_EQ(from.downs + healthy.downs, 0);
}

TEST_P(BrokerContract, TrafficIsMoreThanThePayloadAndStaysAfterTheEnd) {
  HeardLink& from = open_link();
  HeardLink& to = open_link();
  const std::string payload(1000, 'p');

  for (int i = 0; i < 100; ++i) ASSERT_TRUE(publish(from, payload));
  ASSERT_TRUE(hears(from, 100));
  ASSERT_TRUE(hears(to, 100));
  const auto traffic = [&](HeardLink& link) {
    return loop_.on_loop([&] { return link.link->traffic(); });
  };
  const live::Traffic sent = traffic(from), received = traffic(to);
  loop_.on_loop([&] { to.link->close(); });
  const live::Traffic closed = traffic(to);

  EXPECT_GT(sent.sent, 100 * 1000);
  EXPECT_LT(sent.sent, 100 * 1500);
  EXPECT_GT(received.received, 100 * 1000);
  EXPECT_LT(received.received, 100 * 1500);
  EXPECT_GE(closed.received, received.received);
}

}  // namespace squall::testing
