// The event queue of virtual time: a radix heap on integer nanoseconds.
//
// Total order: time, then order of scheduling. Equal times always share a bucket and buckets are
// emptied in order, so no sequence number has to be stored. Scheduling into the past is a bug.
// Source: Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem", 1990.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "strategies/core/check.hpp"
#include "strategies/core/types.hpp"

namespace squall {

template <typename Event>
class EventQueue {
 public:
  explicit EventQueue(Time start) : origin_(start) {}

  struct Entry {
    std::uint64_t at;  // nanoseconds since the start of the run
    Event event;
  };

  void schedule(Time at, const Event& event) {
    const auto key = static_cast<std::uint64_t>((at - origin_).count());
    SQUALL_CHECK(at >= origin_ && key >= last_);
    buckets_[bucket_of(key)].push_back({key, event});
    ++size_;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // The next event in total order; the queue must not be empty.
  Event pop(Time& at) {
    if (next_ == buckets_[0].size()) refill();
    const Entry& entry = buckets_[0][next_++];
    --size_;
    at = origin_ + Time{static_cast<std::int64_t>(entry.at)};
    return entry.event;
  }

  // Visits what is left, in no order that may be relied on.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = next_; i < buckets_[0].size(); ++i) visit(buckets_[0][i].event);
    for (std::size_t b = 1; b < buckets_.size(); ++b) {
      for (const Entry& entry : buckets_[b]) visit(entry.event);
    }
  }

 private:
  // Bucket 0 holds the time of the last pop; bucket b those that differ from it first in bit b-1.
  std::size_t bucket_of(std::uint64_t key) const {
    return key == last_ ? 0 : 64 - static_cast<std::size_t>(std::countl_zero(key ^ last_));
  }

  void refill() {
    SQUALL_CHECK(size_ > 0);
    buckets_[0].clear();
    next_ = 0;
    std::size_t b = 1;
    while (buckets_[b].empty()) ++b;
    std::uint64_t least = buckets_[b].front().at;
    for (const Entry& entry : buckets_[b]) least = entry.at < least ? entry.at : least;
    last_ = least;
    moving_.swap(buckets_[b]);
    for (const Entry& entry : moving_) buckets_[bucket_of(entry.at)].push_back(entry);
    moving_.clear();
  }

  Time origin_;
  std::uint64_t last_ = 0;
  std::size_t next_ = 0, size_ = 0;
  std::array<std::vector<Entry>, 65> buckets_;
  std::vector<Entry> moving_;
};

}  // namespace squall
