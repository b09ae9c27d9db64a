// WebSocket frames and handshakes written by hand, for tests: also those that nobody should send.
//
// It shares no code with sim/live/net/framing.cpp, which it is there to check.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace squall::testing {

// The first byte of a frame.
inline constexpr unsigned kFin = 0x80, kRsv1 = 0x40, kRsv2 = 0x20, kRsv3 = 0x10;
// And what kind it is.
inline constexpr unsigned kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

enum class Masked : bool { no, yes };

inline std::string payload_of(std::string_view text, Masked masked) {
  constexpr std::string_view kKey = "\x11\xa2\x33\xc4";
  if (masked == Masked::no) return std::string(text);
  std::string out(kKey);
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += static_cast<char>(text[i] ^ kKey[i % 4]);
  }
  return out;
}

// `wide`: bytes of the length beyond the seven bits, whatever would be right.
inline std::string by_hand(unsigned head, std::string_view payload, Masked masked, int wide) {
  std::string out(1, static_cast<char>(head));
  const unsigned mask = masked == Masked::yes ? 0x80 : 0;
  const unsigned length = wide == 0   ? static_cast<unsigned>(payload.size())
                          : wide == 2 ? 126U
                                      : 127U;
  out += static_cast<char>(mask | length);
  for (int shift = (wide - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift);
  }
  return out + payload_of(payload, masked);
}
inline std::string by_hand(unsigned head, std::string_view payload, Masked masked = Masked::yes) {
  return by_hand(head, payload, masked, payload.size() < 126 ? 0 : payload.size() < 65536 ? 2 : 8);
}

inline std::string code_of(unsigned code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + std::string(reason);
}

// Frames of a server in words: "text hello", "pong abc", "close 1002"; long payloads by length.
inline std::string in_words(std::string_view bytes) {
  std::string words;
  while (bytes.size() >= 2) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned head = byte(0);
    std::size_t size = byte(1), header = 2;
    const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (wide > 0) {
      size = 0;
      for (std::size_t i = 0; i < wide; ++i) size = size << 8 | byte(2 + i);
      header += wide;
    }
    if (!words.empty()) words += ", ";
    if (bytes.size() < header + size) return words + "half a frame";
    const std::string_view payload = bytes.substr(header, size);
    const std::string shown = size > 64 ? std::to_string(size) + " bytes" : std::string(payload);
    switch (head) {
      case kFin | 1: words += "text " + shown; break;
      case kFin | 2: words += "binary " + shown; break;
      case kFin | 10: words += "pong " + shown; break;
      case kFin | 8:
        words += "close";
        if (size >= 2) words += " " + std::to_string(byte(header) << 8 | byte(header + 1));
        break;
      default: words += "head " + std::to_string(head);
    }
    bytes.remove_prefix(header + size);
  }
  return bytes.empty() ? words : words + ", half a frame";
}

inline std::string request_by_hand(std::string_view more = {}) {
  return "GET /ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
         "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: "
         "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         std::string(more) + "\r\n";
}

}  // namespace squall::testing
