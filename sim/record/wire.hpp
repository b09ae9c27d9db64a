// What one transfer costs on a wire: application bytes in, WireCost out. Pure arithmetic.
//
// Every transfer is flushed alone: its segments are ceil(stream bytes / MSS). Not modelled:
// retransmissions, IP fragments, Ethernet framing, compression, several frames in one write.
// Links are WebSocket (clients and peers) and RESP (broker and registry); see bytes.hpp for where
// the result is booked.
#pragma once

#include <algorithm>

#include "sim/record/bytes.hpp"

namespace squall::wire {

inline constexpr Bytes kTcpIpHeader = 52;   // IPv4 20 + TCP 20 + timestamps 12; RFC 9293, 7323
inline constexpr Bytes kMaxSegment = 1448;  // 1500 - 52
inline constexpr Bytes kTlsRecord = 16384;  // most plaintext in one record; RFC 8446 5.1
inline constexpr Bytes kTlsOverhead = 22;   // header 5 + type 1 + tag 16; RFC 8446 5.2
inline constexpr Bytes kMask = 4;           // client to server; RFC 6455 5.2
inline constexpr Bytes kCloseBody = 2;      // a close code; RFC 6455 5.5.1
inline constexpr Bytes kRespOk = 5;         // "+OK\r\n", also the size of ":1\r\n" rounded up

enum class Tls : bool { off, on };

// How many pieces of at most `limit` bytes; an empty transfer is still one.
constexpr Bytes pieces(Bytes bytes, Bytes limit) {
  return std::max<Bytes>(1, (bytes + limit - 1) / limit);
}

constexpr Bytes segments(Bytes stream_bytes) { return pieces(stream_bytes, kMaxSegment); }

// Delayed acknowledgement (RFC 1122 4.2.3.2): one bare header per two segments. Booked as
// transport on the reverse direction. A ride on reverse data is not modelled.
constexpr Bytes ack_bytes(Bytes segment_count) { return (segment_count + 1) / 2 * kTcpIpHeader; }

constexpr Bytes websocket_header(Bytes payload, bool from_client) {
  const Bytes length = payload <= 125 ? 2 : payload <= 65535 ? 4 : 10;
  return length + (from_client ? kMask : 0);
}

// Bytes of the TCP stream for one WebSocket frame.
constexpr Bytes websocket_stream(Bytes payload, bool from_client, Tls tls = Tls::on) {
  const Bytes frame = payload + websocket_header(payload, from_client);
  return frame + (tls == Tls::on ? pieces(frame, kTlsRecord) * kTlsOverhead : 0);
}

// One frame between a client and its node. Transport is TLS records plus TCP/IP headers.
constexpr WireCost websocket(Bytes payload, bool from_client, Tls tls = Tls::on) {
  const Bytes framing = websocket_header(payload, from_client);
  const Bytes stream = websocket_stream(payload, from_client, tls);
  return {payload, framing, stream - payload - framing + segments(stream) * kTcpIpHeader};
}

// The acknowledgements of that frame, on the reverse direction.
constexpr Bytes websocket_ack(Bytes payload, bool from_client, Tls tls = Tls::on) {
  return ack_bytes(segments(websocket_stream(payload, from_client, tls)));
}

// One frame between two nodes: WebSocket without TLS, masked, because a node plays a client there.
constexpr WireCost peer_frame(Bytes payload) { return websocket(payload, true, Tls::off); }
constexpr Bytes peer_ack(Bytes payload) { return websocket_ack(payload, true, Tls::off); }

constexpr Bytes decimal_digits(Bytes value) {
  Bytes digits = 1;
  for (; value >= 10; value /= 10) ++digits;
  return digits;
}

// A RESP bulk string around `body` bytes: "$<length>\r\n<body>\r\n", without the body.
constexpr Bytes resp_bulk_framing(Bytes body) { return 1 + decimal_digits(body) + 2 + 2; }
constexpr Bytes resp_bulk(Bytes body) { return resp_bulk_framing(body) + body; }

// RESP over plain TCP: `framing` bytes around `payload` bytes.
constexpr WireCost resp_transfer(Bytes payload, Bytes framing) {
  return {payload, framing, segments(payload + framing) * kTcpIpHeader};
}
constexpr Bytes resp_ack(const WireCost& cost) {
  return ack_bytes(segments(cost.payload + cost.framing));
}

// What is published, and on which topic: both lengths in bytes.
struct Publication {
  Bytes payload;
  Bytes topic;
};

// "*3 PUBLISH <topic> <payload>", node to broker. The topic's name counts as framing.
constexpr WireCost resp_publish(Publication publication) {
  const Bytes array = 4;  // "*3\r\n"
  return resp_transfer(publication.payload, array + resp_bulk(7) + resp_bulk(publication.topic) +
                                                resp_bulk_framing(publication.payload));
}

// "*3 message <topic> <payload>", broker to a subscribed node. "message" and "PUBLISH" are equally
// long, so it costs the same.
constexpr WireCost resp_message(Publication publication) { return resp_publish(publication); }

// The parts of a command; a length of zero leaves the part out.
struct Command {
  Bytes verb;
  Bytes key = 0;
  Bytes value = 0;
};

// E.g. GET key, SET key value, DEL key, SUBSCRIBE topic. Key and value count as payload; the
// caller books the whole as control.
constexpr WireCost resp_command(Command command) {
  Bytes framing = 4 + resp_bulk(command.verb);  // "*n\r\n", n < 10
  if (command.key > 0) framing += resp_bulk_framing(command.key);
  if (command.value > 0) framing += resp_bulk_framing(command.value);
  return resp_transfer(command.key + command.value, framing);
}

// A bulk string as the answer of GET; zero: "$-1\r\n", the key is absent.
constexpr WireCost resp_reply(Bytes value) {
  return resp_transfer(value, value == 0 ? 5 : resp_bulk_framing(value));
}
constexpr WireCost resp_ok() { return resp_transfer(0, kRespOk); }

// Bytes of opening one client connection, headers and acknowledgements included. All parts are
// uncalibrated orders of magnitude; with certificates 4-7 KB both ways is usual.
struct HandshakeCost {
  Bytes up;    // client to node
  Bytes down;  // node to client
};
inline constexpr Bytes kSyn = 60;               // 52 + options of a SYN; RFC 9293
inline constexpr Bytes kClientHello = 522;      // uncalibrated
inline constexpr Bytes kClientFinished = 80;    // uncalibrated
inline constexpr Bytes kServerFlight = 3400;    // hello, certificate chain, tickets; uncalibrated
inline constexpr Bytes kUpgradeRequest = 450;   // HTTP request with cookies; uncalibrated
inline constexpr Bytes kUpgradeResponse = 180;  // "101 Switching Protocols"; uncalibrated

HandshakeCost handshake(Tls tls);

}  // namespace squall::wire
