// WebSocket frames (RFC 6455 section 5) of an established connection: bytes in, messages out.
//
// The opening handshake is Beast's (upgrade.hpp), what an end has to answer is conversation.hpp's.
// squall's own ends send whole messages and never compress; what others send may be fragmented.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/live/net/utf8.hpp"

namespace squall::live {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

inline constexpr std::uint16_t kNormalClosure = 1000;  // RFC 6455 7.4.1
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kUnsupportedData = 1003;
inline constexpr std::uint16_t kNoCode = 1005;  // never sent: there was none
inline constexpr std::uint16_t kInvalidData = 1007;
inline constexpr std::uint16_t kPolicyViolation = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kServiceRestart = 1012;  // IANA registry of close codes

// One whole frame. A client has to mask what it sends, a server must not.
std::string encode_frame(Opcode opcode, std::string_view payload,
                         std::optional<std::uint32_t> mask = std::nullopt);
std::uint32_t fresh_mask();  // unpredictable, as section 5.3 asks
std::string close_payload(std::uint16_t code);

// The close code in a close frame's payload; kNoCode when there is none.
std::uint16_t close_code(std::span<const std::byte> payload);

// Puts messages together, in time that is linear in the bytes, and refuses what the RFC forbids.
class FrameReader {
 public:
  // The largest message of a scenario, and what is put in front of it on the way.
  static constexpr std::size_t kMaxMessage = (16U << 20) + 256;

  // `masked`: what this side must insist on.
  explicit FrameReader(bool masked, std::size_t most = kMaxMessage)
      : most_(most), masked_(masked) {}

  // Calls `on_frame(opcode, payload) -> bool` (false: stop) for each whole message, text or binary,
  // and for each control frame, also between the fragments of a message. Returns how many bytes
  // were used: all, unless it was stopped; a frame that is not whole yet is kept here. Nothing
  // after a mistake of the other side, see error(). What follows a close frame is not read.
  template <typename OnFrame>
  std::optional<std::size_t> feed(std::span<const std::byte> bytes, OnFrame on_frame) {
    const std::size_t all = bytes.size();
    while (true) {
      const Found found = next(bytes);
      if (found == Found::mistake) return std::nullopt;
      if (found == Found::nothing) return all;
      if (!on_frame(opcode_, payload_)) return all - bytes.size();
    }
  }

  std::uint16_t error() const { return error_; }    // the close code for the mistake; 0: none
  std::uint64_t copied() const { return copied_; }  // bytes, for the test that it is linear

 private:
  enum class Found : std::uint8_t { nothing, whole, mistake };

  Found next(std::span<const std::byte>& bytes);
  bool read_header(std::span<const std::byte>& bytes);  // false: not whole yet, or a mistake
  std::uint16_t check_head() const;                     // of its first two bytes
  std::uint16_t begin_frame();
  Found read_payload(std::span<const std::byte>& bytes);
  void append(std::string& to, std::span<const std::byte> piece);
  Found end_frame(std::span<const std::byte> payload);
  std::uint16_t check_text(std::span<const std::byte> piece);
  void forget_delivered();
  bool control() const { return (header_[0] & 0x08) != 0; }
  bool final() const { return (header_[0] & 0x80) != 0; }

  std::size_t most_;
  bool masked_;
  bool in_payload_ = false, delivered_ = false, closed_ = false;
  std::uint8_t have_ = 0;  // bytes of header_
  std::array<unsigned char, 14> header_{};
  Opcode under_way_ = Opcode::continuation;  // of a message in fragments; continuation: of none
  Opcode opcode_{};                          // of the frame, then of what was found
  std::uint16_t error_ = 0;
  Utf8Check text_;
  std::uint64_t left_ = 0, size_ = 0;  // of the payload of this frame
  std::uint64_t copied_ = 0;
  std::string message_, control_;  // in pieces, or unmasked
  std::span<const std::byte> payload_;
};

}  // namespace squall::live
