// The registry of the columns that strategies are compared by: which metric, in which unit.
//
// The comparison of a finished result reads it (comparison.hpp), and so does the table that grows
// while seeds are still being played.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "report/words/format.hpp"

namespace squall {

enum class Shown : std::uint8_t { percent, latency, megabytes, seconds, money };

struct ColumnRow {
  std::string_view group, title, spoken, metric;
  Shown shown;
  bool interval;  // may carry "± half width"
  bool early;     // shown from the first seed on
};

std::span<const ColumnRow> column_rows();

// A metric's value in the unit of its column: ratios become per cent, bytes/s MB/s.
double scaled(double value, Shown shown, TimeUnit unit);

// "latency" of a time becomes "latency ms".
std::string group_of(const ColumnRow& row, TimeUnit unit, const Glyphs& glyphs);

}  // namespace squall
