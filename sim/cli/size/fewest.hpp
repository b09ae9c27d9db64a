// The least number of a range that has a property, by steps that double and then by halving.
//
// It trusts that a number above one that has the property has it too, and looks at the next one
// above what it found to see whether that is so. What the property is, the caller knows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace squall {

struct NodeRange {
  std::uint16_t low = 1, high = 1;  // both included
};

// Whether this number has the property. Empty: it could not be found out, and the search ends.
using HasProperty = std::function<std::optional<bool>(std::uint16_t)>;

struct Fewest {
  std::optional<std::uint16_t> number;  // empty: none in the range, or the search ended before
  bool ended = false;                   // early
  bool confirmed = true;                // false: the next number above does not have the property
};

// Begins at `start`: the nearer that is, the fewer numbers are looked at.
Fewest fewest(NodeRange range, std::uint16_t start, const HasProperty& has_property);

}  // namespace squall
