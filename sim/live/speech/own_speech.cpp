// The language of squall's own nodes: envelopes in binary frames. See speech.hpp, envelope.hpp.
// What a frame says is only believed when the plan has it: whoever made it up is a stranger.
#include <fmt/core.h>
#include <optional>

#include "sim/live/cluster.hpp"
#include "sim/live/speech/envelope.hpp"
#include "sim/live/speech/speech.hpp"
#include "sim/record/wire.hpp"

namespace squall::live {
namespace {

class OwnSpeech final : public Speech {
 public:
  OwnSpeech(const Cluster& cluster, EndpointId endpoint) : cluster_(cluster), endpoint_(endpoint) {}

  void opened(std::span<const RoomId> rooms, const std::optional<Position>& seen,
              Turn& turn) override {
    std::vector<std::uint32_t> numbers;
    if (cluster_.resumes()) add_position(numbers, seen);
    for (const RoomId room : rooms) numbers.push_back(static_cast<std::uint32_t>(room));
    say(turn, encode_note(FrameKind::subscribe, numbers));
  }
  void join(RoomId room, Turn& turn) override { note(FrameKind::join, room, turn); }
  void leave(RoomId room, Turn& turn) override { note(FrameKind::leave, room, turn); }
  void moved(Turn& turn) override { say(turn, encode_note(FrameKind::moved, {})); }
  void message(const Message& message, Turn& turn) override {
    say(turn, encode_message(message, cluster_.overhead.up));
  }

  void hear(Opcode, std::span<const std::byte> payload, Turn& turn) override {
    const std::optional<Envelope> envelope = decode(payload);
    if (!envelope || !could_be_said(*envelope)) {
      turn.heard.push_back({Heard::Kind::stranger});
      return;
    }
    switch (envelope->kind) {
      case FrameKind::message:
        if (is_echo(*envelope)) break;  // nobody waits for it
        turn.heard.push_back({Heard::Kind::message,
                              static_cast<std::uint32_t>(envelope->message.id),
                              {},
                              position(*envelope, payload)});
        break;
      case FrameKind::acknowledge:
        turn.heard.push_back({Heard::Kind::acknowledged, envelope->number(0)});
        break;
      case FrameKind::joined:
        turn.heard.push_back({Heard::Kind::joined, envelope->number(0)});
        break;
      case FrameKind::welcome: turn.heard.push_back(welcome(*envelope)); break;
      case FrameKind::going_away: turn.heard.push_back({Heard::Kind::going_away}); break;
      case FrameKind::subscribe:
      case FrameKind::join:
      case FrameKind::leave:
      case FrameKind::moved:
      case FrameKind::told: break;  // no node says so to a client
    }
  }

 private:
  static void say(Turn& turn, std::string payload) {
    turn.say.emplace_back(Opcode::binary, std::move(payload));
  }
  static void note(FrameKind kind, RoomId room, Turn& turn) {
    const std::uint32_t number[] = {static_cast<std::uint32_t>(room)};
    say(turn, encode_note(kind, number));
  }

  // Where somebody stands who has heard it.
  std::optional<Position> position(const Envelope& envelope,
                                   std::span<const std::byte> payload) const {
    if (!cluster_.resumes()) return std::nullopt;
    if (!cluster_.spec.has_log()) return envelope.message.identity();
    const auto place = place_behind(payload);
    return place ? std::optional<Position>(*place) : std::nullopt;
  }

  Heard welcome(const Envelope& envelope) const {
    Heard heard{Heard::Kind::welcome};
    std::size_t first_room = 0;
    if (cluster_.resumes()) {
      first_room = wire::kResumptionNumbers;
      heard.position = cluster_.position_in(envelope, 1);  // after whether it was recovered
    }
    for (std::size_t i = first_room; i < envelope.count(); ++i) {
      heard.rooms.push_back(RoomId{envelope.number(i)});
    }
    return heard;
  }

  bool is_echo(const Envelope& envelope) const {
    return cluster_.overhead.echo && envelope.message.sender == endpoint_;
  }

  bool could_be_said(const Envelope& envelope) const {
    const auto& messages = cluster_.timeline.messages;
    switch (envelope.kind) {
      case FrameKind::message: return cluster_.planned(envelope.message);
      case FrameKind::acknowledge:
        return envelope.number(0) < messages.size() &&
               messages[envelope.number(0)].message.sender == endpoint_;
      case FrameKind::welcome:
        return !cluster_.resumes() || envelope.count() >= std::size_t{wire::kResumptionNumbers};
      case FrameKind::subscribe:
      case FrameKind::join:
      case FrameKind::leave:
      case FrameKind::joined:
      case FrameKind::going_away:
      case FrameKind::moved:
      case FrameKind::told: return true;  // rooms are only compared with those the client wants
    }
    return true;
  }

  const Cluster& cluster_;
  EndpointId endpoint_;
};

class OwnLanguage final : public Language {
 public:
  explicit OwnLanguage(const Cluster& cluster) : cluster_(cluster) {}

  ConnectRequest request(EndpointId endpoint, ConnectionId connection, NodeId) const override {
    ConnectRequest request;
    request.source = own_address(endpoint);
    request.weight = wire::kUpgradeRequest;
    request.target =
        fmt::format("/ws?endpoint={}&connection={}&run={}&meeting_id={}", index(endpoint),
                    index(connection), cluster_.run.pass, cluster_.plan.placement_key(endpoint));
    return request;
  }
  std::unique_ptr<Speech> speech(EndpointId endpoint) const override {
    return std::make_unique<OwnSpeech>(cluster_, endpoint);
  }

 private:
  const Cluster& cluster_;
};

}  // namespace

std::string own_address(EndpointId endpoint) {
  const std::size_t number = index(endpoint);
  return fmt::format("127.{}.{}.{}", 1 + number / 62500, number / 250 % 250, 1 + number % 250);
}

std::unique_ptr<Language> own_language(const Cluster& cluster) {
  return std::make_unique<OwnLanguage>(cluster);
}

}  // namespace squall::live
