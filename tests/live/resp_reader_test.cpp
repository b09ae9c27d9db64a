// Values of RESP in pieces: the same values as in one piece, and work that grows with the length
// of the stream and not with its square. What a value means is resp_test.cpp's.
#include "sim/live/resp/resp_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "sim/live/net/byte_queue.hpp"
#include "tests/live/arbitrary_resp.hpp"

namespace squall::live {
namespace {

using State = RespRead::State;

struct Fed {
  std::vector<std::string> values;  // as RESP again
  bool broken = false;
};

// Feeds `stream` in pieces, as a channel does.
Fed feed(RespReader& reader, ByteQueue& kept, const std::string& stream, std::size_t piece) {
  Fed fed;
  for (std::size_t at = 0; at < stream.size() && !fed.broken; at += piece) {
    kept.append(bytes_of(std::string_view(stream).substr(at, piece)));
    while (!kept.empty()) {
      const RespRead read = reader.read(kept.view());
      fed.broken = read.state == State::broken;
      if (read.state != State::value) break;
      write_value(fed.values.emplace_back(), reader.value());
      kept.consume(read.consumed);
    }
  }
  return fed;
}

RC_GTEST_PROP(RespReader, AnyCutOfTheStreamGivesTheSameValues, ()) {
  const auto count = *rc::gen::inRange(1, 5);
  const auto piece = *rc::gen::inRange<std::size_t>(1, 40);
  std::string stream;
  std::vector<std::string> sent;
  for (int i = 0; i < count; ++i) stream += sent.emplace_back(arbitrary_value(3));
  RespReader reader;
  ByteQueue kept;

  const Fed fed = feed(reader, kept, stream, piece);

  RC_ASSERT(fed.values == sent);
  RC_ASSERT(!fed.broken);
}

RC_GTEST_PROP(RespReader, AnyBytesEndAsTheyDoInOnePiece, (const std::string& tail)) {
  const std::string stream = "*2\r\n$1\r\na\r\n" + tail + std::string(80'000, 'x');
  const auto piece = *rc::gen::inRange<std::size_t>(1, 4000);
  RespReader reader, at_once;
  ByteQueue kept, all;

  const Fed pieces = feed(reader, kept, stream, piece);
  const Fed whole = feed(at_once, all, stream, stream.size());

  RC_ASSERT(pieces.values == whole.values);
  RC_ASSERT(pieces.broken == whole.broken);
}

TEST(RespReader, APublishOf60MebibytesMovesEachByteABoundedNumberOfTimes) {
  std::string stream;
  write_command(stream, {"PUBLISH", "room:5", std::string(60 << 20, 'x')});
  RespReader reader;
  ByteQueue kept;

  const Fed fed = feed(reader, kept, stream, 64 * 1024);

  EXPECT_EQ(fed.values.size(), 1U);
  EXPECT_LT(kept.moved(), 4 * stream.size());
  EXPECT_LT(reader.steps(), 2 * (stream.size() >> 16) + 20);
}

TEST(RespReader, AnArrayOfHundredThousandTextsIsLookedThroughTwice) {
  constexpr std::size_t kItems = 100'000;
  std::string stream;
  write_array(stream, kItems);
  for (std::size_t i = 0; i < kItems; ++i) write_bulk(stream, "a text of a few bytes");
  RespReader reader;
  ByteQueue kept;

  const Fed fed = feed(reader, kept, stream, 1000);

  EXPECT_EQ(fed.values.size(), 1U);
  EXPECT_LT(reader.steps(), 2 * kItems);
}

TEST(ByteQueue, ManySmallMessagesBehindALargeReadAreNotMovedForEachOfThem) {
  ByteQueue kept;
  const std::string stream(1 << 20, 'x');
  kept.append(bytes_of(stream));

  for (std::size_t used = 0; used + 20 <= stream.size(); used += 10) {
    kept.consume(10);
    kept.append(bytes_of("0123456789"));
  }

  EXPECT_LT(kept.moved(), 8 * stream.size());
}

}  // namespace
}  // namespace squall::live
