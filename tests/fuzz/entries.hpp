// What the fuzzers of the live engine's sockets do with any bytes: read them whole, read them in
// pieces, and want the same; write what was read, and want it back.
//
// One function per door. tests/live/fuzz_entries_test.cpp plays the corpus and mutations of it
// through the same functions, so that builds without libFuzzer do it too. A mistake aborts.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/live/net/framing.hpp"
#include "sim/live/net/upgrade.hpp"
#include "sim/live/resp/embedded_broker_server.hpp"
#include "sim/live/resp/resp.hpp"
#include "sim/live/speech/envelope.hpp"
#include "sim/live/speech/run_name.hpp"
#include "strategies/core/check.hpp"

namespace squall::fuzz {

using Data = std::span<const std::byte>;

inline std::string text_of(Data bytes) { return std::string(live::text_of(bytes)); }

// The first byte chooses; the rest is played.
struct Choice {
  explicit Choice(Data data)
      : number(data.empty() ? 0U : std::to_integer<unsigned>(data[0])),
        rest(data.empty() ? data : data.subspan(1)) {}
  unsigned number;
  Data rest;
};

// Hands out `all` in pieces whose lengths depend on `seed` alone. 0: in one piece.
inline void in_pieces(Data all, unsigned seed, const std::function<bool(Data)>& take) {
  std::uint32_t state = seed;
  while (!all.empty()) {
    state = state * 1664525U + 1013904223U;
    const std::size_t most = seed == 0 ? all.size() : 1 + (state >> 24) % 40;
    const std::size_t size = std::min(most, all.size());
    if (!take(all.first(size))) return;
    all = all.subspan(size);
  }
}

// ---- frames ------------------------------------------------------------------------------------

struct Heard {
  std::vector<std::pair<live::Opcode, std::string>> messages;
  bool mistake = false;
  bool operator==(const Heard&) const = default;
};

inline Heard read_frames(Data stream, bool masked, unsigned seed) {
  Heard heard;
  live::FrameReader reader(masked);
  std::string kept;
  in_pieces(stream, seed, [&](Data piece) {
    kept += text_of(piece);
    const auto used = reader.feed(live::bytes_of(kept), [&](live::Opcode opcode, Data payload) {
      heard.messages.emplace_back(opcode, text_of(payload));
      return true;
    });
    heard.mistake = !used.has_value();
    if (used) kept.erase(0, *used);
    return !heard.mistake;
  });
  return heard;
}

inline void play_frames(Data data) {
  const Choice choice(data);
  const bool masked = choice.number % 2 == 0;
  const Heard whole = read_frames(choice.rest, masked, 0);
  SQUALL_CHECK(whole == read_frames(choice.rest, masked, 1 + choice.number));
  for (const auto& [opcode, payload] : whole.messages) {
    const auto mask = masked ? std::optional<std::uint32_t>(choice.number * 2654435761U)
                             : std::optional<std::uint32_t>();
    const Heard again =
        read_frames(live::bytes_of(live::encode_frame(opcode, payload, mask)), masked, 0);
    SQUALL_CHECK(again.messages.size() == 1 && !again.mistake);
    SQUALL_CHECK(again.messages[0].first == opcode && again.messages[0].second == payload);
  }
}

// ---- sockets without a network -----------------------------------------------------------------

// A loop that turns when it is told to, and a pair of connected sockets.
struct Bench {
  Bench() : clock(std::chrono::steady_clock::now()), loop(clock) {}

  // What `serve` does with one end when these bytes come from the other, and nothing after them.
  // Returns what it answered.
  std::string play(Data bytes, const std::function<void(int descriptor)>& serve) {
    int ends[2];
    SQUALL_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    const std::size_t most = std::min<std::size_t>(bytes.size(), 65536);  // what a socket takes
    SQUALL_CHECK(most == 0 ||
                 ::send(ends[0], bytes.data(), most, MSG_NOSIGNAL) == static_cast<ssize_t>(most));
    ::shutdown(ends[0], SHUT_WR);
    serve(ends[1]);
    std::string answer;
    for (int turns = 0; turns < 32; ++turns) {
      loop.turn();
      char buffer[4096];
      const ssize_t got = ::recv(ends[0], buffer, sizeof buffer, 0);
      if (got > 0) answer.append(buffer, static_cast<std::size_t>(got));
      if (got == 0) break;
    }
    ::close(ends[0]);
    loop.turn();
    return answer;
  }

  live::RunClock clock;
  live::Loop loop;
};

// ---- HTTP --------------------------------------------------------------------------------------

inline std::vector<std::string> read_bodies(Data stream, bool requests, unsigned seed) {
  std::vector<std::string> bodies;
  const auto reader = live::make_http_reader(requests);
  in_pieces(stream, seed, [&](Data piece) {
    return reader->feed(piece, [&](std::string body) { bodies.push_back(std::move(body)); });
  });
  return bodies;
}

// A request to upgrade, or to forward, at the door of a node.
inline void ask_a_node(Bench& bench, Data request) {
  std::unique_ptr<live::Handshake> handshake;
  int answers = 0;
  bench.play(request, [&](int descriptor) {
    handshake = live::accept_upgrade(
        bench.loop, descriptor,
        [&](const live::Upgrade& upgrade) {
          ++answers;
          SQUALL_CHECK(upgrade.error.empty() == (upgrade.descriptor >= 0));
          if (!upgrade.error.empty()) return;
          live::query_value(upgrade.target, "endpoint");
          live::query_value(upgrade.target, "run");
          ::close(upgrade.descriptor);
        },
        [] { return true; });
  });
  SQUALL_CHECK(answers <= 1);
  live::abandon(bench.loop, handshake);
  bench.loop.turn();
}

inline void play_http(Data data) {
  static Bench bench;
  const Choice choice(data);
  switch (choice.number % 4) {
    case 0:
    case 1: {
      const bool requests = choice.number % 4 == 0;
      const auto whole = read_bodies(choice.rest, requests, 0);
      const auto pieces = read_bodies(choice.rest, requests, 1 + choice.number);
      SQUALL_CHECK(whole == pieces);
      break;
    }
    case 2: ask_a_node(bench, choice.rest); break;
    default: {
      const std::string target = text_of(choice.rest);
      const std::string value = live::query_value(target, "run");
      SQUALL_CHECK(value.size() <= target.size());
      const auto body = live::http_post({"127.0.0.1", 1}, "/forward?from=1", target);
      const auto read = read_bodies(live::bytes_of(body), true, choice.number);
      SQUALL_CHECK(read.size() == 1 && read[0] == target);
    }
  }
}

// ---- RESP --------------------------------------------------------------------------------------

inline void read_values(Data stream) {
  live::RespValue value, again;
  while (!stream.empty()) {
    const live::RespRead read = live::read_resp(stream, {}, value);
    if (read.state != live::RespRead::State::value) {
      SQUALL_CHECK(read.consumed == 0);
      SQUALL_CHECK((read.state == live::RespRead::State::broken) == !read.error.empty());
      return;
    }
    SQUALL_CHECK(0 < read.consumed && read.consumed <= stream.size());
    for (const std::size_t size : {read.consumed - 1, read.consumed / 2}) {
      const auto part = live::read_resp(stream.first(size), {}, again);
      SQUALL_CHECK(part.state == live::RespRead::State::incomplete);
    }
    std::string written;
    live::write_value(written, value);
    const live::RespRead back = live::read_resp(live::bytes_of(written), {}, again);
    SQUALL_CHECK(back.state == live::RespRead::State::value && back.consumed == written.size());
    SQUALL_CHECK(again == value);
    stream = stream.subspan(read.consumed);
  }
}

// Commands to the embedded broker; with and without a password.
inline void play_resp(Data data) {
  const Choice choice(data);
  if (choice.number % 2 == 0) return read_values(choice.rest);
  Bench bench;  // a new one: the broker's timers stay in its loop
  live::EmbeddedBrokerOptions options;
  if (choice.number % 4 == 3) options.password = "secret";
  live::BrokerServer server(bench.loop, options);
  bench.play(choice.rest, [&](int descriptor) { server.accept(descriptor); });
  server.reset_all();
  bench.loop.turn();
}

// ---- envelopes ---------------------------------------------------------------------------------

inline void play_envelope(Data data) {
  constexpr Bytes kLargest = 1 << 20;  // that is written again: a size is only a number here
  const auto same = [&](const Message& message, const std::string& written, std::size_t from) {
    const auto size = static_cast<std::size_t>(std::max<Bytes>(message.size, 26));
    SQUALL_CHECK(written.size() == from + size);
    const auto again = live::decode(live::bytes_of(written).subspan(from));
    SQUALL_CHECK(again && again->message.id == message.id && again->message.size == message.size);
    SQUALL_CHECK(again->message.address == message.address);
  };
  const auto envelope = live::decode(data);
  if (envelope && envelope->kind == live::FrameKind::message) {
    const Message& message = envelope->message;
    if (message.size <= kLargest) same(message, live::encode_message(message), 0);
  } else if (envelope) {
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < envelope->count(); ++i) numbers.push_back(envelope->number(i));
    SQUALL_CHECK(live::encode_note(envelope->kind, numbers) == text_of(data));
  }
  constexpr std::size_t kStamp = live::RunName::kStampLength;
  if (data.size() < kStamp) return;
  const std::string stamp = text_of(data.first(kStamp));
  std::string other = stamp;
  other[0] = static_cast<char>(other[0] ^ 1);
  SQUALL_CHECK(!live::decode_peer(data, other));
  const auto peer = live::decode_peer(data, stamp);
  if (!peer || peer->message.size > kLargest) return;
  const std::string written =
      live::encode_peer_message(peer->message, peer->from, stamp, peer->note);
  const auto again = live::decode_peer(live::bytes_of(written), stamp);
  SQUALL_CHECK(again && again->note.who == peer->note.who && again->from == peer->from);
  SQUALL_CHECK(again->note.attempt == peer->note.attempt);
  SQUALL_CHECK(again->note.returned == peer->note.returned);
  if (!peer->note.who.empty() || peer->note.returned) return;
  same(peer->message, written, live::kPeerHeader);
}

}  // namespace squall::fuzz
