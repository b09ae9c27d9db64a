// Formatting of numbers and names without locale or stream state.
// Every renderer prints through here; format.hpp has the promises.
#include "report/words/format.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "report/words/utf8.hpp"

namespace squall {
namespace {

// Decimals that give `digits` significant digits.
int decimals_for(double value, int digits) {
  const double size = std::abs(value);
  int decimals = digits - 1;
  for (double limit = 10; decimals > 0 && size >= limit; limit *= 10) --decimals;
  for (double limit = 1; decimals < 12 && size < limit; limit /= 10) ++decimals;
  return decimals;
}

struct Scale {
  double factor;
  std::string_view name;
};

std::string scaled(double value, const Scale* scales, std::size_t count, const Glyphs& glyphs) {
  std::size_t chosen = 0;
  while (chosen + 1 < count && std::abs(value) >= scales[chosen + 1].factor) ++chosen;
  return sensible(value / scales[chosen].factor, glyphs) + " " + std::string(scales[chosen].name);
}

std::string time_text(double nanoseconds, const Glyphs& glyphs) {
  const std::string micro = std::string(glyphs.micro) + "s";
  const Scale scales[] = {{1, "ns"}, {1e3, micro}, {1e6, "ms"}, {1e9, "s"}};
  if (nanoseconds == 0) return "0 ms";
  return scaled(nanoseconds, scales, std::size(scales), glyphs);
}

std::string bytes_text(double bytes, std::string_view per, const Glyphs& glyphs) {
  const std::string names[] = {"B" + std::string(per), "kB" + std::string(per),
                               "MB" + std::string(per), "GB" + std::string(per)};
  const Scale scales[] = {{1, names[0]}, {1e3, names[1]}, {1e6, names[2]}, {1e9, names[3]}};
  return scaled(bytes, scales, std::size(scales), glyphs);
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

const Glyphs& unicode_glyphs() {
  static constexpr Glyphs kGlyphs = {
      "∞", "±", "✓", "✗", "◆", "█", "·", "µ", {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}};
  return kGlyphs;
}

const Glyphs& ascii_glyphs() {
  static constexpr Glyphs kGlyphs = {
      "inf", "+-", "ok", "FAIL", "*", "#", "-", "u", {"", "", "", "-", "-", "-", "-", "#"}};
  return kGlyphs;
}

std::string_view name(TimeUnit unit, const Glyphs& glyphs) {
  switch (unit) {
    case TimeUnit::ms: return "ms";
    case TimeUnit::us: return glyphs.micro == "u" ? "us" : "µs";
    case TimeUnit::s: return "s";
  }
  return "ms";
}

TimeUnit unit_named(std::string_view name) {
  if (name == "us") return TimeUnit::us;
  return name == "s" ? TimeUnit::s : TimeUnit::ms;
}

double in_unit(double nanoseconds, TimeUnit unit) {
  switch (unit) {
    case TimeUnit::ms: return nanoseconds / 1e6;
    case TimeUnit::us: return nanoseconds / 1e3;
    case TimeUnit::s: return nanoseconds / 1e9;
  }
  return nanoseconds;
}

std::string decimal(double value, int decimals) {
  char text[400];
  constexpr auto kForm = std::chars_format::fixed;
  const auto end = std::to_chars(text, text + sizeof text, value, kForm, decimals);
  std::string result(text, end.ptr);
  if (result.starts_with('-') && result.find_first_not_of("-0.") == std::string::npos) {
    result.erase(0, 1);
  }
  return result;
}

std::string sensible(double value, const Glyphs& glyphs, int digits) {
  if (std::isinf(value)) return (value < 0 ? "-" : "") + std::string(glyphs.infinity);
  if (value == 0) return "0";
  return decimal(value, decimals_for(value, digits));
}

std::string grouped(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(' ');
    text.push_back(digits[i]);
  }
  return text;
}

std::string how_many(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string with_half_width(double mean, double half_width, const Glyphs& glyphs) {
  if (half_width == 0 || std::isinf(mean)) return sensible(mean, glyphs);
  const int decimals = decimals_for(half_width, 2);
  return fmt::format("{} {} {}", decimal(mean, decimals), glyphs.plus_minus,
                     decimal(half_width, decimals));
}

std::string with_ends(double value, double low, double high, const Glyphs& glyphs) {
  if (low == high) return sensible(value, glyphs);
  const double width = std::isinf(high) ? value - low : high - low;
  if (std::isinf(value) || width <= 0) {
    return fmt::format("{} [{}, {}]", sensible(value, glyphs), sensible(low, glyphs),
                       sensible(high, glyphs));
  }
  const int decimals = decimals_for(width, 2);
  const auto text = [&](double number) {
    return std::isinf(number) ? sensible(number, glyphs) : decimal(number, decimals);
  };
  return fmt::format("{} [{}, {}]", text(value), text(low), text(high));
}

std::string with_unit(double value, std::string_view unit, const Glyphs& glyphs) {
  if (std::isinf(value)) return sensible(value, glyphs);
  if (unit == "ns") return time_text(value, glyphs);
  if (unit == "ratio") return sensible(value * 100, glyphs) + " %";
  if (unit == "bytes") return bytes_text(value, "", glyphs);
  if (unit == "bytes/s") return bytes_text(value, "/s", glyphs);
  if (value >= 0 && value < 1e15 && std::trunc(value) == value) {
    return grouped(static_cast<std::uint64_t>(value));
  }
  return sensible(value, glyphs);
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string pad_right(std::string_view text, std::size_t width) {
  std::string padded(text);
  for (std::size_t have = display_width(text); have < width; ++have) padded.push_back(' ');
  return padded;
}

std::string text_table(const std::vector<std::vector<std::string>>& rows, std::size_t left,
                       std::string_view indent) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - display_width(row[i]), ' ');
      line += (i == 0 ? "" : "  ") + (i < left ? row[i] + gap : gap + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::string kept;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i]) && ++columns >= width) break;
    kept.push_back(text[i]);
  }
  return kept + "~";
}

std::string printable(std::string_view text) {
  return rewritten_utf8(text, [](std::string& safe, std::uint32_t value, std::string_view bytes) {
    safe += is_harmless(value) ? bytes : " ";
  });
}

std::string printable_ascii(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (continues(c)) continue;
    safe.push_back(static_cast<unsigned char>(c) < 0x80 ? c : '?');
  }
  return safe;
}

std::string hex16(std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text.push_back(kDigits[(value >> shift) & 0xf]);
  return text;
}

std::string int128_text(__int128 value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  std::string digits;
  for (; value != 0; value /= 10) {
    const int digit = static_cast<int>(value % 10);
    digits.push_back(static_cast<char>('0' + (digit < 0 ? -digit : digit)));
  }
  if (negative) digits.push_back('-');
  return {digits.rbegin(), digits.rend()};
}

}  // namespace squall
