// The value grammars of the scenario language: duration `250ms`, size `64KiB`, rate `200/s` and
// bit rate `20Mbit/s`, distribution `lognormal(45ms,0.4)`, selector `node[zone=a]`.
//
// Text in, value or a sentence out; no JSON here. Every `format` prints what its `parse` reads back
// to the same value. Internal to scenarios/model.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/distribution.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall::language {

template <typename T>
struct Parsed {
  std::optional<T> value;
  std::string problem;     // a sentence, when there is no value
  std::string suggestion;  // a spelling that would have been right, or empty

  static Parsed ok(T value) { return {std::move(value), {}, {}}; }
  static Parsed bad(std::string problem, std::string suggestion = {}) {
    return {std::nullopt, std::move(problem), std::move(suggestion)};
  }
};

// Regular expressions of the same grammars, for the schema (ECMA 262, without anchors).
inline constexpr std::string_view kDurationPattern = "[0-9]{1,19}(\\.[0-9]{1,6})?(ns|us|ms|s|m|h)";
inline constexpr std::string_view kSizePattern =
    "[0-9]{1,19}(\\.[0-9]{1,6})?(B|KB|KiB|MB|MiB|GB|GiB)";
inline constexpr std::string_view kRatePattern = "[0-9]{1,12}(\\.[0-9]{1,6})?/(s|m|h)";
inline constexpr std::string_view kFrequencyPattern =
    "[0-9]{1,12}(\\.[0-9]{1,6})?/(hour|day|week|month|year)";
inline constexpr std::string_view kBitRatePattern =
    "[0-9]{1,19}(\\.[0-9]{1,6})?(bit|kbit|Mbit|Gbit)/s";
inline constexpr std::string_view kDecimalPattern = "[0-9]{1,9}(\\.[0-9]{1,17})?";
inline constexpr std::string_view kNodePattern = "(node\\[(\\*|zone=[^\\]]+)\\]|n[1-9][0-9]{0,4})";

std::string_view trimmed(std::string_view text);  // without the blanks around it

Parsed<Duration> parse_duration(std::string_view text);  // never negative
Parsed<Time> parse_time(std::string_view text);          // "-30s" is before measure
std::string format_duration(Duration duration);

Parsed<Bytes> parse_size(std::string_view text);
std::string format_size(Bytes bytes);

// Messages in 10^9 seconds, rounded; less than one an hour is refused.
Parsed<std::int64_t> parse_rate_nano(std::string_view text);
std::string format_rate_nano(std::int64_t per_second_nano);

// How often a fault happens, in millionths a day: 5/day, 2/week, 1/month (of 30 days), 1/year.
Parsed<std::int64_t> parse_frequency(std::string_view text);
std::string format_frequency(std::int64_t per_day_micro);  // always a day

Parsed<std::int64_t> parse_bit_rate(std::string_view text);  // bit/s
std::string format_bit_rate(std::int64_t bits_per_second);

enum class OfWhat : std::uint8_t { duration, size };
enum class Never : std::uint8_t { allowed, refused };
Parsed<Distribution> parse_distribution(std::string_view text, OfWhat unit, Never never);
std::string format_distribution(const Distribution& distribution, OfWhat unit);

Parsed<double> parse_popularity(std::string_view text);  // the Zipf exponent; uniform is 0
std::string format_popularity(double exponent);

Parsed<double> parse_decimal(std::string_view text);  // plain, never negative, no exponent

// node[*], node[zone=a], n3 (from 1): one of them.
Parsed<NodeSet> parse_selector(std::string_view text, const NodeConfig& nodes);
std::string node_name(std::uint16_t node);

}  // namespace squall::language
