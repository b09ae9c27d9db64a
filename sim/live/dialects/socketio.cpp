// Socket.IO: Engine.IO protocol 4, Socket.IO protocol 5, over WebSocket only.
//
// The application's events are join(room, ack), leave(room), send(room, object, ack) and, from the
// server, msg(object). With connection state recovery an event carries its offset as its last
// argument: it is kept, and said with the private id when the client comes back.
#include <cctype>

#include <nlohmann/json.hpp>

#include "sim/live/dialects/dialect.hpp"
#include "sim/live/dialects/parcel.hpp"
#include "sim/live/dialects/rows.hpp"

namespace squall::live {
namespace {

using Json = nlohmann::ordered_json;
using Kind = DialectEvent::Kind;

class SocketIoSession final : public DialectSession {
 public:
  SocketIoSession(const DialectUser& user, DialectMemory& memory) : user_(user), memory_(memory) {}

  void opened(DialectTurn&) override {}  // the server speaks first
  void join(const std::string& room, DialectTurn& turn) override {
    emit({Kind::joined, room}, Json{"join", room}, turn);
  }
  void leave(const std::string& room, DialectTurn& turn) override {
    turn.say.push_back({"42" + Json{"leave", room}.dump()});
  }
  void send(const std::string& room, const Parcel& parcel, DialectTurn& turn) override {
    emit({Kind::accepted, parcel.id}, Json{"send", room, Json::parse(parcel_text(parcel))}, turn);
  }

  void hear(std::string_view payload, DialectTurn& turn) override {
    if (payload.empty()) return turn.heard.push_back(noise_event(payload));
    switch (payload[0]) {
      case '0': return connect(turn);
      case '1': return turn.heard.push_back({Kind::going_away, {}});
      case '2': return turn.say.push_back({"3" + std::string(payload.substr(1))});
      case '4': return packet(payload, turn);
      case '6': return;  // nothing
      default: return turn.heard.push_back(noise_event(payload));
    }
  }

 private:
  void emit(DialectEvent when_acknowledged, const Json& what, DialectTurn& turn) {
    turn.say.push_back({"42" + std::to_string(number_) + what.dump()});
    waiting_[number_++] = std::move(when_acknowledged);
    if (waiting_.size() > kMostUnanswered) waiting_.erase(waiting_.begin());
  }

  void connect(DialectTurn& turn) {
    Json auth = Json::object();
    if (!user_.token.empty()) auth["token"] = user_.token;
    if (memory_.contains("pid") && memory_.contains("offset")) {
      auth["pid"] = memory_["pid"];
      auth["offset"] = memory_["offset"];
    }
    turn.say.push_back({"40" + (auth.empty() ? "" : auth.dump())});
  }

  void packet(std::string_view payload, DialectTurn& turn) {
    const char type = payload.size() > 1 ? payload[1] : ' ';
    std::string_view rest = payload.substr(std::min<std::size_t>(2, payload.size()));
    std::string number;
    while (!rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0])) != 0 &&
           number.size() < 18) {
      number.push_back(rest[0]);
      rest.remove_prefix(1);
    }
    const Json said = Json::parse(rest, nullptr, false);
    if (type == '1') return turn.heard.push_back({Kind::going_away, {}});
    if (type == '4') return turn.heard.push_back({Kind::refused, std::string(rest)});
    if (type == '0' && said.is_object()) return connected(said, turn);
    if (type == '3' && !number.empty()) return acknowledged(std::stoull(number), turn);
    if (type == '2' && said.is_array()) return event(said, number, payload, turn);
    turn.heard.push_back(noise_event(payload));
  }

  void connected(const Json& said, DialectTurn& turn) {
    const auto pid = said.find("pid");
    const bool new_session = pid == said.end() || !pid->is_string() || *pid != Json(memory_["pid"]);
    if (new_session) memory_.erase("offset");  // what it missed is nowhere
    memory_["pid"] = pid != said.end() && pid->is_string() ? pid->get<std::string>() : "";
    turn.heard.push_back({Kind::logged_in, {}});
  }

  void acknowledged(std::uint64_t number, DialectTurn& turn) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;
    turn.heard.push_back(std::move(found->second));
    waiting_.erase(found);
  }

  void event(const Json& said, const std::string& number, std::string_view payload,
             DialectTurn& turn) {
    if (!number.empty()) turn.say.push_back({"43" + number + "[]"});
    if (said.size() < 2 || said[0] != "msg") return turn.heard.push_back(noise_event(payload));
    if (said.size() > 2 && said.back().is_string()) {
      memory_["offset"] = said.back().get<std::string>();
    }
    const auto message = parcel_event(said[1].dump());
    turn.heard.push_back(message ? *message : noise_event(payload));
  }

  DialectUser user_;
  DialectMemory& memory_;
  std::uint64_t number_ = 0;
  std::map<std::uint64_t, DialectEvent> waiting_;
};

class SocketIo final : public Dialect {
 public:
  // The user is there for balancers that hash it.
  std::string target(const DialectUser& user) const override {
    return "/socket.io/?EIO=4&transport=websocket&u=" + user.name;
  }
  std::unique_ptr<DialectSession> session(const DialectUser& user,
                                          DialectMemory& memory) const override {
    return std::make_unique<SocketIoSession>(user, memory);
  }
};

}  // namespace

DialectRow socketio_row() {
  return {"socketio", "Socket.IO", "socket.io 4.8.1: in memory, Redis adapter, streams adapter",
          "Engine.IO 4, Socket.IO 5, recovery; events join, leave, send, and msg from the server",
          make<SocketIo>};
}

}  // namespace squall::live
