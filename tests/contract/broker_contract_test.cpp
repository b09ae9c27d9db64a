// The embedded broker and Redis, in all modes, keep the contract of broker links; and what a link
// counts as its traffic is what Redis counts.
#include "tests/contract/broker_contract.hpp"

#include <charconv>

#include "tests/support/resp_asker.hpp"

namespace squall::testing {
namespace {

std::string row_name(const ::testing::TestParamInfo<BrokerRow>& info) {
  return std::string(info.param.name);
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
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(publish(from, payload));
  ASSERT_TRUE(hears(from, 400));
  ASSERT_TRUE(hears(to, 400));

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
