// The bytes of a handshake, added up flight by flight. The per-frame costs are in wire.hpp.
//
// TCP, then TLS 1.3 when asked for, then the HTTP upgrade; each flight is flushed alone.
#include "sim/record/wire.hpp"

namespace squall::wire {
namespace {

Bytes flight(Bytes stream_bytes) { return stream_bytes + segments(stream_bytes) * kTcpIpHeader; }

}  // namespace

HandshakeCost handshake(Tls tls) {
  HandshakeCost cost{.up = kSyn + kTcpIpHeader, .down = kSyn};  // SYN, SYN-ACK, ACK
  Bytes request = kUpgradeRequest;
  Bytes response = kUpgradeResponse;
  if (tls == Tls::on) {
    request += kTlsOverhead;
    response += kTlsOverhead;
    cost.up += flight(kClientHello) + flight(kClientFinished) + ack_bytes(segments(kServerFlight));
    cost.down += flight(kServerFlight) + ack_bytes(segments(kClientHello)) +
                 ack_bytes(segments(kClientFinished));
  }
  cost.up += flight(request) + ack_bytes(segments(response));
  cost.down += flight(response) + ack_bytes(segments(request));
  return cost;
}

}  // namespace squall::wire
