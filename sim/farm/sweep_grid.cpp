// Splits the text of an axis, counts through its ranges, and numbers the points of a grid.
// Units and their arithmetic are quantity.hpp.
#include "sim/farm/sweep_grid.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string_view>

#include "sim/farm/quantity.hpp"

namespace squall {
namespace {

// At the commas outside of brackets and quotes.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> words(1);
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) words.back() += text[i++];
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '(' || c == '[' || c == '{')) ++depth;
    if (!quoted && (c == ')' || c == ']' || c == '}')) --depth;
    if (c == ',' && !quoted && depth == 0) {
      words.emplace_back();
    } else {
      words.back() += text[i];
    }
  }
  return words;
}

struct Range {
  Quantity low, high;
  std::int64_t step = 0;
};

bool looks_like_range(std::string_view word) {
  return word.find("..") != word.npos && !word.starts_with('"') && !word.starts_with('[') &&
         !word.starts_with('{');
}

// A sentence in `error` when it cannot be counted through.
std::optional<Range> parse_range(std::string_view word, std::string& error) {
  const std::size_t dots = word.find("..");
  const std::size_t colon = word.find(':', dots);
  const auto low = parse_quantity(word.substr(0, dots));
  const auto high = parse_quantity(word.substr(dots + 2, colon - dots - 2));
  if (!low || !high || low->kind != high->kind) {
    error = "a range is LOW..HIGH[:STEP] with numbers of one kind, like 1..12:2 or 1s..5s:500ms";
    return std::nullopt;
  }
  if (low->value > high->value) {
    error = "the range runs backwards: its low end comes first";
    return std::nullopt;
  }
  if (colon == word.npos) {
    const bool whole = low->kind == Quantity::Kind::number && low->value % kWholeNumber == 0 &&
                       high->value % kWholeNumber == 0;
    if (whole) return Range{*low, *high, kWholeNumber};
    error = "a range of anything but whole numbers needs a step: LOW..HIGH:STEP";
    return std::nullopt;
  }
  const auto step = parse_quantity(word.substr(colon + 1));
  if (!step || step->kind != low->kind || step->value == 0) {
    error = "the step must be more than zero and of the kind of the ends, like 1s..5s:500ms";
    return std::nullopt;
  }
  return Range{*low, *high, step->value};
}

// False with a sentence when there are too many.
bool append_range(const Range& range, std::vector<std::string>& values, std::string& error) {
  const auto count = static_cast<std::uint64_t>((range.high.value - range.low.value) / range.step);
  if (values.size() + count + 1 > kMostGridPoints) {
    error = fmt::format("more than {} values", kMostGridPoints);
    return false;
  }
  for (std::uint64_t i = 0; i <= count; ++i) {
    const auto value = range.low.value + static_cast<std::int64_t>(i) * range.step;
    values.push_back(text_of({range.low.kind, value}));
  }
  return true;
}

bool append_value(const std::string& word, std::vector<std::string>& values, std::string& error) {
  if (word.empty()) {
    error = "a value is missing";
    return false;
  }
  if (!looks_like_range(word)) {
    values.push_back(word);
    return true;
  }
  const std::optional<Range> range = parse_range(word, error);
  return range && append_range(*range, values, error);
}

}  // namespace

std::optional<SweepAxis> parse_axis(const std::string& word, std::string& error) {
  const std::string flag = "--grid " + word + ": ";
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || !word.starts_with("/")) {
    error = flag + "expected /JSON/POINTER=VALUES, e.g. /cluster/nodes/count=3,6,12 or =1..12:2";
    return std::nullopt;
  }
  SweepAxis axis{word.substr(0, equals), {}};
  std::string problem;
  for (const std::string& value : split_values(std::string_view(word).substr(equals + 1))) {
    if (append_value(value, axis.values, problem)) continue;
    error = flag + problem;
    return std::nullopt;
  }
  std::vector<std::string> sorted = axis.values;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    error = fmt::format("{}the value {} is there twice", flag, *twice);
    return std::nullopt;
  }
  return axis;
}

std::size_t grid_points(std::span<const SweepAxis> axes) {
  std::size_t points = 1;
  for (const SweepAxis& axis : axes) {
    points *= axis.values.size();
    if (points > kMostGridPoints) return kMostGridPoints + 1;
  }
  return points;
}

std::vector<std::string> values_at(std::span<const SweepAxis> axes, std::size_t point) {
  std::vector<std::string> values(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    const std::size_t size = axes[i].values.size();
    values[i] = axes[i].values[point % size];
    point /= size;
  }
  return values;
}

}  // namespace squall
