// The contract of broker links, and that the embedded broker and Redis, in all modes, keep it; and
// what a link counts as its traffic is what Redis counts.
//
// What brokers may differ in is in BrokerTraits and in the link's own row (survives_outage), and is
// tested both ways.
#include "tests/contract/broker_contract.hpp"

#include <charconv>

#include "tests/support/resp_asker.hpp"

namespace squall::testing {
namespace {

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
  EXPECT_EQ(from.downs, 0) << from.why;
  EXPECT_EQ(healthy.downs, 0) << healthy.why;
}

TEST_P(BrokerContract, TrafficIsMoreThanThePayloadAndStaysAfterTheEnd) {
  HeardLink& from = open_link();
  HeardLink& to = open_link();
  const std::string payload(1000, 'p');

  ASSERT_NO_FATAL_FAILURE(both_hear(from, to, 100, payload));
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

INSTANTIATE_TEST_SUITE_P(Resp, BrokerContract, ::testing::ValuesIn(resp_brokers()), row_name);

std::int64_t number_behind(const std::string& text, std::string_view name) {
  const std::size_t at = text.find(std::string(name) + ":");
  SQUALL_CHECK(at != text.npos);
  std::int64_t value = 0;
  std::from_chars(text.data() + at + name.size() + 1, text.data() + text.size(), value);
  return value;
}

class RespTraffic : public BrokerContract {};

TEST_P(RespTraffic, IsWhatTheServerCountsWithinTwoPercent) {
  RespAsker asker(loop_, broker_->address().host, broker_->address().port);
  HeardLink& from = open_link();
  HeardLink& to = open_link();
  const std::string payload(500, 'p');
  ASSERT_NO_FATAL_FAILURE(both_hear(from, to, 400, payload));

  const std::string info = asker.ask({"INFO", "stats"});

  live::Traffic sum;
  for (HeardLink* link : {&from, &to}) {
    const live::Traffic traffic = loop_.on_loop([&] { return link->link->traffic(); });
    sum.sent += traffic.sent;
    sum.received += traffic.received;
  }
  const auto input = static_cast<double>(number_behind(info, "total_net_input_bytes"));
  const auto output = static_cast<double>(number_behind(info, "total_net_output_bytes"));
  EXPECT_NEAR(static_cast<double>(sum.sent), input, input * 0.02);
  EXPECT_NEAR(static_cast<double>(sum.received), output, output * 0.02);
}

INSTANTIATE_TEST_SUITE_P(Resp, RespTraffic, ::testing::ValuesIn(resp_brokers()), row_name);

}  // namespace
}  // namespace squall::testing
