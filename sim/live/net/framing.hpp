// WebSocket frames (RFC 6455 section 5) of an established connection: bytes in, frames out.
//
// The opening handshake is Beast's (upgrade.hpp). Messages are single frames here: squall's own
// ends never fragment and never compress, and a fragment from somebody else is a protocol error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace squall::live {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

inline constexpr std::uint16_t kGoingAway = 1001;  // RFC 6455 7.4.1
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kPolicyViolation = 1008;
inline constexpr std::uint16_t kServiceRestart = 1012;  // IANA registry of close codes

// One whole frame. A client has to mask what it sends, a server must not.
std::string encode_frame(Opcode opcode, std::string_view payload,
                         std::optional<std::uint32_t> mask = std::nullopt);
std::string close_payload(std::uint16_t code);

// The close code in a close frame's payload; 1005 when there is none.
std::uint16_t close_code(std::span<const std::byte> payload);

// The first frame in `bytes`.
struct FrameView {
  Opcode opcode{};
  std::span<const std::byte> payload;  // points into `bytes`, or into the reader when unmasked
  std::size_t size = 0;                // of the whole frame; 0: more bytes are needed
};

class FrameReader {
 public:
  // The largest message of the language, and what squall puts in front of it.
  static constexpr std::size_t kMaxPayload = (16U << 20) + 64;

  // `masked`: what this side must insist on. Empty: a protocol error.
  explicit FrameReader(bool masked) : masked_(masked) {}
  std::optional<FrameView> first(std::span<const std::byte> bytes);

  // Calls `on_frame(opcode, payload) -> bool` (false: stop) for each whole frame. Returns how many
  // bytes were used, or nothing after a protocol error.
  template <typename OnFrame>
  std::optional<std::size_t> feed(std::span<const std::byte> bytes, OnFrame on_frame) {
    std::size_t used = 0;
    while (used < bytes.size()) {
      const std::optional<FrameView> frame = first(bytes.subspan(used));
      if (!frame) return std::nullopt;
      if (frame->size == 0) break;
      used += frame->size;
      if (!on_frame(frame->opcode, frame->payload)) break;
    }
    return used;
  }

 private:
  bool masked_;
  std::string unmasked_;
};

}  // namespace squall::live
