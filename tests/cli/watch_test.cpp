// `--watch`: who knows the address gets the page and what changes on it, nobody else gets anything,
// and no run is another one because somebody looks on.
#include "sim/cli/watch/watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <nlohmann/json.hpp>
#include <semaphore>

#include "sim/kernel/engine.hpp"
#include "tests/support/play.hpp"
#include "tests/support/watch_address.hpp"

namespace squall::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;

class Visitor {
 public:
  explicit Visitor(std::uint16_t port) : socket_(context_) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }
  http::response<http::string_body> get(const std::string& target,
                                        http::verb method = http::verb::get) {
    http::request<http::empty_body> request{method, target, 11};
    request.set(http::field::host, "127.0.0.1");
    http::write(socket_, request);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(socket_, buffer, response);
    return response;
  }

 private:
  asio::io_context context_;
  tcp::socket socket_;
};

class Page {
 public:
  explicit Page(const WatchAddress& address) : stream_(context_) {
    beast::get_lowest_layer(stream_).connect({asio::ip::address_v4::loopback(), address.port});
    stream_.handshake("127.0.0.1", address.live());
  }
  nlohmann::json next() {
    beast::flat_buffer buffer;
    stream_.read(buffer);
    return nlohmann::json::parse(beast::buffers_to_string(buffer.data()));
  }
  void say(const std::string& word) { stream_.write(asio::buffer(word)); }

 private:
  asio::io_context context_;
  websocket::stream<tcp::socket> stream_;
};

class WatchedServer : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    server_ = WatchServer::start(
        {"<p>the page</p>", [this] { return text(); }, [this] { stops_.release(); }}, error);
    ASSERT_NE(server_, nullptr) << error;
  }
  std::string text() { return R"({"said": )" + std::to_string(++said_) + "}"; }

  std::atomic<int> said_{0};
  std::binary_semaphore stops_{0};
  std::unique_ptr<WatchServer> server_;
};

TEST_F(WatchedServer, gives_the_page_to_who_knows_the_address) {
  const WatchAddress at(server_->address());
  const auto response = Visitor(at.port).get(at.path);
  EXPECT_EQ(response.result(), http::status::ok);
  EXPECT_EQ(response.body(), "<p>the page</p>");
}

TEST_F(WatchedServer, gives_nothing_to_anybody_else) {
  const WatchAddress at(server_->address());
  EXPECT_EQ(Visitor(at.port).get("/").result(), http::status::not_found);
  EXPECT_EQ(Visitor(at.port).get("/favicon.ico").result(), http::status::not_found);
  EXPECT_EQ(Visitor(at.port).get(at.path + "x").result(), http::status::not_found);
  EXPECT_EQ(Visitor(at.port).get(at.path, http::verb::delete_).result(), http::status::not_found);
  EXPECT_THROW(Page(WatchAddress("http://127.0.0.1:" + std::to_string(at.port) + "/0/")),
               boost::system::system_error);
}

TEST_F(WatchedServer, says_again_and_again_what_there_is) {
  Page page{WatchAddress(server_->address())};
  const int first = page.next()["said"];
  EXPECT_GT(page.next()["said"], first);
}

TEST_F(WatchedServer, is_told_to_stop_by_a_page) {
  Page page{WatchAddress(server_->address())};
  page.say("anything");
  page.say("stop");
  stops_.acquire();  // for ever, when nobody is told
}

TEST_F(WatchedServer, ends_although_pages_do_not_read_and_strangers_say_nothing) {
  const WatchAddress at(server_->address());
  Page silent{at}, reading{at};
  const Visitor stranger(at.port);
  while (reading.next()["said"] < 3) {
  }
  server_ = nullptr;
  EXPECT_THROW(
      {
        for (;;) reading.next();
      },
      boost::system::system_error);
}

// ---- what it says -------------------------------------------------------------------------------

Scenario small() {
  return loaded(R"json({"squall": 1, "name": "small", "why": "People talk, and a node dies.",
    "time": {"warmup": "1s", "measure": "5s", "drain": "5s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 2}},
    "people": {"user": {"count": 50, "arrive": "uniform(0s,100ms)"}},
    "rooms": {"room": {"count": 2, "popularity": "uniform"}},
    "strategies": ["broadcast"],
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "50/s",
                 "size": "100B"}],
    "script": [{"at": "1s", "as": "crash", "do": "crash", "on": "n1", "for": "1s"}]})json");
}

// Asks with every step of a message, where the server asks four times a second.
struct Curious final : Witness {
  explicit Curious(WatchState& the_state) : state(the_state) {}
  void see(const Message&, const Sight&) override { last = state.text(); }
  WatchState& state;
  std::string last;
};

TEST(WatchState, tells_the_books_of_a_run_and_leaves_the_run_as_it_is) {
  const Scenario scenario = small();
  WatchState state;
  state.begin(scenario, "sim", 1);
  Curious curious(state);
  const PlayFunction engine = [&](const Scenario& of, const StrategySpec& spec, std::uint64_t seed,
                                  PlayOptions options) {
    options.witness = &curious;
    return play(of, spec, seed, options);
  };
  const RunRecord plain = play(scenario, scenario.strategies.front(), 1);
  const RunRecord watched = state.watched(engine)(scenario, scenario.strategies.front(), 1, {});
  EXPECT_EQ(watched.fingerprint, plain.fingerprint);

  const auto under_way = nlohmann::json::parse(curious.last)["rows"][0];
  EXPECT_EQ(under_way["under_way"], 1);
  EXPECT_GT(under_way["connected_now"], 0) << "nobody has looked";

  state.finished({{0, 0}, 1, 1, watched});
  const auto all = nlohmann::json::parse(state.text());
  EXPECT_EQ(all["faults"][0]["name"], "crash");
  EXPECT_EQ(all["faults"][0]["from"], 1.0);
  const auto row = all["rows"][0];
  EXPECT_EQ(row["done"], 1);
  ASSERT_EQ(row["owed"].size(), plain.seconds.size());
  std::uint64_t lost = 0;
  for (std::size_t i = 0; i < plain.seconds.size(); ++i) {
    EXPECT_EQ(row["owed"][i], std::uint64_t{plain.seconds[i].owed});
    EXPECT_EQ(row["connected"][i], std::uint64_t{plain.seconds[i].connected});
    lost += row["lost"][i].get<std::uint64_t>();
  }
  EXPECT_EQ(row["lost_done"], lost);
  EXPECT_GT(lost, 0U);
}

}  // namespace
}  // namespace squall::testing
