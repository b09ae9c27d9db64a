// What a node's process needs, and who kills it: part of a scenario (scenario.hpp).
// A default has a source in its comment or the tag `uncalibrated`.
#pragma once

#include <cstdint>

#include "strategies/core/types.hpp"

namespace squall {

using namespace std::chrono_literals;

// Of a queue without a limit. As a number it is a limit that nothing reaches, and that can be added
// to; so nobody who compares needs to ask.
inline constexpr Bytes kUnlimited = INT64_MAX / 4;

// What a node's process needs, and may have. Said by who wants it counted.
struct MemoryConfig {
  Bytes limit = kUnlimited;      // over it, the process is killed
  Bytes base = 67108864;         // before anybody is connected; uncalibrated
  Bytes per_connection = 30720;  // Centrifugo with 1 M connections, Phoenix
  Bytes per_frame = 0;           // of what waits, beside its bytes; uncalibrated
  Duration restart = 5s;         // until it runs again; 0: never; uncalibrated
  bool operator==(const MemoryConfig&) const = default;
};

// permessage-deflate (RFC 7692), where both ends agreed on it and each connection keeps its window:
// a message to many is deflated for each of them.
struct DeflateConfig {
  double ratio = 0.4;             // of a message that is left; JSON of chats, measured
  Duration push_per_kib{65us};    // of a node's loop, for each push; zlib, level 6, measured
  Duration read_per_kib{10us};    // the same, for each message from a client
  Bytes per_connection = 323584;  // websockets (Python): 316 KiB with zlib's defaults
  Bytes from = 0;                 // shorter messages go as they are; ws: 1024
  bool operator==(const DeflateConfig&) const = default;

  bool takes(Bytes payload) const { return payload >= from; }
  Bytes left_of(Bytes payload) const {
    if (!takes(payload)) return payload;
    return static_cast<Bytes>(static_cast<double>(payload) * ratio + 0.5);
  }
};

// Somebody who asks a node's process now and then whether it lives, and kills it if it does not say
// so in time.
struct LivenessConfig {
  Duration every = 10s;      // Kubernetes: periodSeconds
  Duration timeout = 1s;     // Kubernetes: timeoutSeconds
  std::uint32_t failed = 3;  // in a row; Kubernetes: failureThreshold
  Duration restart = 5s;     // until it runs again; 0: never; uncalibrated
  bool operator==(const LivenessConfig&) const = default;
};

}  // namespace squall
