// The event queue of virtual time: windows of 262 us, or less, on integer nanoseconds.
//
// Total order: time, then order of scheduling. What is due later lies unsorted in slots, a radix
// tree of time with 2048 slots a level, and moves down a level when its turn comes; the events of
// the window that is played are sorted once. A window that would hold too many is split into
// windows of 128 ns. So an event costs a few sequential copies, however many are pending. Slots
// hold their events in the order of scheduling, and sorting keeps it: no sequence number has to be
// stored. Memory is in chunks that all slots share.
// Source: the levels are hierarchical timing wheels (Varghese, Lauck, SOSP 1987), aligned digits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "strategies/core/check.hpp"
#include "strategies/core/types.hpp"

namespace squall {

template <typename Event>
class EventQueue {
 public:
  explicit EventQueue(Time start) : origin_(start), levels_(kLevels) {}

  // Not before the time of the last pop, and less than 146 years after the start.
  void schedule(Time at, const Event& event) {
    const auto key = static_cast<std::uint64_t>((at - origin_).count());
    SQUALL_CHECK(at >= origin_ && key >= last_ && key >> kTimeBits == 0);
    ++size_;
    if (key >= window_end_) {
      file({key, event});
      return;
    }
    near_.push_back({{key, event}, sequence_++});
    std::push_heap(near_.begin(), near_.end(), later);
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // The next event in total order; the queue must not be empty.
  Event pop(Time& at) {
    SQUALL_CHECK(size_ > 0);
    if (next_ == ready_.size() && near_.empty()) advance();
    --size_;
    Entry entry;
    // Of equal times those in ready_ were scheduled first: before this window began.
    if (near_.empty() || (next_ < ready_.size() && ready_[next_].at <= near_.front().entry.at)) {
      entry = ready_[next_++];
    } else {
      entry = near_.front().entry;
      std::pop_heap(near_.begin(), near_.end(), later);
      near_.pop_back();
    }
    last_ = entry.at;
    at = origin_ + Time{static_cast<std::int64_t>(entry.at)};
    return entry.event;
  }

  // Visits the events of this window that are at most `n` pops away, each of them once. For
  // fetching what they will touch; what is scheduled meanwhile for this window is never seen.
  struct Outlook {
    std::size_t window = 0, seen = 0;
  };
  template <typename Visit>
  void look_ahead(Outlook& outlook, std::size_t n, Visit visit) const {
    if (outlook.window != windows_) outlook = {windows_, next_};
    for (; outlook.seen < std::min(next_ + n, ready_.size()); ++outlook.seen) {
      visit(ready_[outlook.seen].event);
    }
  }

  // Visits what is left, in no order that may be relied on.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = next_; i < ready_.size(); ++i) visit(ready_[i].event);
    for (const Near& near : near_) visit(near.entry.event);
    for (const Level& level : levels_) {
      for (const Slot& slot : level.slots) {
        for (const Chunk* chunk = slot.first; chunk != nullptr; chunk = chunk->next) {
          for (std::uint32_t i = 0; i < chunk->count; ++i) visit(chunk->entries[i].event);
        }
      }
    }
  }

 private:
  static constexpr unsigned kFineBits = 7, kDigitBits = 11, kLevels = 5;
  static constexpr unsigned kWindowBits = kFineBits + kDigitBits;  // a slot of level 1
  static constexpr unsigned kTimeBits = kFineBits + kDigitBits * kLevels;
  static constexpr std::size_t kSlots = std::size_t{1} << kDigitBits;
  static constexpr std::size_t kChunkEntries = 40;
  static constexpr std::uint32_t kWhole = 64;  // chunks of a slot that is not split
  static constexpr std::size_t kKept = 4096;   // entries whose room ready_ keeps between windows

  struct Entry {
    std::uint64_t at;  // nanoseconds since the start of the run
    Event event;
  };
  struct Near {  // scheduled while its window is played
    Entry entry;
    std::uint64_t sequence;
  };
  struct Chunk {
    Chunk* next = nullptr;
    std::uint32_t count = 0;
    std::array<Entry, kChunkEntries> entries;
  };
  struct Slot {
    Chunk *first = nullptr, *last = nullptr;
    std::uint32_t chunks = 0;
  };
  struct Level {
    std::array<Slot, kSlots> slots;
    std::array<std::uint64_t, kSlots / 64> used{};  // bit per slot
    std::uint32_t words = 0;                        // bit per word of `used` that has one
  };

  static bool later(const Near& a, const Near& b) {
    return a.entry.at != b.entry.at ? a.entry.at > b.entry.at : a.sequence > b.sequence;
  }

  // Into the slot of the highest digit in which its fine window differs from the present one.
  void file(const Entry& entry) {
    const std::uint64_t window = entry.at >> kFineBits;
    const unsigned differing = static_cast<unsigned>(std::bit_width(window ^ window_));
    const unsigned level = differing == 0 ? 0 : (differing - 1) / kDigitBits;
    const std::size_t digit = (window >> (level * kDigitBits)) & (kSlots - 1);
    Slot& slot = levels_[level].slots[digit];
    if (slot.last == nullptr || slot.last->count == kChunkEntries) {
      Chunk* chunk = allocate();
      (slot.last == nullptr ? slot.first : slot.last->next) = chunk;
      slot.last = chunk;
      ++slot.chunks;
      levels_[level].used[digit / 64] |= std::uint64_t{1} << (digit % 64);
      levels_[level].words |= std::uint32_t{1} << (digit / 64);
    }
    slot.last->entries[slot.last->count++] = entry;
  }

  // On to the next window that has events: earlier digits are on lower levels.
  void advance() {
    ready_.clear();
    next_ = 0;
    ++windows_;
    if (ready_.capacity() > kKept) ready_.shrink_to_fit();
    for (unsigned level = 0; ready_.empty(); ++level) {
      SQUALL_CHECK(level < kLevels);
      const std::size_t digit = take_first(levels_[level]);
      if (digit == kSlots) continue;
      const unsigned shift = level * kDigitBits;
      window_ = ((window_ >> shift >> kDigitBits << kDigitBits) | digit) << shift;
      const Slot slot = std::exchange(levels_[level].slots[digit], {});
      const bool whole = level == 0 || (level == 1 && slot.chunks <= kWhole);
      window_end_ = (window_ << kFineBits) + (whole ? std::uint64_t{1} << shift << kFineBits : 0);
      open(slot.first, whole);
      level = ~0U;  // from the lowest again: what was opened lies below
    }
    sort_ready();
  }

  // The first used slot, which is no longer marked as used; kSlots when there is none.
  static std::size_t take_first(Level& level) {
    static_assert(kSlots / 64 == 32);
    if (level.words == 0) return kSlots;
    const auto word = static_cast<std::size_t>(std::countr_zero(level.words));
    std::uint64_t& used = level.used[word];
    const auto bit = static_cast<std::size_t>(std::countr_zero(used));
    used &= used - 1;
    if (used == 0) level.words &= level.words - 1;
    return word * 64 + bit;
  }

  // Takes a slot's events as the window that is played, or distributes them further down.
  void open(Chunk* chunk, bool whole) {
    while (chunk != nullptr) {
      for (std::uint32_t i = 0; i < chunk->count; ++i) {
        const Entry& entry = chunk->entries[i];
        if (whole) {
          ready_.push_back(entry);
        } else {
          file(entry);
        }
      }
      Chunk* done = std::exchange(chunk, chunk->next);
      done->next = std::exchange(free_, done);
    }
  }

  // By time; equal times stay in the order of scheduling.
  void sort_ready() {
    constexpr std::uint64_t kOffset = (std::uint64_t{1} << kWindowBits) - 1;
    if (ready_.size() == 1) return;
    order_.clear();
    for (std::size_t i = 0; i < ready_.size(); ++i) {
      order_.push_back((ready_[i].at & kOffset) << 32 | i);
    }
    if (std::is_sorted(order_.begin(), order_.end())) return;
    std::sort(order_.begin(), order_.end());
    sorted_.clear();
    for (const std::uint64_t key : order_) {
      sorted_.push_back(ready_[static_cast<std::uint32_t>(key)]);
    }
    ready_.swap(sorted_);
    if (order_.capacity() <= kKept) return;
    order_ = {};
    sorted_ = {};
  }

  Chunk* allocate() {
    if (free_ == nullptr) return &chunks_.emplace_back();
    Chunk* chunk = std::exchange(free_, free_->next);
    chunk->next = nullptr;
    chunk->count = 0;
    return chunk;
  }

  Time origin_;
  std::uint64_t last_ = 0;    // the time of the last pop
  std::uint64_t window_ = 0;  // the fine window that the one that is played begins with
  std::uint64_t window_end_ = std::uint64_t{1} << kWindowBits;
  std::uint64_t sequence_ = 0;  // of near_
  std::size_t next_ = 0, size_ = 0, windows_ = 0;
  std::vector<Entry> ready_, sorted_;  // of this window; from next_ on they are to be played
  std::vector<Near> near_;             // a heap
  std::vector<std::uint64_t> order_;   // offset in the window, place in ready_
  std::vector<Level> levels_;
  std::deque<Chunk> chunks_;
  Chunk* free_ = nullptr;
};

}  // namespace squall
