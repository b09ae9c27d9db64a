// A WebSocket server for tests that says everything again: the live engine's handshakes, frames and
// farewells on a loop of its own, without a node.
//
// The text "close 4000" makes it say goodbye with that code. Loopback only.
#pragma once

#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sim/live/net/conversation.hpp"
#include "sim/live/net/farewells.hpp"
#include "sim/live/net/upgrade.hpp"
#include "strategies/core/check.hpp"
#include "tests/support/live_loop.hpp"

namespace squall::testing {

class EchoServer {
 public:
  EchoServer() {
    std::string error;
    loop_.on_loop([&] {
      acceptor_ = live::listen_on(
          loop_.loop(), 0, [this](int descriptor) { accepted(descriptor); }, error);
    });
    SQUALL_CHECK(acceptor_ != nullptr);
    port_ = acceptor_->port();
  }
  ~EchoServer() {
    loop_.on_loop([this] {
      acceptor_.reset();
      handshakes_.clear();
      ends_.clear();
      farewells_.end(true);
    });
  }

  std::uint16_t port() const { return port_; }
  // How many connections are not over yet, farewells included.
  std::size_t open() {
    return loop_.on_loop([this] { return ends_.size() + farewells_.count(); });
  }
  LiveLoop& loop() { return loop_; }

 private:
  struct End final : live::Channel::Owner {
    End(EchoServer& the_server, std::uint64_t the_number, int descriptor)
        : server(the_server),
          number(the_number),
          channel(std::make_shared<live::Channel>(the_server.loop_.loop(), descriptor, *this)) {}

    std::size_t on_bytes(std::span<const std::byte> bytes) override {
      const auto hear = [this](live::Opcode opcode, std::span<const std::byte> payload) {
        return said(opcode, {reinterpret_cast<const char*>(payload.data()), payload.size()});
      };
      const std::size_t used = wire.hear(bytes, *channel, hear);
      if (wire.over()) leave(wire.goodbye());
      return used;
    }
    bool said(live::Opcode opcode, std::string_view payload) {
      if (opcode != live::Opcode::text && opcode != live::Opcode::binary) return true;
      std::uint16_t code = 0;
      if (opcode == live::Opcode::text && payload.starts_with("close ")) {
        std::from_chars(payload.data() + 6, payload.data() + payload.size(), code);
        leave(wire.goodbye(code));
        return false;
      }
      channel->send(wire.frame(opcode, payload));
      return true;
    }
    void leave(const live::FramePtr& words) {
      channel->send(words);
      server.farewells_.add(channel, live::Farewells::First::us);
      server.forget(number);
    }
    void on_end(live::Channel::End) override { server.forget(number); }

    EchoServer& server;
    std::uint64_t number;
    std::shared_ptr<live::Channel> channel;
    live::Conversation wire{live::Conversation::Side::server};
  };

  void accepted(int descriptor) {
    const std::uint64_t number = ++accepted_;
    handshakes_[number] = live::accept_upgrade(
        loop_.loop(), descriptor,
        [this, number](live::Upgrade upgrade) { upgraded(number, std::move(upgrade)); },
        [] { return true; });
  }
  void upgraded(std::uint64_t number, const live::Upgrade& upgrade) {
    live::abandon(loop_.loop(), handshakes_[number]);
    handshakes_.erase(number);
    if (!upgrade.error.empty()) return;
    ends_[number] = std::make_shared<End>(*this, number, upgrade.descriptor);
    const std::shared_ptr<End> end = ends_[number];
    end->channel->found(std::as_bytes(std::span(upgrade.rest)));
  }
  void forget(std::uint64_t number) {
    const auto found = ends_.find(number);
    if (found == ends_.end()) return;
    loop_.loop().retire(std::move(found->second));
    ends_.erase(found);
  }

  LiveLoop loop_;
  live::Farewells farewells_{loop_.loop()};
  std::unique_ptr<live::Acceptor> acceptor_;
  std::map<std::uint64_t, std::unique_ptr<live::Handshake>> handshakes_;
  std::map<std::uint64_t, std::shared_ptr<End>> ends_;
  std::uint64_t accepted_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace squall::testing
