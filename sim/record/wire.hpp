// What one transfer costs on a wire: application bytes in, WireCost out. Pure arithmetic.
//
// Every transfer is flushed alone: its segments are ceil(stream bytes / MSS). Not modelled:
// retransmissions, IP fragments, Ethernet framing, compression, several frames in one write.
// Links are WebSocket (clients and peers) and RESP (broker and registry); see bytes.hpp for where
// the result is booked.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "sim/record/bytes.hpp"

namespace squall::wire {

inline constexpr Bytes kTcpIpHeader = 52;   // IPv4 20 + TCP 20 + timestamps 12; RFC 9293, 7323
inline constexpr Bytes kMaxSegment = 1448;  // 1500 - 52
inline constexpr Bytes kTlsRecord = 16384;  // most plaintext in one record; RFC 8446 5.1
inline constexpr Bytes kTlsOverhead = 22;   // header 5 + type 1 + tag 16; RFC 8446 5.2
inline constexpr Bytes kMask = 4;           // client to server; RFC 6455 5.2
inline constexpr Bytes kCloseBody = 2;      // a close code; RFC 6455 5.5.1

enum class Tls : bool { off, on };

// How many pieces of at most `limit` bytes; an empty transfer is still one.
constexpr Bytes pieces(Bytes bytes, Bytes limit) {
  return std::max<Bytes>(1, (bytes + limit - 1) / limit);
}

constexpr Bytes segments(Bytes stream_bytes) { return pieces(stream_bytes, kMaxSegment); }

// One for two full segments (RFC 1122 4.2.3.2), and the last of a flight in any case. Whether it
// needs a segment of its own says acknowledgements.hpp.
constexpr Bytes acks(Bytes segment_count) { return (segment_count + 1) / 2; }
constexpr Bytes ack_bytes(Bytes segment_count) { return acks(segment_count) * kTcpIpHeader; }

constexpr Bytes websocket_header(Bytes payload, bool from_client) {
  const Bytes length = payload <= 125 ? 2 : payload <= 65535 ? 4 : 10;
  return length + (from_client ? kMask : 0);
}

// Bytes of the TCP stream for one WebSocket frame.
constexpr Bytes websocket_stream(Bytes payload, bool from_client, Tls tls) {
  const Bytes frame = payload + websocket_header(payload, from_client);
  return frame + (tls == Tls::on ? pieces(frame, kTlsRecord) * kTlsOverhead : 0);
}

// One frame between a client and its node. Transport is TLS records plus TCP/IP headers.
constexpr WireCost websocket(Bytes payload, bool from_client, Tls tls) {
  const Bytes framing = websocket_header(payload, from_client);
  const Bytes stream = websocket_stream(payload, from_client, tls);
  const Bytes count = segments(stream);
  return {payload, framing, stream - payload - framing + count * kTcpIpHeader, count};
}

// `bytes` of a frame that is cut off: what was on the line, from its first byte. The header comes
// first, then payload; headers of TCP and TLS records go with both in proportion.
constexpr WireCost part(const WireCost& whole, Bytes bytes) {
  const Bytes total = whole.total();
  if (bytes >= total) return whole;
  if (bytes <= 0) return {};
  const auto share = [&](Bytes of) {
    return static_cast<Bytes>(static_cast<__int128>(of) * bytes / total);
  };
  const Bytes transport = share(whole.transport);
  const Bytes framing = std::min(whole.framing, bytes - transport);
  const Bytes segments = std::max<Bytes>(1, share(whole.segments));
  return {bytes - transport - framing, framing, transport, segments};
}

// What nodes put around a message for each other, through the broker or directly: the run, the node
// of origin, and who it is from and to.
inline constexpr Bytes kEnvelope = 24;  // uncalibrated

// One message between two nodes: WebSocket without TLS, masked, as a node plays a client there.
constexpr WireCost peer_frame(Bytes message) {
  return websocket(message + kEnvelope, true, Tls::off);
}

// The same, with the numbers of those for whom it is.
constexpr WireCost peer_frame_for(Bytes message, Bytes endpoints) {
  return peer_frame(message + 4 * endpoints);
}
// A message that comes back: only its header, and the numbers of those who are not there.
inline constexpr Bytes kMessageHeader = 26;
constexpr WireCost return_frame(Bytes endpoints) {
  return peer_frame(kMessageHeader + 4 * endpoints);
}

// What clients and nodes say beside messages, in bytes of payload.
// Rooms that are asked for, or given.
constexpr Bytes note_payload(Bytes numbers) { return 1 + 4 * numbers; }
// What a strategy tells itself on another node.
constexpr WireCost note_frame(Bytes numbers) { return peer_frame(note_payload(numbers)); }
// More of them where nodes have a history: the client's position (sender, kind and number of the
// address, sequence); in the welcome, whether it was recovered from there as well.
inline constexpr Bytes kPositionNumbers = 4;
inline constexpr Bytes kResumptionNumbers = 1 + kPositionNumbers;

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
  const Bytes count = segments(payload + framing);
  return {payload, framing, count * kTcpIpHeader, count};
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

// What one master of a Redis Cluster tells another of a publication: a header, two lengths, the
// topic (cluster_legacy.h: a static_assert says 2,256; 2,048 of it is a bitmap of slots).
inline constexpr Bytes kBusHeader = 2256 + 8;
constexpr WireCost cluster_bus(Publication publication) {
  return resp_transfer(publication.payload, kBusHeader + publication.topic);
}

// ---- what the broker keeps (sim/live/links/broker_log_script.hpp) ----
inline constexpr Bytes kLogPlace = 8;  // epoch and offset, before what a node put around a message
inline constexpr Bytes kScriptName = 40;  // of EVALSHA: SHA-1 in hexadecimal
inline constexpr Bytes kLogName = 17;     // "squall:abcdef:log"

// "*8 EVALSHA <name> 2 <topic> <log> <payload> <messages> <window>": the last two by their digits.
constexpr WireCost resp_publish_kept(Publication publication, Bytes messages, Bytes window) {
  const Bytes array = 4;  // "*8\r\n"
  return resp_transfer(publication.payload, array + resp_bulk(7) + resp_bulk(kScriptName) +
                                                resp_bulk(1) + resp_bulk(publication.topic) +
                                                resp_bulk(kLogName) +
                                                resp_bulk_framing(publication.payload) +
                                                resp_bulk(messages) + resp_bulk(window));
}

// "*8 EVALSHA <name> 2 <topic> <log> <epoch> <offset> <window>"; all lengths.
struct LogQuestion {
  Bytes topic, epoch, offset, window;
};
constexpr WireCost resp_fetch(const LogQuestion& of) {
  return resp_transfer(0, 4 + resp_bulk(7) + resp_bulk(kScriptName) + resp_bulk(1) +
                              resp_bulk(of.topic) + resp_bulk(kLogName) + resp_bulk(of.epoch) +
                              resp_bulk(of.offset) + resp_bulk(of.window));
}

// Around the messages of the answer: "*<3 + messages> :<epoch> :<offset> :<reached>".
constexpr Bytes resp_fetched_framing(Bytes messages, Bytes epoch, Bytes offset) {
  return 1 + decimal_digits(3 + messages) + 2 + decimal_digits(epoch) + 3 + decimal_digits(offset) +
         3 + 4;
}

// The scripts that the registry is asked to run (sim/live/links/registry_link_script.hpp).
inline constexpr Bytes kSetIfNewerScript = 348;
inline constexpr Bytes kDeleteIfMineScript = 146;
// Those about leases are called by their names: kScriptName.
inline constexpr Bytes kLeasePrefix = 11;  // of a node's key, which such a script looks at

// Scripts that are called by their names are said to each new connection first: those about leases,
// and those of the broker's log, by their lengths.
inline constexpr std::array<Bytes, 4> kLeaseScripts{427, 232, 182, 397};
inline constexpr std::array<Bytes, 2> kLogScripts{842, 925};
// "*3 SCRIPT LOAD <text>" of each, in one turn, and the answers: their names.
constexpr WireCost resp_load(std::span<const Bytes> scripts) {
  Bytes framing = 0;
  for (const Bytes text : scripts) framing += 4 + resp_bulk(6) + resp_bulk(4) + resp_bulk(text);
  return resp_transfer(0, framing);
}
constexpr WireCost resp_loaded(std::span<const Bytes> scripts) {
  return resp_transfer(0, static_cast<Bytes>(scripts.size()) * resp_bulk(kScriptName));
}

// The words of a command other than PUBLISH: keys and values are payload, the rest is framing.
struct Command {
  Bytes verb;
  Bytes keys = 0, key = 0;      // how many, and the length of each
  Bytes value = 0;              // 0: none
  Bytes option = 0, words = 0;  // say "PX" and its number: their lengths; 0: none
  Bytes script = 0;             // of EVAL, for one key: its length; 0: none
};

// E.g. GET key, MGET key key, SET key value PX ms, DEL key, SUBSCRIBE topic. The caller books the
// whole as control.
constexpr WireCost resp_command(const Command& command) {
  const Bytes words = 1 + command.keys + (command.value > 0) + (command.option > 0) +
                      (command.words > 0) + 2 * (command.script > 0);
  Bytes framing = 1 + decimal_digits(words) + 2 + resp_bulk(command.verb);
  framing += command.keys * resp_bulk_framing(command.key);
  if (command.value > 0) framing += resp_bulk_framing(command.value);
  if (command.option > 0) framing += resp_bulk(command.option);
  if (command.words > 0) framing += resp_bulk(command.words);
  if (command.script > 0) framing += resp_bulk(command.script) + resp_bulk(1);
  return resp_transfer(command.keys * command.key + command.value, framing);
}

// The answer of MGET: an array of values; an absent one is "$-1\r\n".
struct Values {
  Bytes found, absent;
  Bytes value;  // the length of each that was found
};
constexpr WireCost resp_values(Values values) {
  const Bytes head = 1 + decimal_digits(values.found + values.absent) + 2;
  return resp_transfer(values.found * values.value,
                       head + values.found * resp_bulk_framing(values.value) + values.absent * 5);
}
constexpr WireCost resp_ok() { return resp_transfer(0, 5); }  // "+OK\r\n"
constexpr WireCost resp_integer(Bytes value) {                // ":1\r\n"
  return resp_transfer(0, 1 + decimal_digits(value) + 2);
}
// The answer of SUBSCRIBE: "*3 subscribe <topic> :1".
constexpr WireCost resp_subscribed(Bytes topic) {
  return resp_transfer(0, 4 + resp_bulk(9) + resp_bulk(topic) + 4);
}

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
// Between a node and a server, or two nodes: TCP alone.
constexpr HandshakeCost tcp_handshake() { return {kSyn + kTcpIpHeader, kSyn}; }

}  // namespace squall::wire
