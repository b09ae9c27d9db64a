// NATS over WebSocket: the protocol of its TCP clients, in binary frames.
//
// A frame is no message: several may be in one, or one in several. Rooms are subjects. Nothing is
// acknowledged, but what a client says comes back to it, which shows that its server has it.
#include <algorithm>
#include <charconv>
#include <deque>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "sim/live/dialects/dialect.hpp"
#include "sim/live/dialects/parcel.hpp"
#include "sim/live/dialects/rows.hpp"

namespace squall::live {
namespace {

using Kind = DialectEvent::Kind;

constexpr std::string_view kEnd = "\r\n";

// The last word of a line, a number; of MSG the length, of HMSG the length of all.
std::size_t last_number(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  const std::string_view word = space == line.npos ? line : line.substr(space + 1);
  std::size_t number = kMostUnfinished + 1;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

// HMSG subject id LENGTH-OF-HEADERS LENGTH-OF-ALL
std::string_view behind_headers(std::string_view line, std::string_view body) {
  if (!line.starts_with("HMSG ")) return body;
  const std::size_t headers = last_number(line.substr(0, line.rfind(' ')));
  return body.substr(std::min(headers, body.size()));
}

class NatsSession final : public DialectSession {
 public:
  explicit NatsSession(const DialectUser& user) : user_(user) {}

  void opened(DialectTurn&) override {}  // the server says INFO
  void join(const std::string& room, DialectTurn& turn) override {
    subscribed_[room] = ++number_;
    say(fmt::format("SUB {} {}", room, number_), turn);
    flush({Kind::joined, room}, turn);
  }
  void leave(const std::string& room, DialectTurn& turn) override {
    say(fmt::format("UNSUB {}", subscribed_[room]), turn);
  }
  void send(const std::string& room, const Parcel& parcel, DialectTurn& turn) override {
    const std::string text = parcel_text(parcel);
    say("PUB " + room + " " + std::to_string(text.size()) + std::string(kEnd) + text, turn);
  }

  void hear(std::string_view payload, DialectTurn& turn) override {
    waiting_.append(payload);
    std::string_view rest = waiting_;
    while (take(rest, turn)) {
    }
    waiting_.erase(0, waiting_.size() - rest.size());
    if (waiting_.size() > kMostUnfinished)
      waiting_.clear(), turn.heard.push_back({Kind::noise, "too big"});
  }

 private:
  static void say(const std::string& line, DialectTurn& turn) {
    turn.say.push_back({line + std::string(kEnd), true});
  }
  // The PONG to this PING says that all before it was done.
  void flush(DialectEvent then, DialectTurn& turn) {
    say("PING", turn);
    pings_.push_back(std::move(then));
  }

  // One whole command off the front.
  bool take(std::string_view& rest, DialectTurn& turn) {
    const std::size_t end = rest.find(kEnd);
    if (end == rest.npos) return false;
    const std::string_view line = rest.substr(0, end);
    std::string_view body = rest.substr(end + kEnd.size());
    if (line.starts_with("MSG ") || line.starts_with("HMSG ")) {
      const std::size_t size = last_number(line);
      if (size > kMostUnfinished) {
        turn.heard.push_back(noise_event(line));
      } else {
        if (body.size() < size + kEnd.size()) return false;
        const auto message = parcel_event(behind_headers(line, body.substr(0, size)));
        turn.heard.push_back(message ? *message : noise_event(line));
        body.remove_prefix(size + kEnd.size());
      }
    } else {
      command(line, turn);
    }
    rest = body;
    return true;
  }

  void command(std::string_view line, DialectTurn& turn) {
    if (line.starts_with("INFO")) {
      if (!std::exchange(greeted_, true)) log_in(turn);
    } else if (line == "PING") {
      say("PONG", turn);
    } else if (line == "PONG") {
      if (pings_.empty()) return;
      turn.heard.push_back(std::move(pings_.front()));
      pings_.pop_front();
    } else if (line.starts_with("-ERR")) {
      turn.heard.push_back({Kind::refused, std::string(line)});
    } else if (line != "+OK" && !line.empty()) {
      turn.heard.push_back(noise_event(line));
    }
  }

  void log_in(DialectTurn& turn) {
    nlohmann::ordered_json options{{"verbose", false}, {"pedantic", false}, {"echo", false},
                                   {"headers", true},  {"protocol", 1},     {"name", user_.name}};
    if (!user_.token.empty()) options["auth_token"] = user_.token;
    say("CONNECT " + options.dump(), turn);
    flush({Kind::logged_in, {}}, turn);
  }

  DialectUser user_;
  bool greeted_ = false;
  std::string waiting_;
  std::deque<DialectEvent> pings_;
  std::map<std::string, std::uint64_t> subscribed_;
  std::uint64_t number_ = 0;
};

class Nats final : public Dialect {
 public:
  std::string target(const DialectUser&) const override { return "/"; }
  std::unique_ptr<DialectSession> session(const DialectUser& user, DialectMemory&) const override {
    return std::make_unique<NatsSession>(user);
  }
};

}  // namespace

DialectRow nats_row() {
  return {"nats", "NATS", "nats-server of Debian, a cluster of three",
          "the client protocol in binary frames; rooms are subjects; no acknowledgement",
          make<Nats>};
}

}  // namespace squall::live
