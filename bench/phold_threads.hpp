// PHOLD on several threads: each plays the windows of its own share of the entities.
//
// What is said to an entity of somebody else is at least a lookahead away, so it waits in an outbox
// until all have played this round; a round is as long as the lookahead allows, a power of two.
// Which thread plays an entity changes nothing: the fingerprint is that of one thread.
#pragma once

#include <algorithm>
#include <array>
#include <barrier>
#include <bit>
#include <cstdint>
#include <ctime>
#include <thread>
#include <vector>

#include "bench/phold.hpp"
#include "bench/phold_queues.hpp"
#include "bench/window_queue.hpp"

namespace squall::bench {

class PholdThreads {
 public:
  // As many threads as fit into the entities; both are powers of two.
  PholdThreads(const PholdSize& size, std::size_t threads)
      : phold_(size), share_bits_(std::countr_zero(size.entities / threads)) {
    for (std::size_t i = 0; i < threads; ++i) shares_.emplace_back(size, threads);
    for (std::uint64_t number = 0; number < size.pending(); ++number) {
      const PholdNext next = phold_.first(number);
      shares_[owner(next.event)].queue.schedule(phold_time(next.delay), next.event);
    }
  }

  // Plays until `end`, a whole number of slices; returns how many events that were.
  std::uint64_t play(std::uint64_t end) {
    std::barrier together(static_cast<std::ptrdiff_t>(shares_.size()));
    std::vector<Played> played(shares_.size());
    {
      std::vector<std::jthread> threads;
      for (std::size_t me = 0; me < shares_.size(); ++me) {
        threads.emplace_back([&, me] { played[me] = play_rounds(me, end, together); });
      }
    }
    now_ = end;
    const auto busiest = std::ranges::max_element(played, {}, &Played::seconds);
    busy_seconds_ += busiest->seconds;
    std::uint64_t sum = 0;
    for (const Played& one : played) sum += one.events;
    return sum;
  }

  // Processor time of the busiest thread, summed over all play(): what a clock on the wall shows
  // when every thread has a processor of its own.
  double busy_seconds() const { return busy_seconds_; }
  std::uint64_t fingerprint() const { return phold_.fingerprint(); }

 private:
  static constexpr std::uint64_t kRound = std::bit_floor(kPholdLookahead);
  struct Played {
    std::uint64_t events;
    double seconds;
  };
  struct Letter {
    Time at;
    PholdEvent event;
  };
  struct alignas(64) Share {
    Share(const PholdSize& size, std::size_t threads)
        : queue(Time{0}, phold_width(size)), outbox{Outbox(threads), Outbox(threads)} {}
    using Outbox = std::vector<std::vector<Letter>>;  // by recipient
    WindowQueue<PholdEvent> queue;
    std::array<Outbox, 2> outbox;  // of this round and of the one before, which others may read
  };

  std::size_t owner(const PholdEvent& event) const { return event.entity >> share_bits_; }

  static double processor_seconds() {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

  Played play_rounds(std::size_t me, std::uint64_t end, std::barrier<>& together) {
    const double began = processor_seconds();
    std::uint64_t events = 0;
    std::size_t parity = 0;
    for (std::uint64_t begin = now_; begin < end; begin += kRound, parity ^= 1) {
      for (auto& letters : shares_[me].outbox[parity]) letters.clear();
      events += play_round(me, phold_time(begin + kRound), parity);
      together.arrive_and_wait();
      for (const Share& share : shares_) {
        for (const Letter& letter : share.outbox[parity][me]) {
          shares_[me].queue.schedule(letter.at, letter.event);
        }
      }
    }
    return {events, processor_seconds() - began};
  }

  std::uint64_t play_round(std::size_t me, Time end, std::size_t parity) {
    WindowQueue<PholdEvent>& queue = shares_[me].queue;
    auto& outbox = shares_[me].outbox[parity];
    std::uint64_t count = 0;
    for (Time begin = queue.upcoming(); begin < end; begin = queue.upcoming()) {
      const auto events = queue.open(begin);
      for (const auto& entry : events) {
        const std::uint64_t now = phold_ns(begin) + entry.offset;
        const PholdNext next = phold_.play(now, entry.event);
        const Time at = phold_time(now + next.delay);
        const std::size_t to = owner(next.event);
        if (to == me) {
          queue.schedule(at, next.event);
        } else {
          outbox[to].push_back({at, next.event});
        }
      }
      count += events.size();
    }
    return count;
  }

  Phold phold_;
  int share_bits_;  // an entity's number without them is its share's
  std::vector<Share> shares_;
  std::uint64_t now_ = 0;
  double busy_seconds_ = 0;
};

}  // namespace squall::bench
