// Answers of one end of a WebSocket connection. See conversation.hpp.
// A goodbye is answered with its code and without its reason, as most do.
#include "sim/live/net/conversation.hpp"

namespace squall::live {
namespace {

// Who sends pings and never reads gets this many bytes of pongs and no more. RFC 6455 5.5.3 allows
// to answer the latest ping only.
constexpr std::int64_t kMostPongs = 64 * 1024;

}  // namespace

FramePtr Conversation::frame(Opcode opcode, std::string_view payload) const {
  const bool masked = side_ == Side::client;
  return make_frame(
      encode_frame(opcode, payload, masked ? std::optional(fresh_mask()) : std::nullopt));
}

bool Conversation::close(std::span<const std::byte> payload) {
  over_ = true;
  code_ = close_code(payload);
  last_words_ = payload.empty() ? "" : close_payload(close_code(payload));
  return false;
}

void Conversation::answer(Channel& channel, std::span<const std::byte> ping) const {
  if (channel.queued_control() > kMostPongs) return;
  channel.send(frame(Opcode::pong, {reinterpret_cast<const char*>(ping.data()), ping.size()}));
}

}  // namespace squall::live
