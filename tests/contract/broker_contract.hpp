// What every broker link promises, as one suite with a broker as its parameter.
//
// The promises are in broker_contract_test.cpp; a file for each broker says with which row they are
// instantiated. A broker that is not installed is skipped aloud.
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
  // stand still for as long: whoever wants it opens it again, as nodes do, and no link has ended.
  bool open(HeardLink& link) {
    const auto [ups, downs] = loop_.on_loop([&] {
      link.link->open();
      return std::pair(link.ups, link.downs);
    });
    return loop_.eventually([&link, ups = ups, downs = downs] {
      if (std::exchange(link.downs, downs) != downs) link.link->open();
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

  // One of them says it so many times.
  void both_hear(HeardLink& from, HeardLink& to, std::size_t times, std::string_view text) {
    for (std::size_t i = 0; i < times; ++i) ASSERT_TRUE(publish(from, text));
    for (HeardLink* link : {&from, &to}) ASSERT_TRUE(hears(*link, times));
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

}  // namespace squall::testing
