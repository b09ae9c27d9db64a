// A server that is none, or that does not let us in: every kind of link says so, with its address.
//
// The servers here answer whatever they are told with the same bytes. A run ends before it begins;
// nothing is ever read from an answer that is not of the kind that was asked for.
#include <gtest/gtest.h>

#include "sim/live/links/registry_link.hpp"
#include "sim/live/net/background.hpp"
#include "sim/live/net/upgrade.hpp"
#include "sim/live/resp/embedded_broker.hpp"
#include "sim/live/run/engine.hpp"
#include "tests/support/heard_link.hpp"
#include "tests/support/live_loop.hpp"
#include "tests/support/play.hpp"
#include "tests/support/raw_socket.hpp"

namespace squall::testing {
namespace {

struct Parrot {
  std::string name, words;
};
std::ostream& operator<<(std::ostream& out, const Parrot& parrot) { return out << parrot.name; }

const Parrot kParrots[] = {
    {"http", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"},
    {"garbage", std::string("\x00\xff\x80\x01garbage\x00\r\n\r\n", 15)},
    {"number", ":1\r\n"},
    {"ok", "+OK\r\n"},
    {"nil", "$-1\r\n"},
    {"empty_array", "*0\r\n"},
    {"nested", "*1\r\n*1\r\n:5\r\n"},
    {"password", "-NOAUTH Authentication required.\r\n"},
    {"no_such_command", "-ERR unknown command\r\n"},
};

// Says its words whenever it hears something, and once more: two questions may come in one piece.
class ParrotServer {
 public:
  ParrotServer(LiveLoop& loop, std::string words) : loop_(loop), words_(std::move(words)) {
    loop_.on_loop([this] {
      std::string error;
      acceptor_ = live::listen_on(
          loop_.loop(), 0,
          [this](int descriptor) {
            lines_.push_back(std::make_unique<Line>(loop_.loop(), descriptor, words_));
          },
          error);
      port_ = acceptor_->port();
    });
  }
  ~ParrotServer() {
    loop_.on_loop([this] { lines_.clear(), acceptor_ = nullptr; });
  }
  std::uint16_t port() const { return port_; }

 private:
  struct Line final : live::Channel::Owner {
    Line(live::Loop& loop, int descriptor, const std::string& the_words)
        : words(the_words), channel(loop, descriptor, *this) {}
    std::size_t on_bytes(std::span<const std::byte> bytes) override {
      channel.send(live::make_frame(words + words));
      return bytes.size();
    }
    void on_end(live::Channel::End) override {}
    const std::string& words;
    live::Channel channel;
  };

  LiveLoop& loop_;
  const std::string words_;
  std::unique_ptr<live::Acceptor> acceptor_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::uint16_t port_ = 0;
};

class WrongServer : public ::testing::TestWithParam<Parrot> {
 protected:
  LiveLoop loop_;
  ParrotServer server_{loop_, GetParam().words};
  const std::string address_ = "127.0.0.1:" + std::to_string(server_.port());
};

TEST_P(WrongServer, IsNoBrokerForAnyLink) {
  for (const live::BrokerLinkRow& row : live::broker_links()) {
    SCOPED_TRACE(std::string(row.scheme) + " " + std::string(row.mode));
    // Libraries wait for a greeting, or for as many bytes as a wild length says, with a patience of
    // five seconds of their own: one parrot is enough for them.
    if (row.scheme != "redis" && GetParam().name != "http") continue;
    if (row.meaning.find("built without") != row.meaning.npos) continue;
    live::BrokerAddress address;
    address.scheme = row.scheme, address.mode = row.mode, address.port = server_.port();
    auto link =
        loop_.on_loop([&] { return std::make_unique<HeardLink>(loop_.loop(), address, "node"); });

    loop_.on_loop([&] { link->link->open(); });

    EXPECT_TRUE(loop_.eventually([&] { return link->downs > 0; }));
    EXPECT_EQ(link->ups, 0);
    EXPECT_NE(link->why.find(address_), std::string::npos) << link->why;
    loop_.on_loop([&] { link.reset(); });
  }
  live::wait_for_background();
}

struct HeardRegistry final : live::RegistryLink::Listener {
  void registry_up() override { ++ups; }
  void registry_down(const std::string& why) override { ++downs, last = why; }
  void registry_refused(const std::string&) override { ++refusals; }
  int ups = 0, downs = 0, refusals = 0;
  std::string last;
};

TEST_P(WrongServer, IsNoRegistry) {
  HeardRegistry heard;
  live::RegistryLink::Options options;
  options.port = server_.port();
  auto link = loop_.on_loop([&] { return live::RegistryLink::make(loop_.loop(), options, heard); });

  loop_.on_loop([&] { link->open(); });

  EXPECT_TRUE(loop_.eventually([&] { return heard.downs > 0; }));
  EXPECT_EQ(heard.ups, 0);
  EXPECT_EQ(heard.downs, 1);
  EXPECT_EQ(heard.refusals, 1);
  EXPECT_NE(heard.last.find(address_), std::string::npos) << heard.last;
  loop_.on_loop([&] { link.reset(); });
}

INSTANTIATE_TEST_SUITE_P(Parrots, WrongServer, ::testing::ValuesIn(kParrots),
                         [](const auto& row) { return row.param.name; });

// ---- a whole run -------------------------------------------------------------------------------

std::string why_it_cannot_run(const std::string& name, const std::string& broker) {
  const Scenario scenario = built_in("two-node-hello", {{"/time/warmup", "500ms"}});
  live::LiveOptions options;
  options.broker = broker;
  try {
    live::play(scenario, strategy(name), 1, options);
  } catch (const live::CannotRun& error) {
    return error.what();
  }
  return "it did run";
}

TEST(WrongServers, APasswordThatIsMissingOrWrongEndsTheRunBeforeItBegins) {
  live::EmbeddedBrokerOptions closed;
  closed.password = "secret";
  live::EmbeddedBroker server(closed);
  std::string error;
  ASSERT_TRUE(server.start(error)) << error;
  const std::string place = "127.0.0.1:" + std::to_string(server.port());

  for (const char* const name : {"broadcast", "routed"}) {
    for (const char* const who : {"redis://", "redis://:wrong@", "redis://me:wrong@"}) {
      SCOPED_TRACE(name + std::string(" ") + who);
      const std::string why = why_it_cannot_run(name, who + place);
      EXPECT_NE(why.find(place), std::string::npos) << why;
      EXPECT_NE(why.find(std::string_view(who) == "redis://" ? "NOAUTH" : "WRONGPASS"),
                std::string::npos)
          << why;
    }
  }
}

TEST(WrongServers, AServerWithAPasswordServesWhoKnowsIt) {
  live::EmbeddedBrokerOptions closed;
  closed.password = "secret";
  live::EmbeddedBroker server(closed);
  std::string error;
  ASSERT_TRUE(server.start(error)) << error;
  live::LiveOptions options;
  options.broker = "redis://:secret@127.0.0.1:" + std::to_string(server.port());

  for (const char* const name : {"broadcast", "routed"}) {
    const RunRecord run = live::play(built_in("two-node-hello", {{"/params/messages", "20"},
                                                                 {"/params/gap", "20ms"},
                                                                 {"/time/warmup", "500ms"},
                                                                 {"/time/measure", "2s"},
                                                                 {"/time/drain", "500ms"}}),
                                     strategy(name), 1, options);
    EXPECT_EQ(totals(run).owed, 20U);
    EXPECT_EQ(totals(run).lost, 0U);
  }
}

// ---- ports -------------------------------------------------------------------------------------

// What every server sets, and what would let it take a port that is only bound.
bool can_take(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool taken =
      ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(descriptor, 1) == 0;
  ::close(descriptor);
  return taken;
}

TEST(Ports, OfAProcessThatIsGoneStayOursUntilItIsBack) {
  LiveLoop loop;
  std::vector<int> accepted;
  std::string error;
  auto acceptor = loop.on_loop([&] {
    return live::listen_on(
        loop.loop(), 0, [&](int descriptor) { accepted.push_back(descriptor); }, error);
  });
  ASSERT_NE(acceptor, nullptr) << error;
  std::size_t crashes = 0;
  const RawSocket before(acceptor->port());
  EXPECT_TRUE(before.connected());
  EXPECT_TRUE(loop.eventually([&] { return accepted.size() == 1; }));

  for (; crashes < 2; ++crashes) {
    loop.on_loop([&] { acceptor->refuse(); });

    EXPECT_FALSE(RawSocket(acceptor->port()).connected());
    EXPECT_FALSE(can_take(acceptor->port()));
    EXPECT_EQ(loop.on_loop([&] { return acceptor->listen_again(); }), "");
    EXPECT_TRUE(RawSocket(acceptor->port()).connected());
    EXPECT_TRUE(loop.eventually([&] { return accepted.size() == 2 + crashes; }));
  }
  loop.on_loop([&] {
    for (const int descriptor : accepted) ::close(descriptor);
    acceptor = nullptr;
  });
}

}  // namespace
}  // namespace squall::testing
