// Addresses of brokers as people write them: what is understood, and what is said about the rest.
// What is behind an address is tested in tests/contract.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/live/links/broker_link.hpp"

namespace squall::live {
namespace {

struct Good {
  std::string_view text;
  std::string_view host;
  std::uint16_t port;
  std::string_view mode;
  std::string_view written;  // by text()
};
class GoodAddress : public ::testing::TestWithParam<Good> {};

TEST_P(GoodAddress, IsUnderstoodAndLeadsToARow) {
  const Good& expected = GetParam();
  std::string error = "not touched";

  const BrokerAddress address = parse_broker_address(expected.text, error);

  EXPECT_EQ(error, "");
  EXPECT_EQ(address.host, expected.host);
  EXPECT_EQ(address.port, expected.port);
  EXPECT_EQ(address.mode, expected.mode);
  EXPECT_EQ(address.text(), expected.written);
  const BrokerLinkRow* row = broker_link_for(address);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->scheme, address.scheme);
  EXPECT_EQ(row->mode, address.mode);
}

INSTANTIATE_TEST_SUITE_P(
    Broker, GoodAddress,
    ::testing::Values(
        Good{"redis://127.0.0.1", "127.0.0.1", 6379, "pubsub", "redis://127.0.0.1:6379"},
        Good{"redis://localhost:7000/", "localhost", 7000, "pubsub", "redis://localhost:7000"},
        Good{"redis://h:1?mode=pubsub", "h", 1, "pubsub", "redis://h:1"},
        Good{"redis://h?mode=sharded", "h", 6379, "sharded", "redis://h:6379?mode=sharded"},
        Good{"redis://h:65535?mode=streams", "h", 65535, "streams",
             "redis://h:65535?mode=streams"}));

struct Bad {
  std::string_view text;
  std::string_view says;  // part of the error
};
class BadAddress : public ::testing::TestWithParam<Bad> {};

TEST_P(BadAddress, IsAnsweredWithWhatIsPossible) {
  std::string error;

  parse_broker_address(GetParam().text, error);

  EXPECT_NE(error.find(GetParam().says), std::string::npos) << error;
  EXPECT_TRUE(error.starts_with("'" + std::string(GetParam().text) + "': ")) << error;
}

INSTANTIATE_TEST_SUITE_P(
    Broker, BadAddress,
    ::testing::Values(Bad{"", "begins with one of redis://"},
                      Bad{"127.0.0.1:6379", "begins with one of redis://"},
                      Bad{"embedded://x", "no broker is called 'embedded'; possible are redis://"},
                      Bad{"redis://", "the host is missing, as in redis://127.0.0.1"},
                      Bad{"redis://:6379", "the host is missing"},
                      Bad{"redis://h:", "the port '' is no number from 1 to 65535"},
                      Bad{"redis://h:0", "the port '0' is no number"},
                      Bad{"redis://h:65536", "the port '65536' is no number"},
                      Bad{"redis://h:80x", "the port '80x' is no number"},
                      Bad{"nats://me:secret@h", "take a user and a password"},
                      Bad{"redis://h/0", "has no path"},
                      Bad{"redis://h?mode=", "it has pubsub, sharded, streams"},
                      Bad{"redis://h?mode=queue", "redis has no mode 'queue'; it has pubsub"},
                      Bad{"redis://h?db=1", "MODE one of pubsub, sharded, streams"}));

TEST(BrokerLinks, EveryRowIsFoundByItsSchemeAndMode) {
  for (const BrokerLinkRow& row : broker_links()) {
    const BrokerLinkRow* found =
        broker_link_for({.scheme = std::string(row.scheme), .mode = std::string(row.mode)});

    EXPECT_EQ(found, &row) << row.scheme << " " << row.mode;
    EXPECT_GT(row.port, 0);
    EXPECT_FALSE(row.meaning.empty());
  }
}

}  // namespace
}  // namespace squall::live
