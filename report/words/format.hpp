// Numbers and names as people read them: digits, percent, units, padding, safe text.
//
// Pure text; knows no metric and no result. Renderers use nothing else to print a number, so that
// the same value looks the same everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

// Characters a terminal may not have. `ascii_glyphs()` is for --ascii.
struct Glyphs {
  std::string_view infinity, plus_minus, pass, fail, mark, heading, dot, micro;
  std::string_view bar[8];  // one eighth to a full cell
};
const Glyphs& unicode_glyphs();
const Glyphs& ascii_glyphs();

enum class TimeUnit : std::uint8_t { ms, us, s };
std::string_view name(TimeUnit unit, const Glyphs& glyphs);
TimeUnit unit_named(std::string_view name);  // "us", "s"; ms is everything else
double in_unit(double nanoseconds, TimeUnit unit);

// With this many decimals, never "-0".
std::string decimal(double value, int decimals);
// So many significant digits ("212", "43.9", "3.10", "0.377"), zero exactly is "0".
std::string sensible(double value, const Glyphs& glyphs, int digits = 3);
// 41234 -> "41 234".
std::string grouped(std::uint64_t value);
// "1 seed", "3 seeds".
std::string how_many(std::size_t count, std::string_view noun);

// "1.934 ± 0.090": the half width gets two significant digits, the mean the same decimals. Values
// that do not differ at all are printed without an interval.
std::string with_half_width(double mean, double half_width, const Glyphs& glyphs);
// "235 [210, 290]": an interval whose ends are not equally far.
std::string with_ends(double value, double low, double high, const Glyphs& glyphs);
// A value in the unit of its metric: "41.9 ms", "1.93 %", "31.0 MB/s", "412".
std::string with_unit(double value, std::string_view unit, const Glyphs& glyphs);

// Columns on a terminal, counting code points of UTF-8.
std::size_t display_width(std::string_view text);
std::string pad_right(std::string_view text, std::size_t width);
// Columns as wide as their widest cell, two blanks apart. The first `left` columns begin at the
// left, the others end at the right. At least one row, all of them equally long.
std::string text_table(const std::vector<std::vector<std::string>>& rows, std::size_t left,
                       std::string_view indent = "");
// At most `width` columns; the cut is marked with "~".
std::string shortened(std::string_view text, std::size_t width);
// Names from a scenario are untrusted: what is not harmless (utf8.hpp), line breaks and terminal
// escapes with it, becomes a space; broken UTF-8 becomes U+FFFD.
std::string printable(std::string_view text);
// ... and for --ascii everything beyond ASCII becomes "?".
std::string printable_ascii(std::string_view text);

// Sixteen hex digits.
std::string hex16(std::uint64_t value);
std::string int128_text(__int128 value);

}  // namespace squall
