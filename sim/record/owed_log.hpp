// Who was owed each message, as one engine saw it, for the other to hold against its own.
//
// The plan says who is there and what is said when; it cannot say when a welcome comes. A pair
// whose recipient was still being welcomed in one of two engines is a difference of their
// machines, and no difference of the strategy: neither counts it. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace squall {

// Bits by rank; empty when the message is not there.
struct OwedSets {
  std::span<const std::uint64_t> owed;
  std::span<const std::uint64_t> awaiting;  // would be, had the first welcome come or the join
};

class OwedLog {
 public:
  void add(std::uint64_t number, const OwedSets& sets) {
    if (from_.size() <= number) from_.resize(number + 1, kAbsent);
    from_[number] = words_.size();
    words_.push_back(sets.owed.size());
    words_.insert(words_.end(), sets.owed.begin(), sets.owed.end());
    words_.insert(words_.end(), sets.awaiting.begin(), sets.awaiting.end());
  }
  OwedSets of(std::uint64_t number) const {
    if (number >= from_.size() || from_[number] == kAbsent) return {};
    const std::span all(words_);
    const auto size = static_cast<std::size_t>(words_[from_[number]]);
    return {all.subspan(from_[number] + 1, size), all.subspan(from_[number] + 1 + size, size)};
  }

 private:
  static constexpr std::size_t kAbsent = SIZE_MAX;
  std::vector<std::size_t> from_;     // by the message's number
  std::vector<std::uint64_t> words_;  // of each: how many to a set, and both sets
};

}  // namespace squall
