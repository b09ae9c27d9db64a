// RESP2: what is written is read back, whatever pieces it arrives in; and what is no RESP, or too
// much of it, is an error and not a guess.
#include "sim/live/resp/resp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/live/arbitrary_resp.hpp"

namespace squall::live {
namespace {

using Kind = RespValue::Kind;
using State = RespRead::State;

RespRead read(std::string_view text, RespValue& value, const RespLimits& limits = {}) {
  return read_resp(bytes_of(text), limits, value);
}

// As a Channel would: every piece is added to what was not understood before.
std::vector<std::string> read_in_pieces(const std::string& text,
                                        const std::vector<std::size_t>& cuts) {
  std::vector<std::string> values;
  std::string rest;
  RespValue value;
  std::size_t at = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : text.size();
    rest += text.substr(at, end - at);
    at = end;
    for (;;) {
      const RespRead done = read(rest, value);
      RC_ASSERT(done.state != State::broken);
      if (done.state == State::incomplete) break;
      write_value(values.emplace_back(), value);
      rest.erase(0, done.consumed);
    }
  }
  RC_ASSERT(rest.empty());
  return values;
}

RC_GTEST_PROP(Resp, ReadsTheSameValuesHoweverTheBytesAreCut, ()) {
  std::vector<std::string> written;
  std::string text;
  const auto count = *rc::gen::inRange<std::size_t>(1, 6);
  for (std::size_t i = 0; i < count; ++i) text += written.emplace_back(arbitrary_value(3));
  auto cuts = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, text.size() + 1));
  std::ranges::sort(cuts);

  const std::vector<std::string> values = read_in_pieces(text, cuts);

  RC_ASSERT(values == written);
}

RC_GTEST_PROP(Resp, AnyBytesAtAllAreReadWithoutReachingBeyondThem, (const std::string& noise)) {
  const std::string types = "+-:$*\r\n0123456789";
  std::string text = noise;
  for (char& c : text) c = *rc::gen::element(types[static_cast<unsigned char>(c) % 17], c);
  RespValue value;

  const RespRead done = read(text, value);

  RC_ASSERT(done.consumed <= text.size());
  RC_ASSERT((done.state == State::value) == (done.consumed > 0));
  RC_ASSERT((done.state == State::broken) == !done.error.empty());
}

TEST(Resp, ACommandIsAnArrayOfTexts) {
  std::string out;

  write_command(out, {"PUBLISH", "topic", std::string_view("\0\r\n", 3)});

  EXPECT_EQ(out, std::string("*3\r\n$7\r\nPUBLISH\r\n$5\r\ntopic\r\n$3\r\n\0\r\n\r\n", 37));
}

TEST(Resp, NilIsNoTextAndNoEmptyArray) {
  RespValue value;

  ASSERT_EQ(read("$-1\r\n", value).state, State::value);
  EXPECT_TRUE(value.is(Kind::nil));
  ASSERT_EQ(read("*-1\r\n", value).state, State::value);
  EXPECT_TRUE(value.is(Kind::nil));
  ASSERT_EQ(read("*0\r\n", value).state, State::value);
  EXPECT_TRUE(value.is(Kind::array));
  ASSERT_EQ(read("$0\r\n\r\n", value).state, State::value);
  EXPECT_TRUE(value.is(Kind::bulk));
}

TEST(Resp, AValueThatIsUsedAgainKeepsNothingOfTheOneBefore) {
  RespValue value;
  ASSERT_EQ(read("*2\r\n*1\r\n:5\r\n$1\r\na\r\n", value).state, State::value);

  ASSERT_EQ(read("*2\r\n:1\r\n+x\r\n", value).state, State::value);

  RespValue fresh;
  ASSERT_EQ(read("*2\r\n:1\r\n+x\r\n", fresh).state, State::value);
  EXPECT_EQ(value, fresh);
}

struct BadText {
  std::string_view text;
  std::string_view error;
};
class RespBroken : public ::testing::TestWithParam<BadText> {};

TEST_P(RespBroken, IsAnErrorInTheWordsOfRedis) {
  const RespLimits limits{.bulk_bytes = 100, .items = 10, .depth = 2, .line_bytes = 20};
  RespValue value;

  const RespRead done = read(GetParam().text, value, limits);

  EXPECT_EQ(done.state, State::broken);
  EXPECT_EQ(done.error, "Protocol error: " + std::string(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Resp, RespBroken,
    ::testing::Values(BadText{"GET / HTTP/1.1\r\n", "unknown type of value"},
                      BadText{"$101\r\n", "invalid bulk length"},
                      BadText{"$-2\r\n", "invalid bulk length"},
                      BadText{"$\r\n", "invalid bulk length"},
                      BadText{"$99999999999999999999\r\n", "invalid bulk length"},
                      BadText{"*11\r\n", "invalid multibulk length"},
                      BadText{"*x\r\n", "invalid multibulk length"},
                      BadText{"*1\r\n*1\r\n*1\r\n:1\r\n", "arrays nested too deeply"},
                      BadText{":12a\r\n", "invalid integer"},
                      BadText{"+a\rb\r\n", "a line must end with CR LF"},
                      BadText{"$1\r\nabcd", "a text must end with CR LF"},
                      BadText{"+123456789012345678901", "too big a line"}));

}  // namespace
}  // namespace squall::live
