// The units and identities of squall. Everything else is built from these few words.
//
// Time is an integer count of nanoseconds since the start of `measure`; warm-up is negative.
// Nobody below `sim/` may ask a clock: time is told, never asked.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace squall {

using Duration = std::chrono::nanoseconds;
using Time = Duration;  // since the start of measure

inline constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};
inline constexpr Time kBeforeAll{std::numeric_limits<std::int64_t>::min()};

// Sizes on any wire, in bytes. Signed, so that a difference is a difference.
using Bytes = std::int64_t;

// Identities are dense indices from zero; the enum keeps two of them from being swapped.
enum class EndpointId : std::uint32_t {};    // a logical client; survives reconnects
enum class NodeId : std::uint16_t {};        // a server of the cluster
enum class RoomId : std::uint32_t {};        // an address with members
enum class ConnectionId : std::uint32_t {};  // one transport incarnation of an endpoint
enum class TriggerId : std::uint16_t {};     // who is to blame: see Triggers in scenarios/model

inline constexpr EndpointId kNoEndpoint{std::numeric_limits<std::uint32_t>::max()};
inline constexpr NodeId kNoNode{std::numeric_limits<std::uint16_t>::max()};
inline constexpr RoomId kNoRoom{std::numeric_limits<std::uint32_t>::max()};
inline constexpr ConnectionId kNoConnection{std::numeric_limits<std::uint32_t>::max()};

template <typename Id>
constexpr std::size_t index(Id id) {
  return static_cast<std::size_t>(id);
}

}  // namespace squall
