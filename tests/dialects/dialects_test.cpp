// The contract of dialects: each one's transcript (tests/dialects/NAME.txt) comes out as it stands
// there, logs in, joins, says, hears and survives any bytes.
//
// A transcript has what is done (do ...) and what the server says (<); what is said (>) and
// understood (=) follows and is written by SQUALL_REWRITE=1. Only for dialects that need no socket.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "sim/live/dialects/dialect.hpp"
#include "strategies/core/rng.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {
namespace {

using live::DialectEvent;
using Kind = DialectEvent::Kind;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += "\\n";
    if (c == '\r') out += "\\r";
    if (c == '\0') out += "\\0";
    if (c != '\n' && c != '\r' && c != '\0') out.push_back(c);
  }
  return out;
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    if (text[i] != '\\' || (next != 'n' && next != 'r' && next != '0')) {
      out.push_back(text[i]);
      continue;
    }
    out.push_back(next == 'n' ? '\n' : next == 'r' ? '\r' : '\0');
    ++i;
  }
  return out;
}

std::string word(Kind kind) {
  switch (kind) {
    case Kind::logged_in: return "logged_in";
    case Kind::refused: return "refused";
    case Kind::joined: return "joined";
    case Kind::message: return "message";
    case Kind::accepted: return "accepted";
    case Kind::going_away: return "going_away";
    case Kind::noise: return "noise";
  }
  return {};
}

// Alice, with one connection after another.
class Conversation {
 public:
  explicit Conversation(std::unique_ptr<live::Dialect> dialect) : dialect_(std::move(dialect)) {}

  // One line of a transcript; what comes of it.
  std::string play(const std::string& line) {
    live::DialectTurn turn;
    if (line.starts_with("< ")) session_->hear(unescaped(line.substr(2)), turn);
    if (line.starts_with("do ")) act(line.substr(3), turn);
    std::string text;
    for (const live::DialectFrame& frame : turn.say) {
      text += (frame.binary ? ">B " : "> ") + escaped(frame.payload) + "\n";
    }
    for (const DialectEvent& event : turn.heard) {
      text += "= " + word(event.kind);
      for (const std::string& more : {event.text, event.sender}) {
        if (!more.empty()) text += " " + escaped(more);
      }
      text += "\n";
      heard_ += word(event.kind) + " ";
    }
    return text;
  }
  const std::string& heard() const { return heard_; }

 private:
  void act(const std::string& what, live::DialectTurn& turn) {
    if (what == "open" || what == "reopen") {
      session_ = dialect_->session({"alice", "t0ken:pass", {"lobby"}}, memory_);
      session_->opened(turn);
    }
    if (what == "join lobby") session_->join("lobby", turn);
    if (what == "leave lobby") session_->leave("lobby", turn);
    if (what == "send lobby m1") session_->send("lobby", {"m1", "alice", 40}, turn);
    if (what == "beat") session_->beat(turn);
  }

  std::unique_ptr<live::Dialect> dialect_;
  live::DialectMemory memory_;
  std::unique_ptr<live::DialectSession> session_;
  std::string heard_;
};

struct Transcript {
  std::string text, played, heard;
};

Transcript transcript(const live::DialectRow& row) {
  const std::string path = source_path("tests/dialects/") + std::string(row.name) + ".txt";
  Transcript transcript;
  {
    std::ifstream file(path);
    transcript.text = {std::istreambuf_iterator<char>(file), {}};
  }
  Conversation conversation(row.make());
  std::istringstream lines(transcript.text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(">") || line.starts_with("=")) continue;
    transcript.played += line + "\n" + conversation.play(line);
  }
  transcript.heard = conversation.heard();
  const char* const rewrite = std::getenv("SQUALL_REWRITE");
  if (rewrite == nullptr || std::string(rewrite) != "1") return transcript;
  std::ofstream(path) << transcript.played;
  transcript.text = transcript.played;
  return transcript;
}

class EveryDialect : public ::testing::TestWithParam<const live::DialectRow*> {};

TEST_P(EveryDialect, says_and_understands_what_its_transcript_has) {
  const Transcript played = transcript(*GetParam());

  EXPECT_FALSE(played.text.empty()) << "no transcript: tests/dialects/" << GetParam()->name;
  EXPECT_EQ(played.text, played.played);
  for (const char* const must : {"logged_in", "joined lobby", "message m2 bob"}) {
    EXPECT_NE(played.played.find("= " + std::string(must)), std::string::npos) << must;
  }
}

TEST_P(EveryDialect, survives_any_bytes_and_keeps_little_of_them) {
  const Rng rng(7, Purpose::arrival, 0);
  live::DialectMemory memory;
  const auto dialect = GetParam()->make();
  for (std::uint32_t round = 0; round < 200; ++round) {
    const auto session = dialect->session({"alice", "", {}}, memory);
    live::DialectTurn turn;
    session->opened(turn);
    for (std::uint32_t piece = 0; piece < 20; ++piece) {
      std::string bytes;
      for (std::uint32_t i = 0; i < rng.at(round * 20 + piece) % 40; ++i) {
        constexpr std::string_view kLetters = "0123456789[]{}\",:MSGERROPINC \r\n\\\x80";
        const auto letter = rng.at((round * 20 + piece) * 64 + i + 4096) % (kLetters.size() + 1);
        bytes.push_back(letter == kLetters.size() ? '\0' : kLetters[letter]);
      }
      session->hear(bytes, turn);
    }
    for (const DialectEvent& event : turn.heard) EXPECT_LT(event.text.size(), 1000U);
  }
}

std::vector<const live::DialectRow*> rows() {
  std::vector<const live::DialectRow*> list;
  for (const live::DialectRow& row : live::dialects()) list.push_back(&row);
  return list;
}
INSTANTIATE_TEST_SUITE_P(Dialects, EveryDialect, ::testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param->name); });

TEST(DialectFile, a_plain_servers_fits_into_twenty_lines_and_is_spoken) {
  std::ifstream file(source_path("tests/products/plain.json"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::string error;
  auto dialect = live::dialect_of_text(text, error);
  ASSERT_NE(dialect, nullptr) << error;
  Conversation talk(std::move(dialect));

  EXPECT_EQ(talk.play("do open"), "> {\"type\":\"login\",\"user\":\"alice\"}\n");
  EXPECT_EQ(talk.play("< {\"type\":\"welcome\"}"), "= logged_in\n");
  talk.play("do join lobby");
  EXPECT_EQ(talk.play("< {\"type\":\"joined\",\"room\":\"lobby\"}"), "= joined lobby\n");
  EXPECT_EQ(talk.play("< {\"type\":\"ack\",\"id\":\"m1\"}"), "= accepted m1\n");
  EXPECT_EQ(talk.play("< {\"type\":\"said\",\"id\":\"m2\",\"from\":\"bob\",\"more\":[1]}"),
            "= message m2 bob\n");
  EXPECT_EQ(talk.play("< {\"type\":\"something else\"}"), "");
  EXPECT_EQ(talk.play("< {"), "= noise {\n");
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 20);
}

// $ref in the answer to a ping: that of the ping, whatever a server takes for a number, or our own.
TEST(DialectFile, a_ping_is_answered_with_its_number_or_one_of_ours) {
  const auto answer_to = [](const char* hear, const char* ping) {
    std::string error;
    auto dialect = live::dialect_of_text(
        std::string(R"({"send": {"say": 1}, "message": {"hear": {"id": "$id", "from": "$sender"}},
                       "ping": {"hear": )") +
            hear + R"(, "say": {"pong": "$ref#"}}})",
        error);
    EXPECT_NE(dialect, nullptr) << error;
    Conversation talk(std::move(dialect));
    talk.play("do open");
    return talk.play(ping);
  };
  EXPECT_EQ(answer_to(R"({"ping": "$ref"})", R"(< {"ping": 7})"), "> {\"pong\":7}\n");
  EXPECT_EQ(answer_to(R"({"ping": "$any"})", R"(< {"ping": 7})"), "> {\"pong\":1}\n");
  EXPECT_EQ(answer_to(R"({"ping": "$ref"})", R"(< {"ping": "seven"})"), "> {\"pong\":\"seven\"}\n");
  EXPECT_EQ(answer_to(R"({"ping": "$ref"})", R"(< {"ping": "99999999999999999999"})"),
            "> {\"pong\":\"99999999999999999999\"}\n");
}

TEST(DialectFile, a_mistake_is_said_with_its_place_and_what_helps) {
  const auto complaint = [](const std::string& text) {
    std::string error;
    EXPECT_EQ(live::dialect_of_text(text, error), nullptr);
    return error;
  };

  EXPECT_EQ(complaint("{\n  \"url\": }"),
            "line 2, column 10: syntax error while parsing value - "
            "unexpected '}'; expected '[', '{', or a literal");
  EXPECT_EQ(complaint("[]"),
            "line 1, column 1: a dialect is an object, as in { \"send\": { \"say\": .. } }");
  EXPECT_EQ(complaint("{\n \"joins\": {} }").substr(0, 44),
            "line 2, column 2: \"joins\" is not known; poss");
  EXPECT_EQ(complaint("{ \"join\": { \"says\": 1 } }"),
            "line 1, column 3: \"join\" has \"says\"; it may have \"say\" and \"hear\"");
  EXPECT_NE(complaint("{ \"send\": { \"say\": 1 } }").find("\"message\" with \"hear\" is missing"),
            std::string::npos);
  EXPECT_NE(complaint(R"({"send":{"say":1},"message":{"hear":{"id":"$id"}}})").find("$sender"),
            std::string::npos);
}

}  // namespace
}  // namespace squall::testing
