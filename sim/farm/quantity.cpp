// One row per kind of quantity: how it is read and how it is written.
// The grammars themselves are scenarios/model/grammar.cpp; plain numbers are read here.
#include "sim/farm/quantity.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "scenarios/model/grammar.hpp"

namespace squall {
namespace {

using Kind = Quantity::Kind;
using Value = std::optional<std::int64_t>;

constexpr std::size_t kFractionDigits = 6;

Value read_whole(std::string_view digits) {
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, value);
  const bool whole = code == std::errc{} && stop == end && !digits.starts_with('-');
  return whole ? Value(value) : std::nullopt;
}

Value read_number(std::string_view text) {
  const std::size_t dot = text.find('.');
  const Value whole = read_whole(text.substr(0, dot));
  if (!whole || *whole > std::numeric_limits<std::int64_t>::max() / kWholeNumber - 1) return {};
  if (dot == std::string_view::npos) return *whole * kWholeNumber;
  std::string fraction(text.substr(dot + 1));
  if (fraction.empty() || fraction.size() > kFractionDigits) return {};
  fraction.resize(kFractionDigits, '0');
  const Value part = read_whole(fraction);
  if (!part) return {};
  return *whole * kWholeNumber + *part;
}

std::string write_number(std::int64_t value) {
  std::string text = std::to_string(value / kWholeNumber);
  const std::int64_t fraction = value % kWholeNumber;
  if (fraction == 0) return text;
  std::string digits = std::to_string(fraction);
  digits.insert(0, kFractionDigits - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  return text + "." + digits;
}

Value read_duration(std::string_view text) {
  const auto parsed = language::parse_duration(text);
  return parsed.value ? Value(parsed.value->count()) : std::nullopt;
}
Value read_size(std::string_view text) { return language::parse_size(text).value; }
Value read_rate(std::string_view text) { return language::parse_rate_nano(text).value; }
Value read_bit_rate(std::string_view text) { return language::parse_bit_rate(text).value; }

struct KindRow {
  Kind kind;
  Value (*read)(std::string_view text);
  std::string (*write)(std::int64_t value);
};

constexpr std::array<KindRow, 5> kKinds{{
    {Kind::number, read_number, write_number},
    {Kind::duration, read_duration,
     [](std::int64_t value) { return language::format_duration(Duration(value)); }},
    {Kind::size, read_size, [](std::int64_t value) { return language::format_size(value); }},
    {Kind::rate, read_rate, [](std::int64_t value) { return language::format_rate_nano(value); }},
    {Kind::bit_rate, read_bit_rate,
     [](std::int64_t value) { return language::format_bit_rate(value); }},
}};

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  for (const KindRow& row : kKinds) {
    if (const Value value = row.read(text)) return Quantity{row.kind, *value};
  }
  return std::nullopt;
}

std::string text_of(const Quantity& quantity) {
  for (const KindRow& row : kKinds) {
    if (row.kind == quantity.kind) return row.write(quantity.value);
  }
  return {};
}

}  // namespace squall
