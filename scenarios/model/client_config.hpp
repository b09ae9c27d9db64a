// What a client does, and what its protocol costs: part of a scenario (scenario.hpp).
// A default has a source in its comment or the tag `uncalibrated`.
#pragma once

#include <cstdint>
#include <optional>

#include "strategies/core/backoff.hpp"
#include "strategies/core/types.hpp"

namespace squall {

using namespace std::chrono_literals;

enum class OfflineSend : std::uint8_t { queue, refuse };
enum class AckLevel : std::uint8_t { none, ingress };

inline constexpr Bytes kOwnAnswer = 16;  // {"ack":<sequence>}

// What the protocol of the clients puts around the payload of a message, in bytes, and what a node
// says back to who has sent one.
struct ProtocolOverhead {
  Bytes up = 0, down = 0;
  std::optional<Bytes> answer{};  // that it has taken it; answer_of() is what is played
  bool echo = false;              // the message itself, where its sender is one of the room
  bool operator==(const ProtocolOverhead&) const = default;
};

struct ClientConfig {
  Duration heartbeat_every = 25s;    // Socket.IO, Centrifugo
  Duration heartbeat_timeout = 10s;  // Centrifugo library
  Duration connect_timeout = 5s;     // uncalibrated
  OfflineSend offline_send = OfflineSend::queue;
  std::uint32_t offline_queue = 64;  // messages; uncalibrated
  AckLevel ack = AckLevel::ingress;
  Duration dedupe_window = 120s;  // JetStream's duplicate window
  std::uint16_t requests = 1;     // of one connect, which have to meet one node; a WebSocket: 1
  ProtocolOverhead overhead;      // overhead_of() is what is played
  Duration nat_timeout{0};        // silence until a NAT forgets the connection; 0: never
  Backoff backoff;
};

}  // namespace squall
