// The queues that play PHOLD: each puts events down and plays all that come before a given time.
//
// squall's own two, what programs usually take, and two without any order: the floor, which tells
// what the load costs by itself.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "bench/phold.hpp"
#include "bench/window_queue.hpp"
#include "sim/kernel/event_queue.hpp"

namespace squall::bench {

constexpr Time phold_time(std::uint64_t ns) { return Time{static_cast<std::int64_t>(ns)}; }
constexpr std::uint64_t phold_ns(Time time) { return static_cast<std::uint64_t>(time.count()); }

// Of the windows for this load: the whole lookahead when few events fall into it, else so much of
// it that about 10,000 do.
inline Duration phold_width(const PholdSize& size) {
  const std::uint64_t in_lookahead = size.pending() * kPholdLookahead / (kPholdUnit * 11 / 10);
  const std::uint64_t parts = std::bit_ceil(std::max<std::uint64_t>(1, in_lookahead / 16'384));
  return phold_time(std::bit_floor(kPholdLookahead) / parts);
}

// Time-window buckets: bench/window_queue.hpp.
class PholdWindows {
 public:
  explicit PholdWindows(const PholdSize& size) : queue_(Time{0}, phold_width(size)) {}
  void schedule(std::uint64_t at, const PholdEvent& event) {
    queue_.schedule(phold_time(at), event);
  }
  std::uint64_t play(Phold& phold, std::uint64_t end) {
    std::uint64_t count = 0;
    while (queue_.upcoming() < phold_time(end)) {
      const Time begin = queue_.upcoming();
      const auto events = queue_.open(begin);
      for (const auto& entry : events) {
        const std::uint64_t now = phold_ns(begin) + entry.offset;
        const PholdNext next = phold.play(now, entry.event);
        schedule(now + next.delay, next.event);
      }
      count += events.size();
    }
    return count;
  }

 private:
  WindowQueue<PholdEvent> queue_;
};

// The queue of the virtual-time engine: sim/kernel/event_queue.hpp.
class PholdEventQueue {
 public:
  explicit PholdEventQueue(const PholdSize&) {}
  void schedule(std::uint64_t at, const PholdEvent& event) {
    queue_.schedule(phold_time(at), event);
  }
  // Nobody can look at the first event without taking it, so the last one taken waits here.
  std::uint64_t play(Phold& phold, std::uint64_t end) {
    std::uint64_t count = 0;
    if (!taken_) take();
    for (; now_ < phold_time(end); take(), ++count) {
      const PholdNext next = phold.play(phold_ns(now_), event_);
      schedule(phold_ns(now_) + next.delay, next.event);
    }
    return count;
  }

 private:
  void take() {
    event_ = queue_.pop(now_);
    taken_ = true;
  }

  EventQueue<PholdEvent> queue_{Time{0}};
  Time now_{0};
  PholdEvent event_{0, 0};
  bool taken_ = false;
};

// For queues that need the order of scheduling as part of the key.
struct PholdOrdered {
  std::uint64_t at, sequence;
  PholdEvent event;
  bool operator<(const PholdOrdered& other) const {
    return at != other.at ? at < other.at : sequence < other.sequence;
  }
  bool operator>(const PholdOrdered& other) const { return other < *this; }
};

// For those that keep no order.
struct PholdUnordered {
  std::uint64_t at;
  PholdEvent event;
};
// How many events a span of virtual time has on average: each is 1.1 units from its cause.
constexpr std::uint64_t phold_due(std::uint64_t pending, std::uint64_t span) {
  return pending * span / (kPholdUnit * 11 / 10);
}

class PholdStdQueue {
 public:
  explicit PholdStdQueue(const PholdSize&) {}
  void schedule(std::uint64_t at, const PholdEvent& event) { queue_.push({at, made_++, event}); }
  std::uint64_t play(Phold& phold, std::uint64_t end) {
    std::uint64_t count = 0;
    for (; queue_.top().at < end; ++count) {
      const PholdOrdered now = queue_.top();
      queue_.pop();
      const PholdNext next = phold.play(now.at, now.event);
      schedule(now.at + next.delay, next.event);
    }
    return count;
  }

 private:
  std::priority_queue<PholdOrdered, std::vector<PholdOrdered>, std::greater<>> queue_;
  std::uint64_t made_ = 0;
};

// An implicit heap with four children each; the top is replaced instead of popped and pushed.
class PholdFourHeap {
 public:
  explicit PholdFourHeap(const PholdSize&) {}
  void schedule(std::uint64_t at, const PholdEvent& event) {
    heap_.push_back({at, made_++, event});
    std::size_t i = heap_.size() - 1;
    for (; i > 0 && heap_[i] < heap_[(i - 1) / 4]; i = (i - 1) / 4) {
      std::swap(heap_[i], heap_[(i - 1) / 4]);
    }
  }
  std::uint64_t play(Phold& phold, std::uint64_t end) {
    std::uint64_t count = 0;
    for (; heap_.front().at < end; ++count) {
      const PholdOrdered now = heap_.front();
      const PholdNext next = phold.play(now.at, now.event);
      replace_top({now.at + next.delay, made_++, next.event});
    }
    return count;
  }

 private:
  void replace_top(const PholdOrdered& entry) {
    std::size_t i = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 4 * i + 1) {
      std::size_t least = child;
      const std::size_t end = std::min(child + 4, heap_.size());
      for (std::size_t other = child + 1; other < end; ++other) {
        if (heap_[other] < heap_[least]) least = other;
      }
      if (entry < heap_[least]) break;
      heap_[i] = heap_[least];
      i = least;
    }
    heap_[i] = entry;
  }

  std::vector<PholdOrdered> heap_;
  std::uint64_t made_ = 0;
};

// A queue that keeps no order: first in, first out. As many events as the load would have.
class PholdFifo {
 public:
  explicit PholdFifo(const PholdSize&) {}
  void schedule(std::uint64_t at, const PholdEvent& event) { queue_.push_back({at, event}); }
  std::uint64_t play(Phold& phold, std::uint64_t end) {
    const std::uint64_t count = phold_due(queue_.size(), end - played_until_);
    played_until_ = end;
    for (std::uint64_t i = 0; i < count; ++i) {
      const PholdUnordered now = queue_.front();
      queue_.pop_front();
      const PholdNext next = phold.play(now.at, now.event);
      schedule(now.at + next.delay, next.event);
    }
    return count;
  }

 private:
  std::deque<PholdUnordered> queue_;
  std::uint64_t played_until_ = 0;
};

// No queue at all: every event is replaced where it lies by the one that it schedules.
class PholdInPlace {
 public:
  explicit PholdInPlace(const PholdSize&) {}
  void schedule(std::uint64_t at, const PholdEvent& event) { pending_.push_back({at, event}); }
  std::uint64_t play(Phold& phold, std::uint64_t end) {
    const std::uint64_t count = phold_due(pending_.size(), end - played_until_);
    played_until_ = end;
    for (std::uint64_t i = 0; i < count; ++i) {
      PholdUnordered& now = pending_[next_];
      if (++next_ == pending_.size()) next_ = 0;
      const PholdNext next = phold.play(now.at, now.event);
      now = {now.at + next.delay, next.event};
    }
    return count;
  }

 private:
  std::vector<PholdUnordered> pending_;
  std::size_t next_ = 0;
  std::uint64_t played_until_ = 0;
};

}  // namespace squall::bench
