// When one end of a TCP connection sends an acknowledgement that carries nothing, as Linux does.
//
// Whoever only listens acknowledges what it has read at once, one for two full segments (measured:
// 4,696 for 4,700 frames). Whoever has answered data with data soon enough is taken for
// interactive: its acknowledgements wait 40 ms for data to ride on, or for the second segment; when
// they waited in vain, it is so no longer. How soon is enough (the ATO of Linux, 40 ms at first)
// follows the pace of what comes: tcp_event_data_recv(). Not modelled: losses, and round trips that
// are longer than 40 ms.
#pragma once

#include <algorithm>

#include "sim/record/wire.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class AckingEnd {
 public:
  static constexpr Duration kDelay{40'000'000};  // TCP_DELACK_MIN and TCP_ATO_MIN of Linux

  // A flight of so many segments has come, and the application reads it. Both functions return how
  // many bare acknowledgements have gone out by now.
  Bytes received(Time at, Bytes segments) {
    Bytes gone = timer_before(at);
    if (heard_ != kBeforeAll) keep_pace(at - heard_);
    heard_ = at;
    if (waiting_) {
      waiting_ = false;
      return gone + wire::acks(1 + segments);
    }
    if (!interactive_ || segments > 1) return gone + wire::acks(segments);
    waiting_ = true;
    return gone;
  }
  // It sends data, and what waits rides on it.
  Bytes sent(Time at) {
    const Bytes gone = timer_before(at);
    if (at >= heard_) waiting_ = false;
    if (heard_ != kBeforeAll && at - heard_ < soon_) interactive_ = true;
    return gone;
  }

 private:
  Bytes timer_before(Time at) {
    if (!waiting_ || at - heard_ < kDelay) return 0;
    waiting_ = interactive_ = false;
    soon_ = kDelay;
    return 1;
  }
  void keep_pace(Duration pause) {
    if (pause <= kDelay / 2) {
      soon_ = soon_ / 2 + kDelay / 2;
    } else if (pause < soon_) {
      soon_ = std::min(soon_ / 2 + pause, kRetransmit);
    }
  }

  static constexpr Duration kRetransmit{200'000'000};  // TCP_RTO_MIN

  Time heard_ = kBeforeAll;
  Duration soon_ = kDelay;
  bool waiting_ = false, interactive_ = false;
};

}  // namespace squall
