// Real sockets on loopback: the round trip of one message, and one message to many.
//
// Both ends are on one loop that is turned by hand, after a real opening handshake; so this is the
// cost of the live engine's channels, frames and system calls on one processor, without waiting.
// Every wait has a bound. Where sockets are not allowed the rows are SKIPPED. The engine under load
// and beside others: peers/run.
#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/framing.hpp"
#include "sim/live/net/upgrade.hpp"

namespace squall::live {
namespace {

constexpr int kTurnsMax = 2'000'000;
constexpr std::uint32_t kMask = 0x12345678;

// One end of a connection: counts frames, and answers each when it is to echo.
class Peer final : public Channel::Owner {
 public:
  Peer(Loop& loop, int descriptor, bool server, FramePtr answer)
      : reader_(server),
        answer_(std::move(answer)),
        channel_(std::make_unique<Channel>(loop, descriptor, *this)) {}
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    const auto used = reader_.feed(bytes, [&](Opcode, std::span<const std::byte>) {
      ++frames;
      if (answer_) channel_->send(answer_);
      return true;
    });
    return used.value_or(bytes.size());
  }
  void on_end(Channel::End) override {}
  Channel& channel() { return *channel_; }

  std::uint64_t frames = 0;

 private:
  FrameReader reader_;
  FramePtr answer_;
  std::unique_ptr<Channel> channel_;
};

// So many connections to a server on the same loop.
class Pairs {
 public:
  Pairs(std::size_t count, FramePtr answer) : answer_(std::move(answer)) {
    acceptor_ = listen_on(
        loop_, 0, [this](int descriptor) { accepted(descriptor); }, error_);
    for (std::size_t i = 0; acceptor_ && error_.empty() && i < count; ++i) connect();
    if (error_.empty() && (clients.size() < count || servers.size() < count)) {
      error_ = "not everybody could connect";
    }
  }

  const std::string& error() const { return error_; }

  bool turn_until(const std::function<bool()>& done) {
    for (int i = 0; i < kTurnsMax; ++i) {
      if (done()) return true;
      loop_.turn();
    }
    return false;
  }

 private:
  void connect() {
    const auto handshake = connect_upgrade(
        loop_,
        {.source = "", .to = {.host = "127.0.0.1", .port = acceptor_->port()}, .target = "/ws"},
        [this](const Upgrade& upgrade) { opened(upgrade, clients, false, nullptr); });
    const std::size_t wanted = clients.size() + 1;
    turn_until(
        [&] { return !error_.empty() || (clients.size() == wanted && servers.size() == wanted); });
  }
  void accepted(int descriptor) {
    handshake_ = accept_upgrade(
        loop_, descriptor,
        [this](const Upgrade& upgrade) { opened(upgrade, servers, true, answer_); },
        [] { return true; });
  }
  void opened(const Upgrade& upgrade, std::vector<std::unique_ptr<Peer>>& where, bool server,
              const FramePtr& answer) {
    error_ = upgrade.error;
    if (!error_.empty()) return;
    where.push_back(std::make_unique<Peer>(loop_, upgrade.descriptor, server, answer));
  }

  RunClock clock_{std::chrono::steady_clock::now()};
  Loop loop_{clock_};
  FramePtr answer_;
  std::string error_;
  std::unique_ptr<Handshake> handshake_;  // of the server
  std::unique_ptr<Acceptor> acceptor_;

 public:
  std::vector<std::unique_ptr<Peer>> clients, servers;
};

FramePtr frame_of(std::int64_t bytes, std::optional<std::uint32_t> mask) {
  return make_frame(
      encode_frame(Opcode::binary, std::string(static_cast<std::size_t>(bytes), 'x'), mask));
}

void live_echo(benchmark::State& state) {
  Pairs pairs(1, frame_of(state.range(0), std::nullopt));
  if (!pairs.error().empty()) return state.SkipWithError(("SKIPPED: " + pairs.error()).c_str());
  const FramePtr question = frame_of(state.range(0), kMask);
  Peer& client = *pairs.clients.front();
  for (auto _ : state) {
    const std::uint64_t before = client.frames;
    client.channel().send(question);
    if (!pairs.turn_until([&] { return client.frames > before; })) {
      return state.SkipWithError("SKIPPED: an echo did not come back");
    }
  }
  state.SetItemsProcessed(state.iterations());
}

// `messages` in a row to everybody, then one flush: what a busy turn of a node does.
void live_fan_out(benchmark::State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  const std::int64_t messages = state.range(1);
  Pairs pairs(members, nullptr);
  if (!pairs.error().empty()) return state.SkipWithError(("SKIPPED: " + pairs.error()).c_str());
  const FramePtr frame = frame_of(128, std::nullopt);
  std::uint64_t expected = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < messages; ++i) {
      for (const auto& server : pairs.servers) server->channel().send(frame);
    }
    expected += static_cast<std::uint64_t>(messages);
    const bool all = pairs.turn_until([&] {
      for (const auto& client : pairs.clients) {
        if (client->frames < expected) return false;
      }
      return true;
    });
    if (!all) return state.SkipWithError("SKIPPED: a frame did not arrive");
  }
  state.SetItemsProcessed(state.iterations() * messages * state.range(0));
}

BENCHMARK(live_echo)->Arg(128)->Arg(4096)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(live_fan_out)
    ->Args({100, 1})
    ->Args({100, 10})
    ->Args({1000, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace squall::live
