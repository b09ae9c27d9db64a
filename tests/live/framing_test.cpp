// WebSocket frames: what is written is read back, however the bytes are cut, and what is wrong is
// refused. Handshakes come before that, and are Beast's (tests/live/live_engine_test.cpp).
#include "sim/live/net/framing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "sim/live/resp/resp.hpp"

namespace squall::live {
namespace {

bool nobody(Opcode, std::span<const std::byte>) { return true; }

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

TEST(Framing, EachSideRefusesTheOtherSidesFrames) {
  FrameReader server(true), client(false);

  EXPECT_EQ(server.feed(bytes_of(encode_frame(Opcode::binary, "hello")), nobody), std::nullopt);
  EXPECT_EQ(client.feed(bytes_of(encode_frame(Opcode::binary, "hello", 1)), nobody), std::nullopt);

  EXPECT_EQ(server.error(), kProtocolError);
  EXPECT_EQ(client.error(), kProtocolError);
}

TEST(Framing, AMessageOf12MebibytesIsPutTogetherByMovingEachByteABoundedNumberOfTimes) {
  for (const bool masked : {false, true}) {
    const std::string stream =
        encode_frame(Opcode::binary, std::string(12 << 20, 'x'),
                     masked ? std::optional<std::uint32_t>(0x12345678) : std::nullopt);
    FrameReader reader(masked);
    std::size_t seen = 0;

    for (std::size_t at = 0; at < stream.size(); at += 65536) {
      const std::string piece = stream.substr(at, 65536);
      reader.feed(bytes_of(piece), [&](Opcode, auto payload) { return seen += payload.size(); });
    }

    EXPECT_EQ(seen, 12U << 20);
    EXPECT_LT(reader.copied(), 3 * stream.size());
  }
}

TEST(Framing, AMessageInTenThousandFragmentsToo) {
  FrameReader reader(false);
  std::size_t seen = 0;
  const auto count = [&](Opcode, auto payload) { return seen += payload.size(); };

  for (int i = 0; i < 10'000; ++i) {
    const Opcode opcode = i == 0 ? Opcode::binary : Opcode::continuation;
    std::string fragment = encode_frame(opcode, "0123456789");
    if (i < 9'999) fragment[0] &= 0x0f;
    reader.feed(bytes_of(fragment), count);
  }

  EXPECT_EQ(seen, 100'000U);
  EXPECT_LT(reader.copied(), 300'000U);
}

TEST(Framing, MasksAreNotGuessedFromTheOnesBefore) {
  const std::set<std::uint32_t> masks = {fresh_mask(), fresh_mask(), fresh_mask(), fresh_mask()};

  EXPECT_EQ(masks.size(), 4U);
}

TEST(Framing, ACloseCodeIsReadBackAndNoneIs1005) {
  const std::string payload = close_payload(kServiceRestart);

  EXPECT_EQ(close_code(bytes_of(payload)), kServiceRestart);
  EXPECT_EQ(close_code({}), kNoCode);
}

}  // namespace
}  // namespace squall::live
