// Headers, lengths and masks of WebSocket frames. See framing.hpp.
// Layout: FIN and opcode, mask bit and length (7, 16 or 64 bits), masking key, payload.
#include "sim/live/net/framing.hpp"

#include <cstring>

namespace squall::live {
namespace {

std::uint8_t at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<std::uint8_t>(bytes[i]);
}

void apply_mask(char* bytes, std::size_t size, const unsigned char (&key)[4]) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ key[i % 4]);
  }
}

bool known(std::uint8_t opcode) {
  return opcode == 1 || opcode == 2 || (opcode >= 8 && opcode <= 10);
}

}  // namespace

std::string encode_frame(Opcode opcode, std::string_view payload,
                         std::optional<std::uint32_t> mask) {
  std::string frame;
  frame.reserve(payload.size() + 14);
  frame.push_back(static_cast<char>(0x80 | static_cast<unsigned>(opcode)));
  const unsigned mask_bit = mask ? 0x80 : 0;
  const std::uint64_t size = payload.size();
  const auto append = [&](int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      frame.push_back(static_cast<char>(size >> shift));
    }
  };
  if (size <= 125) {
    frame.push_back(static_cast<char>(mask_bit | size));
  } else if (size <= 0xffff) {
    frame.push_back(static_cast<char>(mask_bit | 126));
    append(2);
  } else {
    frame.push_back(static_cast<char>(mask_bit | 127));
    append(8);
  }
  unsigned char key[4] = {};
  if (mask) {
    std::memcpy(key, &*mask, sizeof key);
    frame.append(reinterpret_cast<const char*>(key), sizeof key);
  }
  const std::size_t header = frame.size();
  frame.append(payload);
  if (mask) apply_mask(frame.data() + header, payload.size(), key);
  return frame;
}

std::string close_payload(std::uint16_t code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code)};
}

std::uint16_t close_code(std::span<const std::byte> payload) {
  if (payload.size() < 2) return 1005;
  return static_cast<std::uint16_t>(at(payload, 0) << 8 | at(payload, 1));
}

std::optional<FrameView> FrameReader::first(std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return FrameView{};
  const std::uint8_t head = at(bytes, 0), length = at(bytes, 1);
  const bool whole = (head & 0xf0) == 0x80;  // FIN, and no extension bits
  if (!whole || !known(head & 0x0f) || ((length & 0x80) != 0) != masked_) return std::nullopt;
  std::size_t header = 2;
  std::uint64_t size = length & 0x7f;
  if ((head & 0x08) != 0 && size > 125) return std::nullopt;  // control frames are short
  if (size >= 126) {
    const std::size_t wide = size == 126 ? 2 : 8;
    if (bytes.size() < header + wide) return FrameView{};
    size = 0;
    for (std::size_t i = 0; i < wide; ++i) size = size << 8 | at(bytes, header + i);
    header += wide;
  }
  if (size > kMaxPayload) return std::nullopt;
  const std::size_t key_at = header;
  if (masked_) header += 4;
  if (bytes.size() < header + size) return FrameView{};
  std::span<const std::byte> payload = bytes.subspan(header, size);
  if (masked_) {
    unsigned char key[4];
    std::memcpy(key, bytes.data() + key_at, sizeof key);
    unmasked_.assign(reinterpret_cast<const char*>(payload.data()), payload.size());
    apply_mask(unmasked_.data(), unmasked_.size(), key);
    payload = std::as_bytes(std::span(unmasked_));
  }
  return FrameView{static_cast<Opcode>(head & 0x0f), payload, header + size};
}

}  // namespace squall::live
