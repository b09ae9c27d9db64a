// What an event has no room for: it names a slot, and who gets the event takes the value out of it.
// Slots are used again. Not a container to look into.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace squall {

template <typename Value>
class Slots {
 public:
  std::uint32_t put(Value value) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(values_.size()));
      values_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    values_[slot] = std::move(value);
    return slot;
  }
  const Value& operator[](std::uint32_t slot) const { return values_[slot]; }
  Value take(std::uint32_t slot) {
    free_.push_back(slot);
    return std::move(values_[slot]);
  }

 private:
  std::vector<Value> values_;
  std::vector<std::uint32_t> free_;
};

}  // namespace squall
