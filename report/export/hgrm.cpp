// Writes .hgrm: head, spectrum, foot, in the columns that HdrHistogram prints.
// A tick of the spectrum falls on the first bucket that reaches its level.
#include "report/export/hgrm.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <bit>
#include <cmath>

#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr int kTicksPerHalf = 5;
constexpr std::uint64_t kSubBuckets = 128;

std::string pad_left(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

double deviation(const Histogram& histogram) {
  const double mean = histogram.mean();
  double squares = 0;
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    const double middle = (static_cast<double>(bucket.low) + static_cast<double>(bucket.high)) / 2;
    squares += (middle - mean) * (middle - mean) * static_cast<double>(bucket.count);
  }
  return histogram.count() == 0 ? 0 : std::sqrt(squares / static_cast<double>(histogram.count()));
}

// One line per percentile level; equal values are printed once per level, as the original does.
std::string spectrum(const Histogram& histogram, double scale) {
  std::string text;
  const auto total = static_cast<double>(histogram.count());
  double level = 0;  // 0 to 1
  std::uint64_t seen = 0;
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    seen += bucket.count;
    const double reached = static_cast<double>(seen) / total;
    const double value = static_cast<double>(std::min(bucket.high, histogram.max())) / scale;
    while (seen < histogram.count() && level <= reached) {
      text += fmt::format("{} {} {} {}\n", pad_left(decimal(value, 3), 12), decimal(level, 12),
                          pad_left(std::to_string(seen), 10),
                          pad_left(decimal(1 / (1 - level), 2), 14));
      const int halvings = static_cast<int>(std::floor(std::log2(1 / (1 - level)))) + 1;
      level += 1.0 / (kTicksPerHalf * std::ldexp(1.0, halvings));
    }
    if (seen == histogram.count()) {
      text += fmt::format("{} {} {}\n", pad_left(decimal(value, 3), 12), decimal(1, 12),
                          pad_left(std::to_string(seen), 10));
    }
  }
  return text;
}

}  // namespace

std::string hgrm(const Histogram& histogram, double scale) {
  const auto number = [&](double value) { return pad_left(decimal(value / scale, 3), 12); };
  const auto octaves = std::bit_width(static_cast<std::uint64_t>(histogram.max()) / kSubBuckets);
  std::string text =
      fmt::format("{} {} {} {}\n\n", pad_left("Value", 12), pad_left("Percentile", 14),
                  pad_left("TotalCount", 10), pad_left("1/(1-Percentile)", 14));
  text += spectrum(histogram, scale);
  text += fmt::format("#[Mean    = {}, StdDeviation   = {}]\n", number(histogram.mean()),
                      number(deviation(histogram)));
  text += fmt::format("#[Max     = {}, Total count    = {}]\n",
                      number(static_cast<double>(histogram.max())),
                      pad_left(std::to_string(histogram.count()), 12));
  text += fmt::format("#[Buckets = {}, SubBuckets     = {}]\n",
                      pad_left(std::to_string(octaves + 1), 12),
                      pad_left(std::to_string(kSubBuckets), 12));
  return text;
}

}  // namespace squall
