// Fields in, bytes out, and back. See envelope.hpp.
// A message is found by its header alone: padding is never looked at.
#include "sim/live/speech/envelope.hpp"

#include <algorithm>

#include "sim/live/links/broker_log_script.hpp"
#include "sim/live/speech/run_name.hpp"
#include "sim/record/wire.hpp"
#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr std::size_t kOneNumber = 1 + 4;  // behind its kind

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t get(std::span<const std::byte> in, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value |= std::to_integer<std::uint64_t>(in[at + i]) << (8 * i);
  }
  return value;
}

std::uint32_t get32(std::span<const std::byte> in, std::size_t at) {
  return static_cast<std::uint32_t>(get(in, at, 4));
}

void put_message(std::string& out, const Message& message) {
  put(out, static_cast<std::uint8_t>(FrameKind::message), 1);
  put(out, static_cast<std::uint32_t>(message.id), 4);
  put(out, static_cast<std::uint32_t>(message.sender), 4);
  put(out, static_cast<std::uint8_t>(message.address.kind), 1);
  put(out, message.address.id, 4);
  put(out, message.sequence, 4);
  put(out, static_cast<std::uint64_t>(message.size), 8);
  const auto size = static_cast<std::size_t>(std::max<Bytes>(0, message.size));
  if (size > kMessageHeader) out.append(size - kMessageHeader, 'x');
}

// How long the message itself is: what comes back has no text.
std::size_t content_of(const Message& message, const PeerNote& note) {
  if (note.returned) return kMessageHeader;
  return static_cast<std::size_t>(std::max<Bytes>(message.size, kMessageHeader));
}

Message get_message(std::span<const std::byte> in) {
  const Address to{static_cast<Address::Kind>(get(in, 9, 1)), get32(in, 10)};
  return {MessageId{get32(in, 1)}, EndpointId{get32(in, 5)}, to, static_cast<Bytes>(get(in, 18, 8)),
          get32(in, 14)};
}

}  // namespace

std::string encode_message(const Message& message, Bytes around) {
  std::string out;
  out.reserve(static_cast<std::size_t>(std::max<Bytes>(message.size, kMessageHeader) + around));
  put_message(out, message);
  out.append(static_cast<std::size_t>(around), 'x');
  return out;
}

std::string encode_message(const Message& message, Bytes around,
                           const std::optional<LogPlace>& place) {
  return encode_message(message, around) + pack(place.value_or(LogPlace{}));
}

std::optional<LogPlace> place_behind(std::span<const std::byte> payload) {
  if (payload.size() < kMessageHeader + kPlaceBytes) return std::nullopt;
  const auto place = unpack_place(payload.last(kPlaceBytes));
  return place != LogPlace{} ? place : std::nullopt;
}

std::string encode_peer_message(const Message& message, NodeId from, std::string_view stamp,
                                const PeerNote& note) {
  SQUALL_CHECK(stamp.size() == RunName::kStampLength);
  std::string out(stamp);
  out.reserve(kPeerHeader + content_of(message, note) + 4 * note.who.size());
  put(out, static_cast<std::uint16_t>(from), 2);
  put(out, note.attempt, 1);
  put(out, note.returned, 1);
  put(out, note.who.size(), 4);
  put_message(out, message);
  out.resize(kPeerHeader + content_of(message, note));
  for (const EndpointId who : note.who) put(out, static_cast<std::uint32_t>(who), 4);
  return out;
}

std::string encode_told(std::span<const std::uint32_t> numbers, NodeId from,
                        std::string_view stamp) {
  SQUALL_CHECK(stamp.size() == RunName::kStampLength);
  std::string out(stamp);
  put(out, static_cast<std::uint16_t>(from), 2);
  out.resize(kPeerHeader);
  return out + encode_note(FrameKind::told, numbers);
}

std::string encode_note(FrameKind kind, std::span<const std::uint32_t> numbers) {
  std::string out;
  put(out, static_cast<std::uint8_t>(kind), 1);
  for (const std::uint32_t number : numbers) put(out, number, 4);
  return out;
}

void add_position(std::vector<std::uint32_t>& numbers, const std::optional<Position>& position) {
  const MessageIdentity none{kNoEndpoint, Address::user(kNoEndpoint), 0};
  const Position said = position.value_or(none);
  if (const auto* const place = std::get_if<LogPlace>(&said)) {
    numbers.insert(numbers.end(), {place->epoch, static_cast<std::uint32_t>(place->offset >> 32),
                                   static_cast<std::uint32_t>(place->offset), 0U});
    return;
  }
  const MessageIdentity& at = std::get<MessageIdentity>(said);
  numbers.insert(numbers.end(),
                 {static_cast<std::uint32_t>(at.sender),
                  static_cast<std::uint32_t>(at.address.kind), at.address.id, at.sequence});
}

std::optional<MessageIdentity> Envelope::position(std::size_t first) const {
  const std::uint32_t addressed = number(first + 1);
  const EndpointId sender{number(first)};
  if (sender == kNoEndpoint || addressed > static_cast<std::uint32_t>(Address::Kind::room)) {
    return std::nullopt;
  }
  return MessageIdentity{
      sender, {static_cast<Address::Kind>(addressed), number(first + 2)}, number(first + 3)};
}

std::optional<LogPlace> Envelope::log_position(std::size_t first) const {
  const std::uint32_t epoch = number(first);
  if (epoch == 0 || epoch > UINT16_MAX) return std::nullopt;
  const std::uint64_t high = number(first + 1) & 0xFFFFU;
  return LogPlace{static_cast<std::uint16_t>(epoch), high << 32 | number(first + 2)};
}

std::uint32_t Envelope::number(std::size_t i) const { return get32(numbers, i * 4); }

std::optional<Envelope> decode(std::span<const std::byte> payload) {
  if (payload.empty()) return std::nullopt;
  const auto kind = static_cast<FrameKind>(payload[0]);
  if (kind < FrameKind::subscribe || kind > FrameKind::moved) return std::nullopt;
  Envelope envelope;
  envelope.kind = kind;
  if (kind == FrameKind::message) {
    if (payload.size() < kMessageHeader) return std::nullopt;
    envelope.message = get_message(payload);
    return envelope;
  }
  if (kind == FrameKind::acknowledge) {  // one number, and as many zeros as others need for words
    if (payload.size() < kOneNumber) return std::nullopt;
    envelope.numbers = payload.subspan(1, 4);
    return envelope;
  }
  envelope.numbers = payload.subspan(1);
  const bool any_number = kind == FrameKind::subscribe || kind == FrameKind::welcome;
  const bool wordless = kind == FrameKind::going_away || kind == FrameKind::moved;
  const std::size_t expected = wordless ? 0 : 1;
  const bool whole =
      envelope.numbers.size() % 4 == 0 && (any_number || envelope.count() == expected);
  if (!whole) return std::nullopt;
  return envelope;
}

std::optional<PeerEnvelope> decode_peer(std::span<const std::byte> payload,
                                        std::string_view stamp) {
  if (payload.size() < kPeerHeader + kMessageHeader) return std::nullopt;
  const auto* const text = reinterpret_cast<const char*>(payload.data());
  if (std::string_view(text, RunName::kStampLength) != stamp) return std::nullopt;
  const auto rest = payload.subspan(kPeerHeader);
  if (static_cast<FrameKind>(rest[0]) != FrameKind::message) return std::nullopt;
  constexpr std::size_t kFields = RunName::kStampLength;
  PeerEnvelope envelope{NodeId{static_cast<std::uint16_t>(get(payload, kFields, 2))},
                        get_message(rest),
                        {{},
                         static_cast<std::uint8_t>(get(payload, kFields + 2, 1)),
                         get(payload, kFields + 3, 1) != 0}};
  const std::size_t count = get32(payload, kFields + 4);
  if (count == 0) return envelope;
  const std::size_t content = content_of(envelope.message, envelope.note);
  if (content > rest.size() || (rest.size() - content) / 4 < count) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    envelope.note.who.push_back(EndpointId{get32(rest, content + 4 * i)});
  }
  return envelope;
}

std::optional<ToldEnvelope> decode_told(std::span<const std::byte> payload,
                                        std::string_view stamp) {
  if (payload.size() < kPeerHeader + 1 || (payload.size() - kPeerHeader) % 4 != 1) return {};
  const auto* const text = reinterpret_cast<const char*>(payload.data());
  if (std::string_view(text, RunName::kStampLength) != stamp) return std::nullopt;
  if (static_cast<FrameKind>(payload[kPeerHeader]) != FrameKind::told) return std::nullopt;
  ToldEnvelope told{NodeId{static_cast<std::uint16_t>(get(payload, RunName::kStampLength, 2))}, {}};
  for (std::size_t at = kPeerHeader + 1; at < payload.size(); at += 4) {
    told.numbers.push_back(get32(payload, at));
  }
  return told;
}

}  // namespace squall::live
