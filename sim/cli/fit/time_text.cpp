// Fixed places, then digits. See time_text.hpp.
// Days since 1970 by the proleptic Gregorian calendar of <chrono>.
#include "sim/cli/fit/time_text.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace squall::fit {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || text[0] == '-' || failure != std::errc{} || stopped != end) return {};
  return value;
}

struct Clock {
  std::optional<int> year, day, hour, minute, second;
  unsigned month = 0;
};

std::optional<double> seconds_of(const Clock& clock) {
  if (!clock.year || !clock.day || !clock.hour || !clock.minute || !clock.second) return {};
  const std::chrono::year_month_day date{std::chrono::year(*clock.year),
                                         std::chrono::month(clock.month),
                                         std::chrono::day(static_cast<unsigned>(*clock.day))};
  if (!date.ok() || *clock.hour > 23 || *clock.minute > 59 || *clock.second > 60) return {};
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return 86400.0 * static_cast<double>(days) + 3600.0 * *clock.hour + 60.0 * *clock.minute +
         *clock.second;
}

// "Z", "+0200" or "+02:00": seconds east.
std::optional<double> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0.0;
  const bool colon = text.size() == 6 && text[3] == ':';
  if ((text.size() != 5 && !colon) || (text[0] != '+' && text[0] != '-')) return {};
  const auto hours = digits(text.substr(1, 2)), minutes = digits(text.substr(colon ? 4 : 3));
  if (!hours || !minutes) return {};
  return (text[0] == '-' ? -1.0 : 1.0) * (3600.0 * *hours + 60.0 * *minutes);
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] =
      std::from_chars(text.data(), end, value, std::chars_format::fixed);
  const bool plain = !text.empty() && text.find_first_not_of("0123456789.-") == text.npos;
  if (!plain || failure != std::errc{} || stopped != end) return {};
  return value;
}

std::optional<double> parse_time(std::string_view text) {
  if (const auto number = parse_number(text)) return number;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') {
    return {};
  }
  const auto month = digits(text.substr(5, 2));
  const auto whole = seconds_of({.year = digits(text.substr(0, 4)),
                                 .day = digits(text.substr(8, 2)),
                                 .hour = digits(text.substr(11, 2)),
                                 .minute = digits(text.substr(14, 2)),
                                 .second = digits(text.substr(17, 2)),
                                 .month = static_cast<unsigned>(month.value_or(0))});
  std::string_view rest = text.substr(19);
  std::optional<double> part = 0.0;
  if (rest[0] == '.') {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    part = parse_number(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  const auto offset = parse_offset(rest);
  if (!whole || !part || !offset) return {};
  return *whole + *part - *offset;
}

std::optional<double> parse_nginx_time(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 26 || text[2] != '/' || text[6] != '/' || text[11] != ':') return {};
  unsigned month = 0;
  while (month < kMonths.size() && kMonths[month] != text.substr(3, 3)) ++month;
  const auto whole = seconds_of({.year = digits(text.substr(7, 4)),
                                 .day = digits(text.substr(0, 2)),
                                 .hour = digits(text.substr(12, 2)),
                                 .minute = digits(text.substr(15, 2)),
                                 .second = digits(text.substr(18, 2)),
                                 .month = month + 1});
  const auto offset = parse_offset(text.substr(21));
  if (!whole || !offset) return {};
  return *whole - *offset;
}

}  // namespace squall::fit
