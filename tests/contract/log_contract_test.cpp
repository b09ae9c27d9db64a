// What a broker link with a log promises: what is kept is heard with its place before it, and can
// be asked for; what has been let go of is not hidden; a broker that has lost its log says so.
//
// Of the embedded broker and of a real Redis, by the same scripts.
#include <algorithm>
#include <iterator>
#include <vector>

#include "sim/live/links/broker_log_script.hpp"
#include "tests/contract/broker_contract.hpp"

namespace squall::testing {
namespace {

using live::kPlaceBytes;

class LogContract : public BrokerContract {
 protected:
  void SetUp() override {
    BrokerContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_TRUE(row_->logs);
  }

  HeardLink& open_with_log(const live::LogLimits& limits) {
    HeardLink& link = loop_.on_loop([&]() -> std::reference_wrapper<HeardLink> {
      const std::string name = "node" + std::to_string(links_.size());
      links_.push_back(std::make_unique<HeardLink>(loop_.loop(), broker_->address(), name, topic_,
                                                   true, limits));
      return *links_.back();
    });
    EXPECT_TRUE(open(link)) << link.why;
    return link;
  }

  void subscribe(HeardLink& link, const std::string& topic) {
    loop_.on_loop([&] { link.link->subscribe(topic); });
    ASSERT_TRUE(loop_.eventually([&] { return !link.answers.empty(); }));
  }
  bool keep(HeardLink& link, const std::string& topic, std::string_view text) {
    return loop_.on_loop([&] { return link.link->publish_kept(topic, live::bytes_of(text)); });
  }
  HeardLink::Answer fetch(HeardLink& link, const std::string& topic,
                          std::optional<LogPlace> after) {
    const std::uint32_t request = ++asked_;
    EXPECT_TRUE(loop_.on_loop([&] { return link.link->fetch(topic, after, request); }));
    const auto answered = [&] {
      return !link.fetched.empty() && link.fetched.back().request == request;
    };
    EXPECT_TRUE(loop_.eventually(answered));
    return loop_.on_loop([&] { return link.fetched.back(); });
  }

  const std::string one_ = topic_ + ":room:1", two_ = topic_ + ":room:2";
  std::uint32_t asked_ = 0;
};

std::vector<std::string> texts(const std::vector<std::string>& messages) {
  std::vector<std::string> without_place;
  for (const std::string& message : messages) without_place.push_back(message.substr(kPlaceBytes));
  return without_place;
}
LogPlace place_of(const std::string& message) {
  return *live::unpack_place(live::bytes_of(message));
}

constexpr live::LogLimits kRoomy{100, std::chrono::minutes{1}};

TEST_P(LogContract, WhatIsKeptIsHeardWithItsPlaceAndCanBeAskedForFromThereOn) {
  HeardLink& link = open_with_log(kRoomy);
  subscribe(link, one_);

  for (const char* text : {"a", "b", "c"}) ASSERT_TRUE(keep(link, one_, text));
  ASSERT_TRUE(keep(link, two_, "of another room"));
  ASSERT_TRUE(hears(link, 3));

  const std::vector<std::string> all = heard(link);
  EXPECT_EQ(texts(all), (std::vector<std::string>{"a", "b", "c"}));
  const HeardLink::Answer after_a = fetch(link, one_, place_of(all[0]));
  EXPECT_TRUE(after_a.reached);
  EXPECT_EQ(after_a.messages, (std::vector<std::string>{all[1], all[2]}));
  const HeardLink::Answer of_two = fetch(link, two_, place_of(all[0]));
  EXPECT_EQ(texts(of_two.messages), (std::vector<std::string>{"of another room"}));
  EXPECT_EQ(of_two.newest, place_of(of_two.messages.at(0)));  // offsets count over all topics
  EXPECT_GT(of_two.newest, place_of(all[2]));
}

TEST_P(LogContract, WhoHasNoPlaceIsToldWhereTheLogIsBeforeAnythingWasKeptAsWell) {
  HeardLink& link = open_with_log(kRoomy);

  const HeardLink::Answer empty = fetch(link, one_, std::nullopt);
  ASSERT_TRUE(keep(link, one_, "first"));
  const HeardLink::Answer first = fetch(link, one_, empty.newest);

  EXPECT_GT(empty.newest.epoch, 0U);
  EXPECT_TRUE(empty.messages.empty());
  EXPECT_TRUE(first.reached);
  EXPECT_EQ(texts(first.messages), (std::vector<std::string>{"first"}));
}

TEST_P(LogContract, WhatWasLetGoForItsNumberIsNotHidden) {
  HeardLink& link = open_with_log({2, std::chrono::minutes{1}});
  const LogPlace start = fetch(link, one_, std::nullopt).newest;

  for (const char* text : {"a", "b", "c", "d"}) ASSERT_TRUE(keep(link, one_, text));

  const HeardLink::Answer all = fetch(link, one_, start);
  EXPECT_FALSE(all.reached);
  EXPECT_EQ(texts(all.messages), (std::vector<std::string>{"c", "d"}));
  const LogPlace c = place_of(all.messages.at(0));
  const HeardLink::Answer after_b = fetch(link, one_, LogPlace{c.epoch, c.offset - 1});
  EXPECT_TRUE(after_b.reached);
  EXPECT_EQ(after_b.messages, all.messages);
}

TEST_P(LogContract, WhatWasLetGoForItsAgeIsNotHidden) {
  HeardLink& link = open_with_log({100, std::chrono::milliseconds{1}});
  const LogPlace start = fetch(link, one_, std::nullopt).newest;
  ASSERT_TRUE(keep(link, one_, "old"));

  HeardLink::Answer answer = fetch(link, one_, start);
  while (answer.reached) answer = fetch(link, one_, start);  // a round trip at a time, it ages

  EXPECT_TRUE(answer.messages.empty());
}

TEST_P(LogContract, ABrokerThatHasLostItsLogIsInAnotherEpoch) {
  HeardLink& link = open_with_log(kRoomy);
  ASSERT_TRUE(keep(link, one_, "lost"));
  const LogPlace before = fetch(link, one_, std::nullopt).newest;

  const HeardLink::Answer answer =
      fetch(link, one_, LogPlace{static_cast<std::uint16_t>(before.epoch ^ 1U), 0});

  EXPECT_FALSE(answer.reached);
  EXPECT_EQ(texts(answer.messages), (std::vector<std::string>{"lost"}));
}

std::vector<BrokerRow> with_logs() {
  std::vector<BrokerRow> rows;
  std::ranges::copy_if(resp_brokers(), std::back_inserter(rows), [](const BrokerRow& row) {
    return !row.name.ends_with("streams") && !row.name.ends_with("sharded");
  });
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Resp, LogContract, ::testing::ValuesIn(with_logs()), row_name);

}  // namespace
}  // namespace squall::testing
