// The client's side of one connection: connect, heartbeat, notice death, back off, try again.
//
// Sans-IO: inputs and time in, actions out. An endpoint with k connections has k links
// (endpoint.hpp). The engine plays the handshake (TCP, TLS, upgrade, subscribe) between Connect and
// opened().
//
//   idle -start-> connecting -opened-> ready -closed / silence-> backoff -timer-> connecting
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "strategies/core/backoff.hpp"
#include "strategies/core/check.hpp"
#include "strategies/core/rng.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct LinkOptions {
  Duration heartbeat_every;
  Duration heartbeat_timeout;  // < heartbeat_every
  Duration connect_timeout;
  Backoff backoff;
};

enum class LinkPhase : std::uint8_t { idle, backoff, connecting, ready };

struct LinkAction {
  enum class Kind : std::uint8_t {
    connect,  // start an attempt
    abandon,  // give the running attempt up; the server may still be working on it
    close,    // the connection is believed dead: forget it
    send_ping,
    start_timer  // `at`, `generation`; a timer of an older generation is void
  } kind;
  Time at{0};
  std::uint32_t generation = 0;
};

// What a step wants done; never more than three things.
class LinkActions {
 public:
  void add(LinkAction action) {
    SQUALL_CHECK(size_ < list_.size());
    list_[size_++] = action;
  }
  std::span<const LinkAction> list() const { return {list_.data(), size_}; }

 private:
  std::array<LinkAction, 3> list_{};
  std::size_t size_ = 0;
};

// 24 bytes of state; the rules are in client_link.cpp.
struct ClientLink {
  enum class Pong : std::uint8_t { none, awaited, heard };
  // Its node asked it to go: it waits for a free link, another is under way, it has said goodbye.
  enum class Leaving : std::uint8_t { no, told, replaced, moved };

  LinkPhase phase = LinkPhase::idle;
  Pong pong = Pong::none;         // none: not ready, or the timer is that of the next ping
  Leaving leaving = Leaving::no;  // kept by the endpoint, see endpoint.hpp
  std::uint32_t attempt = 0;      // since the last time it was ready
  std::uint32_t generation = 0;   // of the only live timer
  std::uint32_t draws = 0;        // back-off draws so far, over the whole run
  Time wait{0};  // ready: when its last ping was sent; otherwise: the last back-off delay

  // It has a connection, or is about to.
  bool busy() const { return phase == LinkPhase::connecting || phase == LinkPhase::ready; }

  void start(Time now, const LinkOptions& options, LinkActions& actions);  // the user logs in
  void stop(LinkActions& actions);                                         // the user logs out
  void retire();  // its connection has ended, and another link has taken its place
  void opened(Time now, const LinkOptions& options, LinkActions& actions);
  void heard() {
    if (pong == Pong::awaited) pong = Pong::heard;
  }
  // Takes back the last heard(), which was told ahead of time: the pong is lost. Returns when the
  // time-out of its ping is due; the timer has the new generation.
  Time unheard(const LinkOptions& options);
  // The attempt failed, or the ready connection ended and the client noticed. After so many
  // attempts as its policy has, it gives up: it stays in backoff without a timer.
  void lost(Time now, const LinkOptions& options, const Rng& rng, LinkActions& actions);
  void timer(Time now, std::uint32_t fired, const LinkOptions& options, const Rng& rng,
             LinkActions& actions);

 private:
  void connect(Time now, const LinkOptions& options, LinkActions& actions);
  void arm(Time at, LinkActions& actions);
};

}  // namespace squall
