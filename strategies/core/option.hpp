// An option of a part: its name, what it may be, what it is when nobody says, and what it means.
//
// Declared once, beside the code that reads it, and listed in the part's row. The scenario
// language, its schema, the presets, `squall list` and the transcripts learn of it there and
// nowhere else.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "strategies/core/spec.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct Option {
  enum class Kind : std::uint8_t { flag, count, duration };

  std::string_view name;
  std::string_view meaning;
  Kind kind = Kind::flag;
  std::int64_t fallback = 0;  // a flag is 0 or 1, a duration counts nanoseconds
  std::int64_t low = 0;
  std::int64_t high = 1;
  std::string_view source = {};  // of the default
  bool settles = false;          // a time for which what is known lives: warm-up should be longer
  bool multiplies = false;       // a count: so many copies of what a client says are published
};

struct DurationOption {
  Duration fallback;
  Duration low;
  Duration high;
  std::string_view source;
  bool settles = false;
};

constexpr Option flag_option(std::string_view name, std::string_view meaning) {
  return {.name = name, .meaning = meaning};
}

constexpr Option duration_option(std::string_view name, std::string_view meaning,
                                 const DurationOption& of) {
  return {.name = name,
          .meaning = meaning,
          .kind = Option::Kind::duration,
          .fallback = of.fallback.count(),
          .low = of.low.count(),
          .high = of.high.count(),
          .source = of.source,
          .settles = of.settles};
}

// What the strategy says, or the default.
inline std::int64_t value_of(const Option& option, const StrategySpec& spec) {
  const auto found = spec.options.find(option.name);
  return found == spec.options.end() ? option.fallback : found->second;
}
inline bool is_on(const Option& option, const StrategySpec& spec) {
  return value_of(option, spec) != 0;
}
inline Duration duration_of(const Option& option, const StrategySpec& spec) {
  return Duration{value_of(option, spec)};
}

const Option* option_named(std::span<const Option> options, std::string_view name);

}  // namespace squall
