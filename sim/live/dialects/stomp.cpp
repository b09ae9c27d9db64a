// STOMP 1.2 over WebSocket, as RabbitMQ's web_stomp speaks it.
//
// Rooms are /topic/NAME, so every subscriber hears all of it. Joins and messages ask for a receipt,
// which is the acknowledgement. A token is "login:passcode".
#include <fmt/core.h>
#include <algorithm>
#include <charconv>

#include "sim/live/dialects/dialect.hpp"
#include "sim/live/dialects/parcel.hpp"
#include "sim/live/dialects/rows.hpp"

namespace squall::live {
namespace {

using Kind = DialectEvent::Kind;

constexpr char kNul = '\0';

struct StompFrame {
  std::string command;
  std::map<std::string, std::string> headers;
  std::string body;
};

std::string without_return(std::string_view line) {
  return std::string(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
}

// One whole frame off the front; heartbeats before it are skipped.
bool take(std::string_view& rest, StompFrame& frame) {
  while (rest.starts_with('\n') || rest.starts_with('\r')) rest.remove_prefix(1);
  std::size_t at = 0;
  for (bool first = true;; first = false) {
    const std::size_t end = rest.find('\n', at);
    if (end == rest.npos) return false;
    const std::string line = without_return(rest.substr(at, end - at));
    at = end + 1;
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (first) {
      frame.command = line;
    } else if (colon != line.npos) {
      frame.headers.emplace(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  const auto length = frame.headers.find("content-length");
  std::size_t size = 0;
  if (length != frame.headers.end()) {
    const std::string& digits = length->second;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (read.ec != std::errc{} || size > kMostUnfinished) size = kMostUnfinished;
  } else {
    size = rest.find(kNul, at);
    if (size == rest.npos) return false;
    size -= at;
  }
  if (rest.size() < at + size + 1) return false;
  frame.body = rest.substr(at, size);
  rest.remove_prefix(at + size + 1);
  return true;
}

class StompSession final : public DialectSession {
 public:
  explicit StompSession(const DialectUser& user) : user_(user) {}

  void opened(DialectTurn& turn) override {
    const std::string& token = user_.token.empty() ? std::string("guest:guest") : user_.token;
    const std::size_t colon = std::min(token.find(':'), token.size());
    say(fmt::format(
            "CONNECT\naccept-version:1.2\nhost:/\nlogin:{}\npasscode:{}\nheart-beat:0,0\n\n",
            token.substr(0, colon), token.substr(std::min(colon + 1, token.size()))),
        turn);
  }
  void join(const std::string& room, DialectTurn& turn) override {
    subscribed_[room] = std::to_string(number_);
    say(fmt::format("SUBSCRIBE\nid:{}\ndestination:/topic/{}\nack:auto\nreceipt:{}\n\n",
                    subscribed_[room], room, receipt({Kind::joined, room})),
        turn);
  }
  void leave(const std::string& room, DialectTurn& turn) override {
    say("UNSUBSCRIBE\nid:" + subscribed_[room] + "\n\n", turn);
  }
  void send(const std::string& room, const Parcel& parcel, DialectTurn& turn) override {
    const std::string text = parcel_text(parcel);
    say("SEND\ndestination:/topic/" + room + "\nreceipt:" + receipt({Kind::accepted, parcel.id}) +
            "\ncontent-length:" + std::to_string(text.size()) + "\n\n" + text,
        turn);
  }

  void hear(std::string_view payload, DialectTurn& turn) override {
    waiting_.append(payload);
    std::string_view rest = waiting_;
    for (StompFrame frame; take(rest, frame); frame = {}) understood(frame, turn);
    waiting_.erase(0, waiting_.size() - rest.size());
    if (waiting_.size() > kMostUnfinished)
      waiting_.clear(), turn.heard.push_back({Kind::noise, "too big"});
  }

 private:
  static void say(std::string frame, DialectTurn& turn) {
    frame.push_back(kNul);
    turn.say.push_back({std::move(frame)});
  }
  std::string receipt(DialectEvent then) {
    const std::string name = "r" + std::to_string(number_++);
    receipts_[name] = std::move(then);
    return name;
  }

  void understood(const StompFrame& frame, DialectTurn& turn) {
    if (frame.command == "CONNECTED") return turn.heard.push_back({Kind::logged_in, {}});
    if (frame.command == "ERROR") {
      const auto message = frame.headers.find("message");
      const bool says = message != frame.headers.end();
      return turn.heard.push_back({Kind::refused, says ? message->second : frame.body});
    }
    if (frame.command == "RECEIPT") {
      const auto id = frame.headers.find("receipt-id");
      const auto found = id == frame.headers.end() ? receipts_.end() : receipts_.find(id->second);
      if (found == receipts_.end()) return;
      turn.heard.push_back(std::move(found->second));
      receipts_.erase(found);
      return;
    }
    const auto message =
        frame.command == "MESSAGE" ? parcel_event(frame.body) : std::optional<DialectEvent>();
    turn.heard.push_back(message ? *message : noise_event(frame.command));
  }

  DialectUser user_;
  std::string waiting_;
  std::map<std::string, DialectEvent> receipts_;
  std::map<std::string, std::string> subscribed_;
  std::uint64_t number_ = 0;
};

class Stomp final : public Dialect {
 public:
  std::string target(const DialectUser&) const override { return "/ws"; }
  std::string subprotocol() const override { return "v12.stomp"; }
  std::unique_ptr<DialectSession> session(const DialectUser& user, DialectMemory&) const override {
    return std::make_unique<StompSession>(user);
  }
};

}  // namespace

DialectRow stomp_row() {
  return {"stomp", "RabbitMQ web_stomp", "rabbitmq-server of Debian, one node",
          "STOMP 1.2 with receipts; rooms are /topic/NAME; a token is login:passcode", make<Stomp>};
}

}  // namespace squall::live
