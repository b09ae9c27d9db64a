// A dialect's session in the terms of a link: numbers here, names there. See foreign_language.hpp.
// A link is welcome when it is logged in and all of its rooms have been joined.
#include "sim/live/attach/foreign_language.hpp"

#include <fmt/core.h>
#include <charconv>

namespace squall::live {
namespace {

constexpr std::size_t kMostRefusals = 8;  // different ones that are remembered

std::optional<std::uint32_t> number_behind(std::string_view text, const std::string& prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

class ForeignSpeech final : public Speech {
 public:
  ForeignSpeech(const ForeignLanguage& language, EndpointId endpoint,
                std::unique_ptr<DialectSession> session)
      : language_(language), endpoint_(endpoint), session_(std::move(session)) {}

  void opened(std::span<const RoomId> rooms, const std::optional<Position>&, Turn& turn) override {
    const Plan& plan = language_.cluster().plan;
    if (plan.individual(endpoint_)) {
      rooms_.assign(rooms.begin(), rooms.end());
    } else {
      for (const Membership& m : plan.memberships(endpoint_)) rooms_.push_back(m.room);
    }
    for (const RoomId room : rooms_) missing_.insert(language_.room(room));
    if (language_.addressed(endpoint_)) missing_.insert(language_.user(endpoint_));
    step(turn, [this](DialectTurn& said) { session_->opened(said); });
  }
  void join(RoomId room, Turn& turn) override {
    step(turn, [&](DialectTurn& said) { session_->join(language_.room(room), said); });
  }
  void leave(RoomId room, Turn& turn) override {
    step(turn, [&](DialectTurn& said) { session_->leave(language_.room(room), said); });
  }
  void moved(Turn&) override {}
  void message(const Message& message, Turn& turn) override {
    const bool direct = message.address.kind == Address::Kind::user;
    const std::string to = direct ? language_.user(message.address.endpoint())
                                  : language_.room(message.address.room());
    const Parcel parcel{language_.message(message.id), language_.user(endpoint_), message.size};
    step(turn, [&](DialectTurn& said) { session_->send(to, parcel, said); });
  }
  void ping(Turn& turn) override {
    Speech::ping(turn);
    step(turn, [this](DialectTurn& said) { session_->beat(said); });
  }
  void hear(Opcode, std::span<const std::byte> payload, Turn& turn) override {
    const std::string_view text{reinterpret_cast<const char*>(payload.data()), payload.size()};
    step(turn, [&](DialectTurn& said) { session_->hear(text, said); });
  }

 private:
  template <typename What>
  void step(Turn& turn, What what) {
    DialectTurn said;
    what(said);
    // A login makes us join, and that may be heard at once: the list grows as it is read.
    for (std::size_t i = 0; i < said.heard.size(); ++i) {
      const DialectEvent event = said.heard[i];
      understood(event, said, turn);
    }
    for (DialectFrame& frame : said.say) {
      turn.say.emplace_back(frame.binary ? Opcode::binary : Opcode::text, std::move(frame.payload));
    }
  }

  void understood(const DialectEvent& event, DialectTurn& said, Turn& turn) {
    using Kind = DialectEvent::Kind;
    switch (event.kind) {
      case Kind::logged_in:
        if (std::exchange(in_, true)) break;
        for (const std::string& room : missing_) session_->join(room, said);
        if (missing_.empty()) welcome(turn);
        break;
      case Kind::joined: joined(event.text, turn); break;
      case Kind::message: heard_message(event, turn); break;
      case Kind::accepted:
        if (const auto number = language_.message_of(event.text, language_.user(endpoint_))) {
          turn.heard.push_back({Heard::Kind::acknowledged, *number});
        }
        break;
      case Kind::refused:
        language_.refused(event.text);
        turn.heard.push_back({welcomed_ ? Heard::Kind::noise : Heard::Kind::stranger});
        break;
      case Kind::going_away: turn.heard.push_back({Heard::Kind::going_away}); break;
      case Kind::noise: turn.heard.push_back({Heard::Kind::noise}); break;
    }
  }

  void joined(const std::string& name, Turn& turn) {
    missing_.erase(name);
    if (!welcomed_) {
      if (in_ && missing_.empty()) welcome(turn);
      return;
    }
    if (const auto room = language_.room_of(name)) {
      turn.heard.push_back({Heard::Kind::joined, *room});
    }
  }

  void heard_message(const DialectEvent& event, Turn& turn) {
    const auto number = language_.message_of(event.text, event.sender);
    if (number) {
      turn.heard.push_back({Heard::Kind::message, *number});
    } else {
      turn.heard.push_back({Heard::Kind::noise});
    }
  }

  void welcome(Turn& turn) {
    welcomed_ = true;
    turn.heard.push_back({Heard::Kind::welcome, 0, rooms_});
  }

  const ForeignLanguage& language_;
  EndpointId endpoint_;
  std::unique_ptr<DialectSession> session_;
  std::vector<RoomId> rooms_;
  std::set<std::string> missing_;  // rooms that are not joined yet
  bool in_ = false, welcomed_ = false;
};

}  // namespace

ForeignLanguage::ForeignLanguage(const Cluster& cluster, const AttachOptions& attached)
    : cluster_(cluster), attached_(attached), memories_(cluster.plan.endpoints()) {
  for (const PlannedMessage& planned : cluster.timeline.messages) {
    const Address& to = planned.message.address;
    if (to.kind == Address::Kind::user) addressed_.insert(to.endpoint());
  }
}

std::string ForeignLanguage::user(EndpointId endpoint) const {
  return "sq" + cluster_.run.name + "u" + std::to_string(index(endpoint));
}
std::string ForeignLanguage::room(RoomId room) const {
  return "sq" + cluster_.run.name + "r" + std::to_string(static_cast<std::uint32_t>(room));
}
std::string ForeignLanguage::message(MessageId id) const {
  return "sq" + cluster_.run.name + "m" + std::to_string(static_cast<std::uint32_t>(id));
}

std::optional<std::uint32_t> ForeignLanguage::room_of(std::string_view name) const {
  const auto number = number_behind(name, "sq" + cluster_.run.name + "r");
  return number && *number < cluster_.plan.rooms() ? number : std::nullopt;
}

std::optional<std::uint32_t> ForeignLanguage::message_of(std::string_view name,
                                                         std::string_view sender) const {
  const auto number = number_behind(name, "sq" + cluster_.run.name + "m");
  const auto& messages = cluster_.timeline.messages;
  if (!number || *number >= messages.size()) return std::nullopt;
  return user(messages[*number].message.sender) == sender ? number : std::nullopt;
}

const AttachTarget& ForeignLanguage::target(NodeId node) const {
  return attached_.targets[node == kNoNode ? 0 : index(node)];
}

const Credentials& ForeignLanguage::credentials(EndpointId endpoint) const {
  static const Credentials kNone;
  return attached_.users.empty() ? kNone
                                 : attached_.users[index(endpoint) % attached_.users.size()];
}

DialectUser ForeignLanguage::as_user(EndpointId endpoint) const {
  DialectUser who{user(endpoint), credentials(endpoint).token, {}};
  for (const Membership& m : cluster_.plan.memberships(endpoint)) who.rooms.push_back(room(m.room));
  return who;
}

ConnectRequest ForeignLanguage::request(EndpointId endpoint, ConnectionId, NodeId node) const {
  const AttachTarget& to = target(node);
  ConnectRequest request;
  if (to.at.host.starts_with("127.")) request.source = own_address(endpoint);
  request.host = to.host;
  request.name = to.name;
  if (to.tls) request.trust = attached_.trust;
  request.target = to.path.empty() ? attached_.dialect->target(as_user(endpoint)) : to.path;
  request.subprotocol = attached_.dialect->subprotocol();
  request.headers = credentials(endpoint).headers;
  return request;
}

std::unique_ptr<Speech> ForeignLanguage::speech(EndpointId endpoint) const {
  return std::make_unique<ForeignSpeech>(
      *this, endpoint, attached_.dialect->session(as_user(endpoint), memories_[index(endpoint)]));
}

void ForeignLanguage::refused(const std::string& what) const {
  const std::scoped_lock lock(mutex_);
  const auto known = refusals_.find(what);
  if (known != refusals_.end()) {
    ++known->second;
  } else if (refusals_.size() < kMostRefusals) {
    refusals_.emplace(what, 1);
  }
}

std::vector<std::string> ForeignLanguage::refusals() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& [what, times] : refusals_) {
    lines.push_back(fmt::format("a server refused {} times: {}", times, what));
  }
  return lines;
}

}  // namespace squall::live
