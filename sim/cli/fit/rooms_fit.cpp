// One equation, solved by halving: the sum of squared shares of a Zipf law. See rooms_fit.hpp.
// Ranks are not used, as the order of sizes alone makes even rooms look uneven.
#include "sim/cli/fit/rooms_fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/cli/fit/sample.hpp"

namespace squall::fit {
namespace {

constexpr double kSteepest = 4;           // exponents that are looked at
constexpr std::size_t kMostSizes = 1000;  // of a histogram
constexpr double kFar = 0.1;              // of all memberships

// Sum over ranks of share^2.
double together_of(std::size_t rooms, double zipf) {
  double sum = 0, squares = 0;
  for (std::size_t rank = 1; rank <= rooms; ++rank) {
    const double weight = std::pow(static_cast<double>(rank), -zipf);
    sum += weight;
    squares += weight * weight;
  }
  return squares / (sum * sum);
}

// Rounded to hundredths: more digits would say more than is known.
double exponent_of(std::size_t rooms, double together) {
  double low = 0, high = kSteepest;
  while (high - low > 0.001) {
    const double middle = (low + high) / 2;
    (together_of(rooms, middle) < together ? low : high) = middle;
  }
  return std::round(high * 100) / 100 <= 0.01 ? 0 : std::round(high * 100) / 100;
}

// Pairs of memberships that share a room.
double pairs_of(std::span<const std::uint32_t> sizes) {
  double pairs = 0;
  for (const double members : sizes) pairs += members * (members - 1) / 2;
  return pairs;
}

// Whether the sizes vary less than dice would make them, all rooms being alike.
bool more_alike_than_chance(std::span<const std::uint32_t> sizes, double members) {
  const double rooms = static_cast<double>(sizes.size()), mean = members / rooms;
  double squares = 0;
  for (const double size : sizes) squares += (size - mean) * (size - mean);
  return squares / rooms < mean / 2;
}

// The largest distance between the shares of the first rooms, as they are and by the exponent.
double distance(std::span<const std::uint32_t> sizes, double zipf, double members) {
  double all = 0, seen = 0, said = 0, most = 0;
  const auto weight = [zipf](std::size_t i) { return std::pow(static_cast<double>(i + 1), -zipf); };
  for (std::size_t i = 0; i < sizes.size(); ++i) all += weight(i);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    seen += sizes[i] / members;
    said += weight(i) / all;
    most = std::max(most, std::fabs(seen - said));
  }
  return most;
}

// No choice by popularity makes such rooms.
bool needs_histogram(std::span<const std::uint32_t> sizes, const RoomsFit& fit, double members) {
  return more_alike_than_chance(sizes, members) || distance(sizes, fit.zipf, members) > kFar;
}

}  // namespace

RoomsFit rooms_fit(std::span<const std::uint32_t> sizes, std::uint64_t users) {
  RoomsFit fit;
  double members = 0;
  for (const std::uint32_t size : sizes) members += size;
  fit.count = static_cast<std::uint32_t>(std::max<std::size_t>(sizes.size(), 1));
  const double joined = members / std::max<double>(static_cast<double>(users), 1);
  fit.joined_per_user = static_cast<std::uint32_t>(
      std::clamp<double>(std::round(joined), 1, std::min<double>(fit.count, 1000)));
  if (sizes.size() < 2 || members < 2) return fit;
  const double pairs = pairs_of(sizes);
  fit.together = pairs / (members * (members - 1) / 2);
  const double part = kNormal95 / std::sqrt(std::max(pairs, 1.0));
  fit.zipf = exponent_of(sizes.size(), fit.together);
  fit.zipf_low = exponent_of(sizes.size(), fit.together * std::max(1 - part, 0.0));
  fit.zipf_high = exponent_of(sizes.size(), fit.together * (1 + part));
  if (fit.joined_per_user != 1 || !needs_histogram(sizes, fit, members)) return fit;
  std::map<std::uint32_t, std::uint32_t> histogram;
  for (const std::uint32_t size : sizes) ++histogram[size];
  if (histogram.size() <= kMostSizes) fit.sizes.assign(histogram.rbegin(), histogram.rend());
  return fit;
}

}  // namespace squall::fit
