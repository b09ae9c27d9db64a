// Quantities: a decimal number directly followed by its unit, kept exact in the base unit.
// Distributions and selectors: grammar_compound.cpp.
#include "scenarios/model/grammar.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

namespace squall::language {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// What people write instead, and what they mean.
struct Alias {
  std::string_view written;
  std::string_view meant;
};

constexpr Unit kDurationUnits[] = {
    {"ns", 1},         {"us", 1000},       {"ms", 1000000},
    {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000},
};
constexpr Alias kDurationAliases[] = {
    {"sec", "s"},    {"secs", "s"},    {"second", "s"},     {"seconds", "s"},
    {"msec", "ms"},  {"millis", "ms"}, {"min", "m"},        {"mins", "m"},
    {"minute", "m"}, {"minutes", "m"}, {"hr", "h"},         {"hour", "h"},
    {"hours", "h"},  {"usec", "us"},   {"\xC2\xB5s", "us"}, {"", "s"},
};
constexpr Unit kSizeUnits[] = {
    {"B", 1},         {"KB", 1000},       {"KiB", 1024},       {"MB", 1000000},
    {"MiB", 1048576}, {"GB", 1000000000}, {"GiB", 1073741824},
};
constexpr Alias kSizeAliases[] = {
    {"K", "KiB"}, {"M", "MiB"}, {"G", "GiB"}, {"bytes", "B"}, {"byte", "B"}, {"", "B"},
};
constexpr Unit kBitRateUnits[] = {
    {"bit/s", 1},
    {"kbit/s", 1000},
    {"Mbit/s", 1000000},
    {"Gbit/s", 1000000000},
};
constexpr Alias kBitRateAliases[] = {
    {"bps", "bit/s"},   {"kbps", "kbit/s"}, {"mbps", "Mbit/s"}, {"gbps", "Gbit/s"},
    {"kbit", "kbit/s"}, {"mbit", "Mbit/s"}, {"gbit", "Gbit/s"}, {"", "bit/s"},
};

struct Quantities {
  std::span<const Unit> units;
  std::span<const Alias> aliases;
  std::string_view unit_list;
  std::string_view example;
};
constexpr Quantities kDurations{kDurationUnits, kDurationAliases, "ns us ms s m h", "250ms"};
constexpr Quantities kSizes{kSizeUnits, kSizeAliases, "B KB KiB MB MiB GB GiB", "64KiB"};
constexpr Quantities kBitRates{kBitRateUnits, kBitRateAliases, "bit/s kbit/s Mbit/s Gbit/s",
                               "20Mbit/s"};

constexpr Unit kRateUnits[] = {{"/s", 1}, {"/m", 60}, {"/h", 3600}};
constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int64_t kLeastRate = 277'778;                   // nano; one an hour
constexpr std::int64_t kMostRate = 1'000'000'000'000'000'000;  // 10^9 a second

bool same_but_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// What is written behind a number per time, by its last word: "10 msg/s", "5 per day".
struct PerTime {
  std::string_view unit;
  std::span<const std::string_view> words;
};
constexpr std::string_view kSecondWords[] = {"", "s", "sec", "second", "seconds"};
constexpr std::string_view kMinuteWords[] = {"m", "min", "minute", "minutes"};
constexpr std::string_view kHourWords[] = {"h", "hr", "hour", "hours", "hourly"};
constexpr std::string_view kDayWords[] = {"", "d", "day", "days", "daily"};
constexpr std::string_view kWeekWords[] = {"w", "week", "weeks", "weekly"};
constexpr std::string_view kMonthWords[] = {"mo", "month", "months", "monthly"};
constexpr std::string_view kYearWords[] = {"y", "year", "years", "yearly"};
constexpr PerTime kRates[] = {{"/s", kSecondWords}, {"/m", kMinuteWords}, {"/h", kHourWords}};
constexpr PerTime kFrequencies[] = {{"/hour", kHourWords},
                                    {"/day", kDayWords},
                                    {"/week", kWeekWords},
                                    {"/month", kMonthWords},
                                    {"/year", kYearWords}};

bool digit(char c) { return c >= '0' && c <= '9'; }

// The number in front: integer digits and up to six fraction digits.
struct Decimal {
  std::string_view text;
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::int64_t scale = 1;  // fraction / scale
};

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal decimal;
  std::size_t i = 0;
  while (i < text.size() && digit(text[i])) ++i;
  const auto read = std::from_chars(text.data(), text.data() + i, decimal.whole);
  if (i == 0 || read.ec != std::errc{}) return std::nullopt;
  if (i + 1 < text.size() && text[i] == '.' && digit(text[i + 1])) {
    for (++i; i < text.size() && digit(text[i]); ++i) {
      if (decimal.scale == 1000000) return std::nullopt;
      decimal.fraction = decimal.fraction * 10 + (text[i] - '0');
      decimal.scale *= 10;
    }
  }
  decimal.text = text.substr(0, i);
  return decimal;
}

// "10/s" of "10 msg/s"; empty where no unit is meant.
std::string meant_per_time(std::string_view number, std::string_view behind,
                           std::span<const PerTime> units) {
  std::size_t begin = behind.size();
  while (begin > 0 && std::isalpha(static_cast<unsigned char>(behind[begin - 1])) != 0) --begin;
  const std::string_view word = behind.substr(begin);
  for (const PerTime& one : units) {
    for (const std::string_view known : one.words) {
      const bool bare = known.empty() && begin > 0;
      if (!bare && same_but_case(word, known)) return std::string(number) + std::string(one.unit);
    }
  }
  return {};
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  const auto found = std::ranges::find(units, name, &Unit::name);
  return found == units.end() ? nullptr : &*found;
}

std::string meant_unit(const Quantities& kind, std::string_view written) {
  for (const Unit& unit : kind.units) {
    if (same_but_case(unit.name, written)) return std::string(unit.name);
  }
  for (const Alias& alias : kind.aliases) {
    if (same_but_case(alias.written, written)) return std::string(alias.meant);
  }
  return {};
}

Parsed<std::int64_t> times_unit(const Decimal& decimal, const Unit& unit) {
  std::int64_t whole = 0;
  if (__builtin_mul_overflow(decimal.whole, unit.factor, &whole)) {
    return Parsed<std::int64_t>::bad("too large");
  }
  const std::int64_t fraction = decimal.fraction * unit.factor;  // < 10^6 * 3.6 * 10^12
  if (fraction % decimal.scale != 0) return Parsed<std::int64_t>::bad("finer than the base unit");
  std::int64_t value = 0;
  if (__builtin_add_overflow(whole, fraction / decimal.scale, &value)) {
    return Parsed<std::int64_t>::bad("too large");
  }
  return Parsed<std::int64_t>::ok(value);
}

Parsed<std::int64_t> parse_quantity(std::string_view text, const Quantities& kind) {
  const std::optional<Decimal> decimal = read_decimal(text);
  if (!decimal) {
    return Parsed<std::int64_t>::bad("must be a number and a unit, like " +
                                     std::string(kind.example));
  }
  std::string_view unit_text = text.substr(decimal->text.size());
  const bool spaced = !unit_text.empty() && unit_text.front() == ' ';
  while (!unit_text.empty() && unit_text.front() == ' ') unit_text.remove_prefix(1);
  const Unit* unit = find_unit(kind.units, unit_text);
  if (unit != nullptr && !spaced) return times_unit(*decimal, *unit);
  const std::string meant = meant_unit(kind, unit_text);
  std::string suggestion;
  if (!meant.empty()) suggestion = std::string(decimal->text) + meant;
  if (spaced && unit != nullptr) {
    return Parsed<std::int64_t>::bad("no space before the unit", suggestion);
  }
  return Parsed<std::int64_t>::bad("unit must be " + std::string(kind.unit_list), suggestion);
}

// The largest unit that divides the value.
std::string format_quantity(std::int64_t value, std::span<const Unit> units) {
  for (std::size_t i = units.size(); i-- > 1;) {
    if (value != 0 && value % units[i].factor == 0) {
      return fmt::format("{}{}", value / units[i].factor, units[i].name);
    }
  }
  return fmt::format("{}{}", value, units.front().name);
}

// "1.5" of 1,500,000; not for what is negative.
std::string millionths_text(std::int64_t micro) {
  std::string text = fmt::format("{}.{:06}", micro / kMicro, micro % kMicro);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Parsed<Duration> parse_duration(std::string_view text) {
  if (text.starts_with('-')) return Parsed<Duration>::bad("must not be negative");
  const Parsed<std::int64_t> ns = parse_quantity(text, kDurations);
  if (!ns.value) return Parsed<Duration>::bad(ns.problem, ns.suggestion);
  return Parsed<Duration>::ok(Duration{*ns.value});
}

Parsed<Time> parse_time(std::string_view text) {
  if (!text.starts_with('-')) return parse_duration(text);
  Parsed<Time> time = parse_duration(text.substr(1));
  if (time.value) time.value = -*time.value;
  if (!time.suggestion.empty()) time.suggestion.insert(0, "-");
  return time;
}

std::string format_duration(Duration duration) {
  if (duration == Duration{0}) return "0s";
  return format_quantity(duration.count(), kDurationUnits);
}

Parsed<Bytes> parse_size(std::string_view text) { return parse_quantity(text, kSizes); }

std::string format_size(Bytes bytes) { return format_quantity(bytes, kSizeUnits); }

Parsed<std::int64_t> parse_rate_nano(std::string_view text) {
  using Result = Parsed<std::int64_t>;
  const std::optional<Decimal> decimal = read_decimal(text);
  if (!decimal) return Result::bad("must be a number per time, like 200/s");
  const std::string_view unit = text.substr(decimal->text.size());
  const auto per = std::ranges::find(kRateUnits, unit, &Unit::name);
  if (per == std::end(kRateUnits)) {
    return Result::bad("must end in /s /m or /h", meant_per_time(decimal->text, unit, kRates));
  }
  const __int128 micro = static_cast<__int128>(decimal->whole) * kMicro +
                         decimal->fraction * (kMicro / decimal->scale);
  const __int128 nano = (micro * 1000 + per->factor / 2) / per->factor;
  if (nano > kMostRate) return Result::bad("too large");
  if (nano < kLeastRate) return Result::bad("must be at least one message an hour");
  return Result::ok(static_cast<std::int64_t>(nano));
}

// In the first unit that says it exactly, and as shortly as it can; an hour always does, for its
// millionths are finer.
std::string format_rate_nano(std::int64_t per_second_nano) {
  std::string text;
  for (const Unit& unit : kRateUnits) {
    for (std::int64_t step = kMicro; step > 0; step /= 10) {
      const __int128 exact = static_cast<__int128>(per_second_nano) * unit.factor;
      const auto steps = static_cast<std::int64_t>((exact + 500 * step) / (1000 * step));
      const std::int64_t micro = steps * step;
      text = millionths_text(micro) + std::string(unit.name);
      if (parse_rate_nano(text).value == per_second_nano) return text;
    }
  }
  return text;
}

Parsed<std::int64_t> parse_frequency(std::string_view text) {
  using Result = Parsed<std::int64_t>;
  struct Unit {
    std::string_view name;
    double days;
  };
  constexpr Unit kUnits[] = {
      {"/hour", 1.0 / 24}, {"/day", 1}, {"/week", 7}, {"/month", 30}, {"/year", 365}};
  const std::optional<Decimal> decimal = read_decimal(text);
  if (!decimal) return Result::bad("must be a number per time, like 5/day");
  const std::string_view name = text.substr(decimal->text.size());
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  if (unit == std::end(kUnits)) {
    return Result::bad("must end in /hour /day /week /month or /year",
                       meant_per_time(decimal->text, name, kFrequencies));
  }
  const double exact =
      (static_cast<double>(decimal->whole) +
       static_cast<double>(decimal->fraction) / static_cast<double>(decimal->scale)) *
      1e6 / unit->days;
  if (exact > 1e15) return Result::bad("too large");
  const auto micro = static_cast<std::int64_t>(std::floor(exact + 0.5));
  return micro == 0 ? Result::bad("must be at least once in a million days") : Result::ok(micro);
}

std::string format_frequency(std::int64_t per_day_micro) {
  return millionths_text(per_day_micro) + "/day";
}

Parsed<std::int64_t> parse_bit_rate(std::string_view text) {
  return parse_quantity(text, kBitRates);
}

std::string format_bit_rate(std::int64_t bits_per_second) {
  return format_quantity(bits_per_second, kBitRateUnits);
}

Parsed<double> parse_decimal(std::string_view text) {
  using Result = Parsed<double>;
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(dot + 1, text.size()));
  const bool well_formed =
      dot > 0 && dot <= 9 && fraction.size() <= 17 && (dot == text.size() || !fraction.empty()) &&
      std::ranges::all_of(text.substr(0, dot), digit) && std::ranges::all_of(fraction, digit);
  if (!well_formed) return Result::bad("must be a plain decimal number, like 0.4");
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return Result::ok(value);
}

}  // namespace squall::language
