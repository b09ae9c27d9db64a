// RFC 6455 section by section, by hand: what is said to a server of the live engine, and what it
// answers. Frames come from by_hand.hpp; each case is said at once and byte by byte.
//
// The opening handshake is in opening_handshake_test.cpp, a client's side in conversation_test.cpp.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/live/net/framing.hpp"
#include "tests/support/by_hand.hpp"
#include "tests/support/byte_socket.hpp"
#include "tests/support/echo_server.hpp"

namespace squall::testing {
namespace {

struct Rule {
  std::string name, said, answer;  // the answer in words; the server ends the connection after it
};
std::ostream& operator<<(std::ostream& out, const Rule& row) { return out << row.name; }

// The first says what it is about; a goodbye at the end makes every case end.
const std::string kBye = by_hand(kFin | kClose, code_of(1000));
const std::string kByeWords = "close 1000";

Rule answered(std::string name, std::string said, const std::string& answer) {
  return {std::move(name), said + kBye, answer.empty() ? kByeWords : answer + ", " + kByeWords};
}
Rule refused(std::string name, std::string said, unsigned code) {
  return {std::move(name), std::move(said), "close " + std::to_string(code)};
}

class WebSocketRules : public ::testing::TestWithParam<Rule> {
 protected:
  static EchoServer& server() {
    static EchoServer one;
    return one;
  }
};

std::unique_ptr<ByteSocket> upgraded(EchoServer& server) {
  auto socket = std::make_unique<ByteSocket>(server.port());
  socket->say(request_by_hand());
  socket->hear([](const std::string& text) { return text.find("\r\n\r\n") != text.npos; });
  const std::string head = socket->take(socket->heard().find("\r\n\r\n") + 4);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101 ")) << head;
  return socket;
}

TEST_P(WebSocketRules, Hold) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}}) {
    const auto socket = upgraded(server());

    socket->say(GetParam().said, piece);
    const bool in_order = socket->hear_all();

    EXPECT_EQ(in_words(socket->heard()), GetParam().answer) << "in pieces of " << piece;
    EXPECT_TRUE(in_order) << "the connection was reset";
  }
}

std::vector<Rule> frames() {
  std::vector<Rule> rows = {
      refused("AFrameWithoutAMask", by_hand(kFin | kText, "hello", Masked::no), 1002),
      refused("ReservedBit1", by_hand(kFin | kRsv1 | kText, "hello"), 1002),
      refused("ReservedBit2", by_hand(kFin | kRsv2 | kBinary, "hello"), 1002),
      refused("ReservedBit3OfAPing", by_hand(kFin | kRsv3 | kPing, ""), 1002),
      refused("ALengthIn16BitsThatFitsInto7", by_hand(kFin | kText, "short", Masked::yes, 2), 1002),
      refused("ALengthIn64BitsThatFitsInto16",
              by_hand(kFin | kBinary, std::string(200, 'x'), Masked::yes, 8), 1002),
      refused("ALengthWithTheHighestBit", std::string("\x82\xff\x80\0\0\0\0\0\0\x01", 10) + "mask",
              1002),
      answered("AFrameWithoutPayload", by_hand(kFin | kText, ""), "text "),
  };
  for (const unsigned opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    rows.push_back(
        refused("ReservedOpcode" + std::to_string(opcode), by_hand(kFin | opcode, "hello"), 1002));
  }
  for (const std::size_t size : {125U, 126U, 127U, 65535U, 65536U}) {
    rows.push_back(answered("APayloadOf" + std::to_string(size),
                            by_hand(kFin | kBinary, std::string(size, 'x')),
                            "binary " + std::to_string(size) + " bytes"));
  }
  return rows;
}

std::vector<Rule> fragments() {
  const std::string hel = by_hand(kText, "Hel"), lo = by_hand(kFin, "lo");
  const std::string ping = by_hand(kFin | kPing, "between");
  return {
      answered("TwoFragmentsAreOneMessage", hel + lo, "text Hello"),
      answered("ManyFragmentsAreOneMessage",
               by_hand(kBinary, "a") + by_hand(0, "b") + by_hand(0, "c") + by_hand(kFin, "d"),
               "binary abcd"),
      answered("EmptyFragmentsCount",
               by_hand(kText, "") + by_hand(0, "") + by_hand(0, "x") + by_hand(kFin, ""), "text x"),
      answered("TwoMessagesInFragmentsAreTwo", hel + lo + hel + lo, "text Hello, text Hello"),
      answered("APingBetweenFragmentsIsAnsweredAtOnce", hel + ping + by_hand(0, "l") + ping + lo,
               "pong between, pong between, text Helllo"),
      answered("AGoodbyeBetweenFragmentsEndsIt", hel, ""),
      refused("AContinuationOfNothing", by_hand(kFin, "lo"), 1002),
      refused("AContinuationThatDoesNotEndOfNothing", by_hand(0, "lo"), 1002),
      {"AContinuationAfterAWholeMessage", by_hand(kFin | kText, "hi") + lo, "text hi, close 1002"},
      refused("AMessageWithinAMessage", hel + by_hand(kFin | kText, "new"), 1002),
      refused("AFragmentedMessageWithinAMessage", hel + by_hand(kBinary, "new"), 1002),
  };
}

std::vector<Rule> control_frames() {
  return {
      answered("APingIsAnsweredWithWhatItCarried", by_hand(kFin | kPing, "payload"),
               "pong payload"),
      answered("APingWithNothingIsAnsweredWithNothing", by_hand(kFin | kPing, ""), "pong "),
      answered("APingOf125Bytes", by_hand(kFin | kPing, std::string(125, 'p')), "pong 125 bytes"),
      answered("PingsAreAnsweredInOrder",
               by_hand(kFin | kPing, "1") + by_hand(kFin | kPing, "2") + by_hand(kFin | kPing, "3"),
               "pong 1, pong 2, pong 3"),
      answered("APongThatNobodyAskedForIsIgnored", by_hand(kFin | kPong, "unasked"), ""),
      refused("APingOf126Bytes", by_hand(kFin | kPing, std::string(126, 'p')), 1002),
      refused("APingInFragments", by_hand(kPing, "fra"), 1002),
      refused("APongInFragments", by_hand(kPong, "fra"), 1002),
      refused("AGoodbyeInFragments", by_hand(kClose, code_of(1000)), 1002),
      refused("AGoodbyeOf126Bytes", by_hand(kFin | kClose, code_of(1000, std::string(124, 'x'))),
              1002),
  };
}

std::vector<Rule> goodbyes() {
  const auto bye = [](const std::string& payload) { return by_hand(kFin | kClose, payload); };
  std::vector<Rule> rows = {
      {"AGoodbyeWithoutACodeIsAnsweredWithoutOne", bye(""), "close"},
      {"AGoodbyeWithAReasonIsAnsweredWithItsCode", bye(code_of(1001, "off I go")), "close 1001"},
      {"TheLongestReason", bye(code_of(3000, std::string(123, 'r'))), "close 3000"},
      {"WhatFollowsAGoodbyeIsIgnored", kBye + by_hand(kFin | kText, "late") + bye(code_of(1001)),
       "close 1000"},
      {"EvenNonsenseBehindAGoodbyeIsIgnored", kBye + std::string(300, '\xff'), "close 1000"},
      {"WhatFollowsAMistakeIsIgnored", by_hand(kFin | 3, "") + by_hand(kFin | kText, "late"),
       "close 1002"},
      {"TheServersGoodbyeHasItsCode", by_hand(kFin | kText, "close 4000"), "close 4000"},
      refused("AGoodbyeOfOneByte", bye("x"), 1002),
      refused("AReasonThatIsNoText", bye(code_of(1000, "\xc0\xaf")), 1007),
      refused("AReasonThatIsCut", bye(code_of(1000, "\xe2\x82")), 1007),
  };
  for (const unsigned code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
                              1014, 3000, 3999, 4000, 4999}) {
    rows.push_back({"Code" + std::to_string(code) + "IsAnswered", bye(code_of(code)),
                    "close " + std::to_string(code)});
  }
  for (const unsigned code :
       {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    rows.push_back(refused("Code" + std::to_string(code) + "IsNone", bye(code_of(code)), 1002));
  }
  return rows;
}

std::vector<Rule> texts() {
  const auto text = [](std::string_view bytes) { return by_hand(kFin | kText, bytes); };
  const auto good = [&](std::string name, const std::string& bytes) {
    return answered(std::move(name), text(bytes), "text " + bytes);
  };
  const auto bad = [&](std::string name, std::string_view bytes) {
    return refused(std::move(name), text(bytes), 1007);
  };
  std::string half = text(std::string("\xce\xba\xff") + std::string(97, 'x'));
  half.resize(6 + 3);
  return {
      good("Greek", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"),
      good("TheLastOfTwoBytes", "\xdf\xbf"),
      good("AroundTheSurrogates", "\xed\x9f\xbf\xee\x80\x80"),
      good("TheReplacementAndTheNonCharacters", "\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf"),
      good("TheLastCodePoint", "\xf4\x8f\xbf\xbf"),
      good("ANullByte", std::string("a\0b", 3)),
      bad("AByteThatNeverOccurs", "\xff"),
      bad("AContinuationByteAlone", "abc\x80"),
      bad("OverlongInTwo", "\xc0\xaf"),
      bad("OverlongInThree", "\xe0\x80\xaf"),
      bad("OverlongInFour", "\xf0\x80\x80\xaf"),
      bad("ASurrogate", "\xed\xa0\x80"),
      bad("BeyondTheLastCodePoint", "\xf4\x90\x80\x80"),
      bad("ALeadByteOfFiveBytes", "\xf8\x88\x80\x80\x80"),
      bad("ACutCharacter", "\xe2\x82"),
      bad("ACharacterThatIsBrokenOff", "\xe2\x82 and more than eight bytes of it"),
      bad("NoTextBehindMuchText", std::string(5000, 'x') + "\xff"),
      answered("ACharacterAcrossFragments",
               by_hand(kText, "\xf0\x9f") + by_hand(0, "\xa6") + by_hand(kFin, "\xad"),
               "text \xf0\x9f\xa6\xad"),
      refused("AFragmentThatNoTextCanContainBeforeTheRestComes", by_hand(kText, "ab\xff"), 1007),
      refused("HalfAFrameThatNoTextCanContainBeforeTheRestComes", half, 1007),
      refused("ACharacterThatEndsInAnotherFragmentWrongly",
              by_hand(kText, "\xe2") + by_hand(kFin, "\x28\xa1"), 1007),
      answered("BinaryNeedNotBeText", by_hand(kFin | kBinary, "\xff\xc0\x80"),
               "binary \xff\xc0\x80"),
      answered("ATextAfterABinaryIsCheckedAnew",
               by_hand(kFin | kBinary, "\xe2") + by_hand(kFin | kText, "ok"),
               "binary \xe2, text ok"),
  };
}

std::vector<Rule> limits() {
  // A header that promises a payload, without it.
  const auto promise = [](std::uint64_t size) {
    std::string head = "\x82\xff";
    for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(size >> shift);
    return head + "mask";
  };
  return {
      refused("AFrameBeyondTheLimit", promise(live::FrameReader::kMaxMessage + 1), 1009),
      refused("AFrameOf2To62Bytes", promise(std::uint64_t{1} << 62), 1009),
      refused("FragmentsThatTogetherAreBeyondTheLimit",
              by_hand(kBinary, "x") + '\x80' + promise(live::FrameReader::kMaxMessage).substr(1),
              1009),
  };
}

std::string name_of(const ::testing::TestParamInfo<Rule>& row) { return row.param.name; }
using ::testing::ValuesIn;
INSTANTIATE_TEST_SUITE_P(Section5Frames, WebSocketRules, ValuesIn(frames()), name_of);
INSTANTIATE_TEST_SUITE_P(Section54Fragments, WebSocketRules, ValuesIn(fragments()), name_of);
INSTANTIATE_TEST_SUITE_P(Section55Control, WebSocketRules, ValuesIn(control_frames()), name_of);
INSTANTIATE_TEST_SUITE_P(Section7Goodbyes, WebSocketRules, ValuesIn(goodbyes()), name_of);
INSTANTIATE_TEST_SUITE_P(Section81Texts, WebSocketRules, ValuesIn(texts()), name_of);
INSTANTIATE_TEST_SUITE_P(Section104Limits, WebSocketRules, ValuesIn(limits()), name_of);

TEST(WebSocketServer, WhoIsStillSendingSeesTheCodeAndNoReset) {
  EchoServer server;
  const auto socket = upgraded(server);
  const std::string tail(20 << 20, 'x');

  // Far more than the sockets between them can hold.
  const bool all = socket->say(by_hand(kFin | 3, "") + tail);
  socket->finish();

  EXPECT_TRUE(all);
  EXPECT_TRUE(socket->hear_all());
  EXPECT_EQ(in_words(socket->heard()), "close 1002");
}

TEST(WebSocketServer, TheLargestMessageComesBackWhole) {
  EchoServer server;
  const auto socket = upgraded(server);
  const std::size_t size = live::FrameReader::kMaxMessage;

  socket->say(by_hand(kFin | kBinary, std::string(size, 'x')));
  socket->hear([&](const std::string& heard) { return heard.size() >= size + 10; });

  EXPECT_EQ(in_words(socket->heard()), "binary " + std::to_string(size) + " bytes");
}

TEST(WebSocketServer, FramesBehindTheRequestInOnePieceAreRead) {
  EchoServer server;
  ByteSocket socket(server.port());

  socket.say(request_by_hand() + by_hand(kFin | kText, "already") + kBye);
  EXPECT_TRUE(socket.hear_all());

  const std::size_t head = socket.heard().find("\r\n\r\n") + 4;
  EXPECT_EQ(in_words(std::string_view(socket.heard()).substr(head)), "text already, close 1000");
}

}  // namespace
}  // namespace squall::testing
