// A client of a server that speaks RESP, for tests: what is asked, and the answers as RESP text.
// It waits for answers on the test's thread; the connection lives on the loop (live_loop.hpp).
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "sim/live/resp/resp_connection.hpp"
#include "strategies/core/check.hpp"
#include "tests/support/live_loop.hpp"

namespace squall::testing {

class RespAsker final : private live::RespConnection::Listener {
 public:
  RespAsker(LiveLoop& loop, const std::string& host, std::uint16_t port) : loop_(loop) {
    loop_.on_loop([&] {
      live::RespConnection::Listener& listener = *this;
      connection_ = std::make_unique<live::RespConnection>(loop_.loop(), listener, "server");
      connection_->open(host, port);
    });
    SQUALL_CHECK(loop_.eventually([this] { return connection_->connected(); }));
  }
  ~RespAsker() override {
    loop_.on_loop([this] { connection_.reset(); });
  }

  std::string ask(std::initializer_list<std::string_view> words) {
    std::string bytes;
    live::write_command(bytes, words);
    return exchange(std::move(bytes), 1);
  }
  std::string exchange(std::string bytes, std::size_t answers) {
    say(std::move(bytes));
    return hear(answers);
  }
  // The two halves of exchange().
  void say(std::string bytes) {
    loop_.on_loop([&] { connection_->send(std::move(bytes)); });
  }
  // What came since the last time, as soon as it is this much or the connection has ended.
  std::string hear(std::size_t answers) {
    SQUALL_CHECK(loop_.eventually([&] { return answered_ >= answers || ended_; }));
    return loop_.on_loop([this] {
      answered_ = 0;
      return std::exchange(text_, {});
    });
  }
  bool ended() {
    return loop_.eventually([this] { return ended_; });
  }
  live::RespConnection& connection() { return *connection_; }

 private:
  void resp_up(live::RespConnection&) override {}
  void resp_reply(live::RespConnection&, const live::RespValue& value) override {
    live::write_value(text_, value);
    ++answered_;
  }
  void resp_down(live::RespConnection&, const std::string&, bool) override { ended_ = true; }

  LiveLoop& loop_;
  std::unique_ptr<live::RespConnection> connection_;
  std::string text_;
  std::size_t answered_ = 0;
  bool ended_ = false;
};

}  // namespace squall::testing
