// A queue for events that are told at least one window ahead: time-window buckets.
//
// With a lookahead (the smallest latency of any link) nothing that happens in a window can add to
// it. So an event is only put down in the bucket of its window, and a bucket is sorted once, when
// its window is opened. Total order: time, then order of scheduling, as in event_queue.hpp, which
// takes events for any time from now on and has no such contract.
// No part of the engine has that lookahead, so none uses it: bench/ measures with it what one would
// be worth.
// Windows may be shorter than the lookahead: some ten thousand events in each are best, because
// then they are sorted in the second cache. Not thread-safe; threads have a queue each.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "strategies/core/check.hpp"
#include "strategies/core/types.hpp"

namespace squall {

template <typename Event>
class WindowQueue {
  static_assert(std::is_trivially_copyable_v<Event>);

 public:
  struct Entry {
    std::uint32_t offset;  // nanoseconds since the window began
    Event event;
  };

  // No event comes before `start`; 1 ns <= width < 2^32 ns.
  WindowQueue(Time start, Duration width)
      : start_(start), shift_(std::bit_width(static_cast<std::uint64_t>(width.count())) - 1) {
    SQUALL_CHECK(width.count() > 0 && shift_ < 32);
  }

  Duration width() const { return Duration{std::int64_t{1} << shift_}; }
  bool empty() const { return upcoming() == kNever; }

  // Not before the end of the window that was opened last: that is the caller's lookahead.
  void schedule(Time at, const Event& event) {
    const auto key = static_cast<std::uint64_t>((at - start_).count());
    SQUALL_CHECK(at >= start_ && key >= closed_);
    const std::uint64_t window = key >> shift_;
    if (window / kRing == turn_) [[likely]] {
      put(window % kRing, static_cast<std::uint32_t>(key & mask()), event);
    } else {
      later_[window / kRing].push_back({key, event});
    }
  }

  // When the first window begins that holds an event; kNever when empty.
  Time upcoming() const {
    for (std::size_t word = 0; word < kRing / 64; ++word) {
      if (used_[word] == 0) continue;
      const auto slot = word * 64 + static_cast<std::size_t>(std::countr_zero(used_[word]));
      return begin_of(turn_ * kRing + slot);
    }
    if (later_.empty()) return kNever;
    const auto& events = later_.begin()->second;
    std::uint64_t first = events.front().key;
    for (const Later& later : events) first = std::min(first, later.key);
    return begin_of(first >> shift_);
  }

  // The events of the window that begins at `begin`, in total order; none may be left before it.
  // What is returned is valid until the next window is opened.
  std::span<const Entry> open(Time begin) {
    const std::uint64_t window = static_cast<std::uint64_t>((begin - start_).count()) >> shift_;
    SQUALL_CHECK(begin == begin_of(window) && window >= closed_ >> shift_ && upcoming() >= begin);
    turn_to(window / kRing);
    closed_ = (window + 1) << shift_;
    return take(window % kRing);
  }

 private:
  static constexpr std::uint64_t kRing = 4096;      // windows of one turn; later ones wait outside
  static constexpr std::size_t kChunkBytes = 2048;  // of events of one window, side by side
  static constexpr std::size_t kChunkEntries = (kChunkBytes - sizeof(void*)) / sizeof(Entry);
  static constexpr std::size_t kChunksAtOnce = 64;
  static constexpr int kDigitBits = 13;        // counters for them fit into the first cache
  static constexpr std::uint32_t kCrowd = 24;  // more in one place are not sorted by insertion
  static_assert(kChunkEntries > 0);

  struct Chunk {
    Chunk* next;
    std::array<Entry, kChunkEntries> entries;
  };
  struct Bucket {
    Chunk* first = nullptr;
    Chunk* last = nullptr;
  };
  struct Room {  // in the last chunk of a bucket; apart, because put() looks at nothing else
    Entry* free = nullptr;
    Entry* end = nullptr;
  };
  struct Later {
    std::uint64_t key;
    Event event;
  };

  std::uint32_t mask() const {
    return static_cast<std::uint32_t>((std::uint64_t{1} << shift_) - 1);
  }
  Time begin_of(std::uint64_t window) const {
    return start_ + Time{static_cast<std::int64_t>(window << shift_)};
  }

  void put(std::uint64_t slot, std::uint32_t offset, const Event& event) {
    Room& room = rooms_[slot];
    if (room.free == room.end) grow(slot);
    room.free->offset = offset;
    room.free->event = event;
    ++room.free;
  }

  void grow(std::uint64_t slot) {
    Bucket& bucket = ring_[slot];
    if (spare_ == nullptr) more_chunks();
    Chunk* const chunk = spare_;
    spare_ = chunk->next;
    chunk->next = nullptr;
    if (bucket.last != nullptr) {
      bucket.last->next = chunk;
    } else {
      bucket.first = chunk;
      used_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    }
    bucket.last = chunk;
    rooms_[slot] = {chunk->entries.data(), chunk->entries.data() + kChunkEntries};
  }

  void more_chunks() {
    blocks_.push_back(std::unique_ptr<Chunk[]>(new Chunk[kChunksAtOnce]));
    for (std::size_t i = 0; i < kChunksAtOnce; ++i) {
      Chunk& chunk = blocks_.back()[i];
      chunk.next = spare_;
      spare_ = &chunk;
    }
  }

  // What waited outside was scheduled before anything that will be put down in this turn, so the
  // order of scheduling is kept.
  void turn_to(std::uint64_t turn) {
    if (turn == turn_) return;
    turn_ = turn;
    if (later_.empty() || later_.begin()->first != turn) return;
    const std::vector<Later> events = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    for (const Later& later : events) {
      put((later.key >> shift_) % kRing, static_cast<std::uint32_t>(later.key & mask()),
          later.event);
    }
  }

  // Visits what is in a bucket, in order of scheduling: the entries of one chunk at a time.
  template <typename Visit>
  void for_each_chunk(std::uint64_t slot, Visit visit) const {
    for (const Chunk* chunk = ring_[slot].first; chunk != nullptr; chunk = chunk->next) {
      const Entry* const begin = chunk->entries.data();
      const bool last = chunk->next == nullptr;
      visit(std::span(begin, last ? rooms_[slot].free : begin + kChunkEntries));
    }
  }

  // Takes the events of a window out of the ring and sorts them: by the leading digit of the
  // offset on their way, which leaves next to nothing to do for sort_rest().
  std::span<const Entry> take(std::uint64_t slot) {
    if (ring_[slot].first == nullptr) return {};
    std::size_t count = 0;
    for_each_chunk(slot, [&](std::span<const Entry> entries) { count += entries.size(); });
    const int digit_bits = std::min({kDigitBits, shift_, static_cast<int>(std::bit_width(count))});
    const int drop = shift_ - digit_bits;
    const std::size_t digits = std::size_t{1} << digit_bits;
    std::uint32_t* const places = places_.data();
    std::fill_n(places, digits, 0);
    for_each_chunk(slot, [=](std::span<const Entry> entries) {
      for (const Entry& entry : entries) ++places[entry.offset >> drop];
    });
    std::uint32_t before = 0, most = 0;
    for (std::size_t digit = 0; digit < digits; ++digit) {
      const std::uint32_t here = std::exchange(places[digit], before);
      before += here;
      most = std::max(most, here);
    }
    if (sorted_.size() < count) sorted_.resize(2 * count);
    Entry* const sorted = sorted_.data();
    for_each_chunk(slot, [=](std::span<const Entry> entries) {
      for (const Entry& entry : entries) sorted[places[entry.offset >> drop]++] = entry;
    });
    release(slot);
    if (drop > 0) sort_rest(count, digits, most);
    return {sorted, count};
  }

  void release(std::uint64_t slot) {
    ring_[slot].last->next = spare_;
    spare_ = ring_[slot].first;
    ring_[slot] = {};
    rooms_[slot] = {};
    used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  }

  // places_ holds where each digit ends.
  void sort_rest(std::size_t count, std::size_t digits, std::uint32_t most) {
    const auto by_time = [](const Entry& a, const Entry& b) { return a.offset < b.offset; };
    for (std::size_t digit = 0; most > kCrowd && digit < digits; ++digit) {
      const std::uint32_t begin = digit == 0 ? 0 : places_[digit - 1];
      if (places_[digit] - begin <= kCrowd) continue;
      std::stable_sort(sorted_.begin() + begin, sorted_.begin() + places_[digit], by_time);
    }
    for (std::size_t i = 1; i < count; ++i) {
      const Entry entry = sorted_[i];
      std::size_t to = i;
      for (; to > 0 && entry.offset < sorted_[to - 1].offset; --to) sorted_[to] = sorted_[to - 1];
      if (to != i) sorted_[to] = entry;
    }
  }

  Time start_;
  int shift_;                 // a window has 2^shift_ nanoseconds
  std::uint64_t turn_ = 0;    // windows [turn_ * kRing, (turn_ + 1) * kRing) are in the ring
  std::uint64_t closed_ = 0;  // nanoseconds since start_: the end of the window opened last
  std::vector<Bucket> ring_ = std::vector<Bucket>(kRing);
  std::vector<Room> rooms_ = std::vector<Room>(kRing);
  std::array<std::uint64_t, kRing / 64> used_{};       // a bit for each bucket that holds something
  std::map<std::uint64_t, std::vector<Later>> later_;  // by turn
  std::vector<std::unique_ptr<Chunk[]>> blocks_;
  Chunk* spare_ = nullptr;
  std::vector<Entry> sorted_;
  std::vector<std::uint32_t> places_ = std::vector<std::uint32_t>(std::size_t{1} << kDigitBits);
};

}  // namespace squall
