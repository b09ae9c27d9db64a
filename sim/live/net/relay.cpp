// Two channels per line, each writing what the other reads. See relay.hpp.
// What arrives before the other side is connected waits in the channel's own queue.
#include "sim/live/net/relay.hpp"

#include <unistd.h>

#include <algorithm>

namespace squall::live {

namespace {

constexpr std::uint64_t kData = 0;              // a tag: one hears of it when it has left
constexpr std::int64_t kMostHeld = 256 * 1024;  // bytes that one side has not taken yet
constexpr std::size_t kMostLines = 256;         // a node has two to each of its servers

}  // namespace

struct Relay::Line {
  struct Side final : Channel::Owner {
    explicit Side(Line& the_line) : line(the_line) {}
    std::size_t on_bytes(std::span<const std::byte> bytes) override {
      if (line.forgotten) {  // nobody is there to whom this belongs
        channel->reset();
        line.relay.ended(line);
        return bytes.size();
      }
      const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      other->channel->send(make_frame(text), kData);
      if (other->channel->queued() > kMostHeld) channel->read(false);
      return bytes.size();
    }
    // Whoever reads slowly makes the other side wait, as without a relay.
    void on_flushed(std::uint32_t, Time) override {
      if (other->channel != nullptr && channel->queued() <= kMostHeld) other->channel->read(true);
    }
    void on_end(Channel::End) override { line.relay.ended(line); }

    Line& line;
    Side* other = nullptr;
    std::shared_ptr<Channel> channel;
  };

  explicit Line(Relay& the_relay) : relay(the_relay) { near.other = &far, far.other = &near; }

  void hold(bool yes) {
    for (Side* const side : {&near, &far}) {
      if (side->channel != nullptr) side->channel->hold(yes);
    }
  }

  Relay& relay;
  Side near{*this}, far{*this};
  bool forgotten = false;  // by the server, and the node does not know
  std::unique_ptr<Handshake> connecting;
};

Relay::Relay(Loop& loop, SocketAddress target) : loop_(loop), target_(std::move(target)) {}

Relay::~Relay() = default;

bool Relay::listen(std::string& error) {
  acceptor_ = listen_on(
      loop_, port_, [this](int descriptor) { accepted(descriptor); }, error);
  if (acceptor_ != nullptr) port_ = acceptor_->port();
  return acceptor_ != nullptr;
}

void Relay::server_dies() {
  if (!stalled_) return;
  for (const auto& line : lines_) {
    line->forgotten = true;
    abandon(loop_, line->connecting);
    if (line->far.channel == nullptr) continue;
    line->far.channel->reset();
  }
}

void Relay::accepted(int descriptor) {
  if (lines_.size() >= kMostLines) {
    ::close(descriptor);
    return;
  }
  lines_.push_back(std::make_unique<Line>(*this));
  Line& line = *lines_.back();
  line.near.channel = std::make_shared<Channel>(loop_, descriptor, line.near);
  line.near.channel->read(false);
  line.connecting = connect_plain(loop_, target_, [this, &line](const Upgrade& made) {
    if (!made.error.empty()) {
      ended(line);
      return;
    }
    line.far.channel = std::make_shared<Channel>(loop_, made.descriptor, line.far);
    line.near.channel->read(true);
    line.hold(stalled_);
  });
  line.hold(stalled_);
}

void Relay::ended(Line& line) {
  for (Line::Side* const side : {&line.near, &line.far}) {
    if (side->channel != nullptr) side->channel->close();
  }
  const auto found = std::ranges::find(lines_, &line, &std::unique_ptr<Line>::get);
  if (found == lines_.end()) return;
  loop_.retire(std::shared_ptr<Line>(std::move(*found)));
  lines_.erase(found);
}

void Relay::stall(bool yes) {
  stalled_ = yes;
  for (const auto& line : lines_) {
    if (!yes && line->forgotten && line->near.channel != nullptr) line->near.channel->read(true);
    line->hold(yes);
  }
}

std::string Relay::refuse(bool yes) {
  if (!yes) return acceptor_->listen_again();
  acceptor_->refuse();
  if (stalled_) {
    server_dies();
    return {};
  }
  finish();
  return {};
}

void Relay::finish() {
  while (!lines_.empty()) {
    Line& line = *lines_.back();
    for (Line::Side* const side : {&line.near, &line.far}) {
      if (side->channel != nullptr) side->channel->reset();
    }
    loop_.retire(std::shared_ptr<Line>(std::move(lines_.back())));
    lines_.pop_back();
  }
}

}  // namespace squall::live
