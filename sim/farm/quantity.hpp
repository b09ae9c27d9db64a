// A number with or without a unit, as it is written on a command line: 12, 0.25, 250ms, 64KiB,
// 200/s, 20Mbit/s. For ranges of values and for halving them.
//
// The units are those of the scenario language (scenarios/model/grammar.hpp); a distribution or a
// word is no quantity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall {

struct Quantity {
  enum class Kind : std::uint8_t { number, duration, size, rate, bit_rate };
  Kind kind = Kind::number;
  // In millionths of a number, ns, bytes, messages per 1000 s, bit/s. Never negative.
  std::int64_t value = 0;
  bool operator==(const Quantity&) const = default;
};

// Of Kind::number: one whole.
inline constexpr std::int64_t kWholeNumber = 1'000'000;

// Empty when the text is no quantity.
std::optional<Quantity> parse_quantity(std::string_view text);

// What parse_quantity() reads back to the same value.
std::string text_of(const Quantity& quantity);

}  // namespace squall
