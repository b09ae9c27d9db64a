// WebSocket frames: what is written is read back, however the bytes are cut, and what is wrong is
// refused. Handshakes come before that, and are Beast's (tests/live/live_engine_test.cpp).
#include "sim/live/net/framing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace squall::live {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

struct Seen {
  Opcode opcode;
  std::string payload;
  bool operator==(const Seen&) const = default;
};

// Feeds `stream` in pieces of `piece` bytes, keeping what was not understood, as a channel does.
std::vector<Seen> read_all(const std::string& stream, std::size_t piece, bool masked) {
  FrameReader reader(masked);
  std::vector<Seen> seen;
  std::string rest;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    rest += stream.substr(at, piece);
    const auto used =
        reader.feed(bytes_of(rest), [&](Opcode opcode, std::span<const std::byte> payload) {
          seen.push_back(
              {opcode, std::string(reinterpret_cast<const char*>(payload.data()), payload.size())});
          return true;
        });
    if (!used) return {};
    rest.erase(0, *used);
  }
  return seen;
}

RC_GTEST_PROP(Framing, AnyCutOfTheStreamGivesTheSameFrames, (bool masked)) {
  const auto payloads =
      *rc::gen::container<std::vector<std::string>>(rc::gen::arbitrary<std::string>());
  const auto piece = *rc::gen::inRange<std::size_t>(1, 300);
  std::string stream;
  std::vector<Seen> sent;
  for (const std::string& payload : payloads) {
    stream += encode_frame(Opcode::binary, payload,
                           masked ? std::optional<std::uint32_t>(0x12345678) : std::nullopt);
    sent.push_back({Opcode::binary, payload});
  }

  const std::vector<Seen> seen = read_all(stream, piece, masked);

  RC_ASSERT(seen == sent);
}

TEST(Framing, LengthsAroundTheLimitsOfTheHeaderAreReadBack) {
  for (const std::size_t size : {0U, 125U, 126U, 65535U, 65536U, 70000U}) {
    const std::string payload(size, 'x');

    const std::vector<Seen> seen = read_all(encode_frame(Opcode::text, payload), 4096, false);

    ASSERT_EQ(seen.size(), 1U) << size;
    EXPECT_EQ(seen.front().payload, payload) << size;
  }
}

TEST(Framing, AServerRefusesAFrameWithoutAMask) {
  FrameReader server(true);

  const auto frame = server.first(bytes_of(encode_frame(Opcode::binary, "hello")));

  EXPECT_FALSE(frame.has_value());
}

TEST(Framing, AFragmentAnUnknownOpcodeAndALongControlFrameAreProtocolErrors) {
  FrameReader reader(false);
  const std::string fragment{'\x02', '\x00'}, unknown{'\x83', '\x00'};
  const std::string long_ping{'\x89', '\x7e', '\x00', '\x7e'};

  EXPECT_FALSE(reader.first(bytes_of(fragment)).has_value());
  EXPECT_FALSE(reader.first(bytes_of(unknown)).has_value());
  EXPECT_FALSE(reader.first(bytes_of(long_ping)).has_value());
}

TEST(Framing, ACloseCodeIsReadBackAndNoneIs1005) {
  const std::string payload = close_payload(kServiceRestart);

  EXPECT_EQ(close_code(bytes_of(payload)), kServiceRestart);
  EXPECT_EQ(close_code({}), 1005);
}

}  // namespace
}  // namespace squall::live
