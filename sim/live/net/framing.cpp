// Headers, lengths and masks of WebSocket frames. See framing.hpp.
// Layout: FIN and opcode, mask bit and length (7, 16 or 64 bits), masking key, payload.
#include "sim/live/net/framing.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr std::size_t kKept = 64 * 1024;  // memory of a reader between two messages

std::uint8_t at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<std::uint8_t>(bytes[i]);
}

// `phase`: where in the key this piece of the payload begins.
void apply_mask(char* bytes, std::size_t size, const unsigned char* key, std::size_t phase) {
  unsigned char turned[8];
  for (std::size_t i = 0; i < 8; ++i) turned[i] = key[(phase + i) % 4];
  std::uint64_t wide;
  std::memcpy(&wide, turned, sizeof wide);
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes + i, sizeof eight);
    eight ^= wide;
    std::memcpy(bytes + i, &eight, sizeof eight);
  }
  for (; i < size; ++i) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ turned[i % 8]);
  }
}

bool known(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

// What may stand in a close frame: what the RFC or the IANA gave out for that, and 3000 to 4999.
bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

std::uint16_t check_close(std::span<const std::byte> payload) {
  if (payload.empty()) return 0;
  if (payload.size() == 1 || !may_be_sent(close_code(payload))) return kProtocolError;
  Utf8Check reason;
  return reason.accept(payload.subspan(2)) && reason.whole() ? 0 : kInvalidData;
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
  if (mask) apply_mask(frame.data() + header, payload.size(), key, 0);
  return frame;
}

std::uint32_t fresh_mask() {
  thread_local std::array<std::uint32_t, 64> keys;
  thread_local std::size_t left = 0;
  if (left == 0) {
    SQUALL_CHECK(::getentropy(keys.data(), sizeof keys) == 0);
    left = keys.size();
  }
  return keys[--left];
}

std::string close_payload(std::uint16_t code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code)};
}

std::uint16_t close_code(std::span<const std::byte> payload) {
  if (payload.size() < 2) return kNoCode;
  return static_cast<std::uint16_t>(at(payload, 0) << 8 | at(payload, 1));
}

// ---- reading -----------------------------------------------------------------------------------

FrameReader::Found FrameReader::next(std::span<const std::byte>& bytes) {
  forget_delivered();
  while (!closed_ && error_ == 0) {
    if (!in_payload_) {
      if (!read_header(bytes)) break;
      error_ = begin_frame();
      continue;
    }
    if (bytes.empty() && left_ > 0) break;
    const Found found = read_payload(bytes);
    if (found == Found::whole) return found;
  }
  if (error_ != 0) return Found::mistake;
  bytes = {};
  return Found::nothing;
}

// Takes what the header needs: two bytes tell how long it is, and already show most mistakes.
bool FrameReader::read_header(std::span<const std::byte>& bytes) {
  const auto take = [&](std::size_t wanted) {
    const std::size_t count = std::min(wanted - have_, bytes.size());
    if (count > 0) std::memcpy(header_.data() + have_, bytes.data(), count);
    have_ = static_cast<std::uint8_t>(have_ + count);
    bytes = bytes.subspan(count);
    return have_ >= wanted;
  };
  if (have_ < 2) {
    if (!take(2)) return false;
    error_ = check_head();
    if (error_ != 0) return false;
  }
  const unsigned length = header_[1] & 0x7f;
  return take(2U + (length == 126 ? 2 : length == 127 ? 8 : 0) + (masked_ ? 4 : 0));
}

std::uint16_t FrameReader::check_head() const {
  const unsigned opcode = header_[0] & 0x0f, length = header_[1] & 0x7f;
  const bool extended = (header_[0] & 0x70) != 0;  // nobody agreed on an extension
  if (extended || !known(opcode) || ((header_[1] & 0x80) != 0) != masked_) return kProtocolError;
  if (control()) return !final() || length > 125 ? kProtocolError : 0;
  const bool continues = opcode == 0;
  return continues == (under_way_ != Opcode::continuation) ? 0 : kProtocolError;
}

std::uint16_t FrameReader::begin_frame() {
  const unsigned length = header_[1] & 0x7f;
  std::size_t next = 2;
  size_ = length;
  if (length >= 126) {
    const std::size_t wide = length == 126 ? 2 : 8;
    size_ = 0;
    for (std::size_t i = 0; i < wide; ++i) size_ = size_ << 8 | header_[next + i];
    next += wide;
    const bool shortest = size_ > (wide == 2 ? 125U : 0xffffU);
    if (!shortest || size_ >> 63 != 0) return kProtocolError;
  }
  // The key goes to the front: the rest of the header is not needed any more.
  if (masked_) std::memmove(header_.data() + 2, header_.data() + next, 4);
  opcode_ = static_cast<Opcode>(header_[0] & 0x0f);
  if (!control()) {
    if (size_ > most_ || message_.size() + size_ > most_) return kTooBig;
    if (opcode_ == Opcode::continuation) {
      opcode_ = under_way_;
    } else {
      under_way_ = opcode_;
      text_ = {};
    }
  }
  left_ = size_;
  have_ = 0;
  in_payload_ = true;
  return 0;
}

FrameReader::Found FrameReader::read_payload(std::span<const std::byte>& bytes) {
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  const std::span<const std::byte> piece = bytes.first(count);
  bytes = bytes.subspan(count);
  std::string& kept = control() ? control_ : message_;
  // A whole message within what was just read is looked at where it is.
  if (!masked_ && count == size_ && final() && kept.empty()) {
    left_ = 0;
    if (!control()) error_ = check_text(piece);
    return error_ != 0 ? Found::mistake : end_frame(piece);
  }
  append(kept, piece);
  left_ -= count;
  if (!control()) error_ = check_text(std::as_bytes(std::span(kept)).last(count));
  if (error_ != 0) return Found::mistake;
  return left_ > 0 ? Found::nothing : end_frame(std::as_bytes(std::span(kept)));
}

void FrameReader::append(std::string& to, std::span<const std::byte> piece) {
  if (to.size() + piece.size() > to.capacity()) copied_ += to.size();
  copied_ += piece.size();
  const std::size_t before = to.size();
  to.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  const std::size_t phase = (size_ - left_) % 4;
  if (masked_) apply_mask(to.data() + before, piece.size(), header_.data() + 2, phase);
}

std::uint16_t FrameReader::check_text(std::span<const std::byte> piece) {
  if (opcode_ != Opcode::text) return 0;
  const bool ends = final() && left_ == 0;
  return text_.accept(piece) && (!ends || text_.whole()) ? 0 : kInvalidData;
}

FrameReader::Found FrameReader::end_frame(std::span<const std::byte> payload) {
  in_payload_ = false;
  if (!final()) return Found::nothing;
  if (opcode_ == Opcode::close) {
    error_ = check_close(payload);
    if (error_ != 0) return Found::mistake;
    closed_ = true;
  }
  payload_ = payload;
  delivered_ = true;
  return Found::whole;
}

// What was found borrows from here until the next look.
void FrameReader::forget_delivered() {
  if (!delivered_) return;
  delivered_ = false;
  if (control()) {
    control_.clear();
    return;
  }
  under_way_ = Opcode::continuation;
  message_.clear();
  if (message_.capacity() > kKept) std::string().swap(message_);
}

}  // namespace squall::live
