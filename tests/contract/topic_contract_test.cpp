// What a broker link that knows topics promises beside the contract of all links: it hears what it
// asked for, from the broker's answer on and until the answer to its end, and remembers it.
//
// Links of one topic are not in here: they refuse a preset that needs more.
#include <algorithm>
#include <iterator>
#include <vector>

#include "tests/contract/broker_contract.hpp"

namespace squall::testing {
namespace {

constexpr const char* kOne = "squall:global:room:1";
constexpr const char* kTwo = "squall:global:room:2";

class TopicContract : public BrokerContract {
 protected:
  void SetUp() override {
    BrokerContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_TRUE(row_->topics);
  }

  HeardLink& link_by_topic() {
    HeardLink& link = loop_.on_loop([this]() -> std::reference_wrapper<HeardLink> {
      const std::string name = "node" + std::to_string(links_.size());
      links_.push_back(std::make_unique<HeardLink>(loop_.loop(), broker_->address(), name,
                                                   "squall:global", true));
      return *links_.back();
    });
    return link;
  }
  HeardLink& open_by_topic() {
    HeardLink& link = link_by_topic();
    EXPECT_TRUE(open(link)) << link.why;
    return link;
  }

  void ask(HeardLink& link, const std::string& topic, bool yes) {
    const std::size_t before = loop_.on_loop([&] {
      yes ? link.link->subscribe(topic) : link.link->unsubscribe(topic);
      return link.answers.size();
    });
    ASSERT_TRUE(loop_.eventually([&] { return link.answers.size() > before; }));
  }
  bool publish_on(HeardLink& link, const std::string& topic, std::string_view text) {
    return loop_.on_loop([&] { return link.link->publish_on(topic, live::bytes_of(text)); });
  }
  std::vector<std::string> answers(HeardLink& link) {
    return loop_.on_loop([&link] { return link.answers; });
  }
};

TEST_P(TopicContract, ALinkHearsWhatItAskedForUntilTheAnswerToItsEnd) {
  HeardLink& from = open_by_topic();
  HeardLink& to = open_by_topic();

  ask(to, kOne, true);
  ASSERT_TRUE(publish_on(from, kOne, "heard"));
  ASSERT_TRUE(publish_on(from, kTwo, "of another room"));
  ASSERT_TRUE(hears(to, 1));
  ask(to, kOne, false);
  ask(to, kTwo, true);
  ASSERT_TRUE(publish_on(from, kOne, "let go"));
  ASSERT_TRUE(publish_on(from, kTwo, "heard as well"));

  const std::vector<std::string> told{std::string("+") + kOne, std::string("-") + kOne,
                                      std::string("+") + kTwo};
  const std::vector<std::string> expected{"heard", "heard as well"};
  ASSERT_TRUE(hears(to, 2));
  EXPECT_EQ(heard(to), expected);
  EXPECT_EQ(answers(to), told);
  EXPECT_TRUE(heard(from).empty());
}

TEST_P(TopicContract, ALinkRemembersItsTopicsAndThoseThatItAskedForWhileItWasClosed) {
  HeardLink& from = open_by_topic();
  HeardLink& to = open_by_topic();
  ask(to, kOne, true);

  loop_.on_loop([&] {
    to.link->close();
    to.link->subscribe(kTwo);
    to.answers.clear();
  });
  ASSERT_TRUE(open(to)) << to.why;

  const std::vector<std::string> told{std::string("+") + kOne, std::string("+") + kTwo};
  ASSERT_TRUE(loop_.eventually([&] { return to.answers.size() == 2; }));
  EXPECT_EQ(answers(to), told);
  ASSERT_TRUE(publish_on(from, kOne, "one"));
  ASSERT_TRUE(publish_on(from, kTwo, "two"));
  EXPECT_TRUE(hears(to, 2));
}

TEST_P(TopicContract, ALinkThatAskedForNothingComesUpAndHearsNothing) {
  HeardLink& from = open_by_topic();
  HeardLink& silent = open_by_topic();
  ask(from, kOne, true);

  ASSERT_TRUE(publish_on(from, kOne, "to myself"));

  ASSERT_TRUE(hears(from, 1));
  EXPECT_TRUE(heard(silent).empty());
}

// A stream is one topic: that such a link refuses is services.cpp's.
std::vector<BrokerRow> with_topics() {
  std::vector<BrokerRow> rows;
  std::ranges::copy_if(resp_brokers(), std::back_inserter(rows),
                       [](const BrokerRow& row) { return !row.name.ends_with("streams"); });
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Resp, TopicContract, ::testing::ValuesIn(with_topics()), row_name);

}  // namespace
}  // namespace squall::testing
