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
#include <cstdint>
#include <utility>

#include "sim/record/wire.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// What one end remembers beside the instant at which it heard something last, which is kept apart,
// as some know it anyway: one byte, as there is one for each client.
class AckHabit {
 public:
  static constexpr Duration kDelay{40'000'000};  // TCP_DELACK_MIN and TCP_ATO_MIN of Linux

  constexpr AckHabit() = default;
  // Of who has just answered: the end of an opening handshake.
  static constexpr AckHabit of_one_who_answers() {
    AckHabit habit;
    habit.interactive_ = true;
    return habit;
  }

  // Who only listens acknowledges each flight alone, and nothing waits.
  bool only_listens() const { return !interactive_; }
  // Whether one has waited in vain, and so has gone out at `heard` + kDelay. Nobody has to ask.
  bool overdue(Time heard, Time at) {
    if (!waiting_ || at - heard < kDelay) return false;
    waiting_ = interactive_ = false;
    soon_ = kAto;
    return true;
  }
  // A flight of so many segments has come, and the application reads it; `heard`: the one before.
  // Both functions return how many bare acknowledgements have gone out by now.
  Bytes received(Time heard, Time at, Bytes segments) {
    Bytes gone = overdue(heard, at) ? 1 : 0;
    if (heard != kBeforeAll) keep_pace(at - heard);
    if (waiting_) {
      waiting_ = false;
      return gone + wire::acks(1 + segments);
    }
    if (!interactive_ || segments > 1) return gone + wire::acks(segments);
    waiting_ = true;
    return gone;
  }
  // It sends data, and what waits rides on it. What is still on its way is taken for heard.
  Bytes sent(Time heard, Time at) {
    const Bytes gone = overdue(heard, at) ? 1 : 0;
    if (at >= heard) waiting_ = false;
    if (heard != kBeforeAll && at - heard < soon_ * kJiffy) interactive_ = true;
    return gone;
  }

 private:
  static constexpr Duration kJiffy{4'000'000};  // HZ=250, by which Linux counts here
  static constexpr std::int64_t kAto = kDelay / kJiffy;
  static constexpr std::int64_t kRetransmit = 50;  // TCP_RTO_MIN

  void keep_pace(Duration pause) {
    if (pause >= soon_ * kJiffy) return;
    const std::int64_t jiffies = std::max<std::int64_t>(pause / kJiffy, kAto / 2);
    soon_ = static_cast<std::uint8_t>(std::min(soon_ / 2 + jiffies, kRetransmit)) & 63U;
  }

  std::uint8_t soon_ : 6 = kAto;  // jiffies
  bool waiting_ : 1 = false, interactive_ : 1 = false;
};
static_assert(sizeof(AckHabit) == 1);

class AckingEnd {
 public:
  static constexpr Duration kDelay = AckHabit::kDelay;

  constexpr AckingEnd() = default;
  explicit constexpr AckingEnd(AckHabit habit) : habit_(habit) {}

  Bytes received(Time at, Bytes segments) {
    return habit_.received(std::exchange(heard_, at), at, segments);
  }
  Bytes sent(Time at) { return habit_.sent(heard_, at); }
  Time heard() const { return heard_; }  // something, the last time

 private:
  Time heard_ = kBeforeAll;
  AckHabit habit_;
};

}  // namespace squall
