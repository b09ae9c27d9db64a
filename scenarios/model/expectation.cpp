// The three operations on the text of an expectation: splitting, reading the limit, globs.
// Which metrics exist is told by the vocabulary, in tables_expect.cpp.
#include "scenarios/model/expectation.hpp"

#include <fmt/core.h>
#include <algorithm>

namespace squall::language {
namespace {

// Ratios of two things, of which neither is a part of the other.
constexpr std::string_view kBeyondOne[] = {"dup.surfaced",  "dup.suppressed",
                                           "dup.redundant", "bytes.amplification",
                                           "node.cpu.max",  "node.cpu.mean"};

Parsed<double> as_double(const Parsed<std::int64_t>& whole) {
  if (!whole.value) return Parsed<double>::bad(whole.problem, whole.suggestion);
  return Parsed<double>::ok(static_cast<double>(*whole.value));
}

Parsed<double> parse_byte_rate(std::string_view text) {
  if (text.ends_with("bit/s")) {
    Parsed<double> bits = as_double(parse_bit_rate(text));
    if (bits.value) bits.value = *bits.value / 8;
    return bits;
  }
  if (!text.ends_with("/s")) return Parsed<double>::bad("must be a size per second, like 5MB/s");
  Parsed<double> bytes = as_double(parse_size(text.substr(0, text.size() - 2)));
  if (!bytes.suggestion.empty()) bytes.suggestion += "/s";
  return bytes;
}

Parsed<double> parse_ratio(std::string_view text) {
  const bool percent = text.ends_with('%');
  Parsed<double> share = parse_decimal(percent ? text.substr(0, text.size() - 1) : text);
  if (!share.value) return Parsed<double>::bad("must be a share, like 5% or 0.05");
  if (percent) share.value = *share.value / 100;
  return share;
}

}  // namespace

Parsed<Comparison> split_comparison(std::string_view text) {
  using Result = Parsed<Comparison>;
  constexpr std::string_view kOps[] = {"==", "!=", "<=", ">=", "<", ">", "~"};
  text = trimmed(text);
  const std::size_t at = std::min(text.find_first_of("=!<>~"), text.size());
  const auto op = std::ranges::find_if(
      kOps, [&](std::string_view candidate) { return text.substr(at).starts_with(candidate); });
  if (op == std::end(kOps)) {
    const std::string_view written = text.substr(at, 2);
    if (written == "=<") return Result::bad("=< is not a comparison: write <=");
    if (written == "=>") return Result::bad("=> is not a comparison: write >=");
    return Result::bad(written.starts_with('=')
                           ? "= is not a comparison: write =="
                           : "must be metric, one of == != < <= > >= ~, and a value");
  }
  const Comparison parts{trimmed(text.substr(0, at)), text.substr(at, op->size()),
                         trimmed(text.substr(at + op->size()))};
  if (parts.metric.empty()) return Result::bad("the metric is missing");
  if (parts.value.empty()) return Result::bad("the value is missing");
  return Result::ok(parts);
}

Parsed<double> parse_limit(std::string_view text, std::string_view unit) {
  if (unit == "ns") {
    const Parsed<Duration> duration = parse_duration(text);
    if (!duration.value && parse_decimal(text).value) {  // latencies are rarely seconds
      return Parsed<double>::bad(duration.problem, fmt::format("{0}ms\" or \"{0}s", text));
    }
    if (!duration.value) return Parsed<double>::bad(duration.problem, duration.suggestion);
    return Parsed<double>::ok(static_cast<double>(duration.value->count()));
  }
  if (unit == "bytes") return as_double(parse_size(text));
  if (unit == "bytes/s") return parse_byte_rate(text);
  if (unit == "ratio") return parse_ratio(text);
  if (text.ends_with('%')) return Parsed<double>::bad("is a count: no percent");
  return parse_decimal(text);
}

Parsed<double> parse_bound(std::string_view text, std::string_view metric, std::string_view unit) {
  Parsed<double> bound = parse_limit(text, unit);
  const bool is_share =
      unit == "ratio" && std::ranges::find(kBeyondOne, metric) == std::end(kBeyondOne);
  if (!bound.value || !is_share || *bound.value <= 1) return bound;
  const bool percent = text.ends_with('%');
  return Parsed<double>::bad("is a share and never above 100 %",
                             percent || *bound.value > 100 ? "" : std::string(text) + "%");
}

bool glob_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = n;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n])) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace squall::language
