// What the links through libraries promise beside the contract of all links: an attempt that hangs
// can be left at once, descriptors belong to the loop's own table, and a link without its library
// says which package it wants.
#include "sim/live/links/broker_link_libraries.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "sim/live/links/missing_link.hpp"
#include "sim/live/net/background.hpp"
#include "sim/live/servers/kafka_mock.hpp"
#include "tests/support/heard_link.hpp"
#include "tests/support/live_loop.hpp"

namespace squall::testing {
namespace {

using boost::asio::ip::tcp;

// Accepts connections, as far as the kernel does that, and never says a word.
class SilentServer {
 public:
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Waits for the next client.
  tcp::socket accept() { return acceptor_.accept(); }

 private:
  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
};

class LibraryLink : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    live::BrokerAddress address;
    address.scheme = GetParam();
    const std::string_view meaning = live::broker_link_for(address)->meaning;
    if (meaning.find("built without") != meaning.npos) GTEST_SKIP() << meaning;
  }
  void TearDown() override {
    loop_.on_loop([this] { link_.reset(); });
  }

  void make_link(std::uint16_t port) {
    loop_.on_loop([this, port] {
      live::BrokerAddress address;
      address.scheme = GetParam();
      address.port = port;
      link_ = std::make_unique<HeardLink>(loop_.loop(), address, "node");
    });
  }

  LiveLoop loop_;
  std::unique_ptr<HeardLink> link_;
};

TEST_P(LibraryLink, AnAttemptThatHangsIsLeftAndNeverHeardOfAgain) {
  SilentServer server;
  make_link(server.port());

  loop_.on_loop([this] { link_->link->open(); });
  tcp::socket client = server.accept();
  loop_.on_loop([this] { link_->link->close(); });
  client.close();
  live::wait_for_background();
  loop_.on_loop([] {});

  EXPECT_EQ(link_->ups, 0);
  EXPECT_EQ(link_->downs, 0);
}

TEST_P(LibraryLink, AServerThatHangsUpIsToldWithItsAddress) {
  auto server = std::make_unique<SilentServer>();
  make_link(server->port());

  loop_.on_loop([this] { link_->link->open(); });
  server->accept().close();
  server.reset();

  ASSERT_TRUE(loop_.eventually([this] { return link_->downs == 1; }));
  EXPECT_TRUE(link_->why.starts_with(GetParam() + "://127.0.0.1:")) << link_->why;
  EXPECT_FALSE(link_->slow);
}

std::string scheme(const ::testing::TestParamInfo<std::string>& row) { return row.param; }

INSTANTIATE_TEST_SUITE_P(Library, LibraryLink, ::testing::Values("nats", "amqp", "kafka"), scheme);

// A process holds more sockets than one table allows when every loop has a table of its own; a
// library's threads must then use that one.
TEST(KafkaLink, WorksOnALoopWithItsOwnDescriptors) {
  live::KafkaMock broker;
  std::string error;
  if (!broker.start(error)) GTEST_SKIP() << error;
  const live::BrokerAddress address = live::parse_broker_address(broker.address(), error);
  LiveLoop loop(true);
  auto link = loop.on_loop([&] {
    auto made = std::make_unique<HeardLink>(loop.loop(), address, "node");
    made->link->open();
    return made;
  });

  ASSERT_TRUE(loop.eventually([&] { return link->ups == 1; }));
  loop.on_loop([&] { link->publish("hello"); });

  EXPECT_TRUE(loop.eventually([&] { return link->heard == std::vector<std::string>{"hello"}; }));
  const live::Traffic traffic = loop.on_loop([&] { return link->link->traffic(); });
  EXPECT_GT(traffic.sent, 100);
  EXPECT_GT(traffic.segments_received, 3);
  loop.on_loop([&] { link.reset(); });
}

TEST(MissingLink, EveryAttemptFailsWithTheReasonUnlessItWasClosed) {
  struct Listener final : live::BrokerLink::Listener {
    std::vector<std::string> downs;
    void link_up() override {}
    void link_down(const std::string& why, bool) override { downs.push_back(why); }
    void link_message(std::span<const std::byte>) override {}
  } listener;
  LiveLoop loop;
  const auto link = live::make_missing_link(loop.loop(), listener, "no library");

  loop.on_loop([&] {
    link->open();
    link->close();
    link->open();
  });

  EXPECT_TRUE(loop.eventually([&] { return !listener.downs.empty(); }));
  EXPECT_EQ(listener.downs, std::vector<std::string>{"no library"});
}

}  // namespace
}  // namespace squall::testing
