// The bandwidth matrix: link class x purpose. Kept in double entry by byte_book.hpp.
// What a transfer costs is computed in wire.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/record/window.hpp"
#include "strategies/core/types.hpp"

namespace squall {

enum class Link : std::uint8_t {
  client_to_lb,
  lb_to_client,
  lb_to_node,
  node_to_lb,
  node_to_node,
  node_to_broker,
  broker_to_node,
  node_to_registry,
  registry_to_node,
  broker_to_broker  // the bus of a cluster of brokers
};
inline constexpr std::size_t kLinks = static_cast<std::size_t>(Link::broker_to_broker) + 1;
std::string_view name(Link link);
// The way that acknowledgements of this link take. Nodes dial each other both ways: one class.
Link reverse(Link link);

enum class BytePurpose : std::uint8_t {
  payload_useful,     // reached an app that was owed it, for the first time
  payload_redundant,  // a deliberate or accidental second copy
  payload_wasted,     // benign copies, ghosts, lost on the way
  payload_relayed,    // inside the cluster: usefulness is decided at the last hop
  framing,            // WebSocket, RESP
  control,            // heartbeats, acks, subscribe, registry
  handshake,
  transport,       // TCP/IP headers of the segments that carry the above, and TLS records
  acknowledgement  // TCP/IP headers that carry nothing: bare acknowledgements, by their own way
};
inline constexpr std::size_t kBytePurposes =
    static_cast<std::size_t>(BytePurpose::acknowledgement) + 1;
std::string_view name(BytePurpose purpose);

// What one transfer of application bytes costs on a wire, split by purpose.
struct WireCost {
  Bytes payload = 0;
  Bytes framing = 0;
  Bytes transport = 0;
  Bytes segments = 0;  // that carry it; 0: nothing has to be acknowledged
  constexpr Bytes total() const { return payload + framing + transport; }
  constexpr WireCost& operator+=(const WireCost& more) {
    payload += more.payload, framing += more.framing;
    transport += more.transport, segments += more.segments;
    return *this;
  }
};

struct LinkBytes {
  std::array<Counted<Bytes>, kBytePurposes> sent{};  // of frames sent during measure
};

using ByteMatrix = std::array<LinkBytes, kLinks>;

}  // namespace squall
