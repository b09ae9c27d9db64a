// Argument reduction on the bits of a double, then a short series in a fixed order.
//
// Nothing here calls libm: every step is one of + - * / sqrt, which IEEE 754 rounds in exactly one
// way. Reordering a sum or contracting a multiply-add would change results; the build forbids both.
#include "strategies/core/exact_math.hpp"

#include <bit>
#include <cstdint>
#include <limits>

#include "strategies/core/check.hpp"

namespace squall::exact {
namespace {

constexpr std::uint64_t kMantissa = 0x000FFFFFFFFFFFFFULL;
constexpr std::uint64_t kExponentOfOne = 0x3FF0000000000000ULL;
constexpr double kSqrtTwo = 0x1.6a09e667f3bcdp+0;
constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
// ln 2 in two parts: the first has 32 trailing zero bits, so that k * kLn2High is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInverseSqrtTwoPi = 0x1.9884533d43651p-2;

double power_of_two(std::int64_t exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

double density(double z) { return kInverseSqrtTwoPi * exact::exp(-0.5 * z * z); }

// P(0 < Z < z) by the series z + z^3/3 + z^5/(3*5) + ...; all terms are positive.
double central_area(double z) {
  double term = z;
  double sum = z;
  for (int odd = 3; odd < 201 && term > sum * 0x1.0p-60; odd += 2) {
    term = term * z * z / odd;
    sum += term;
  }
  return sum * density(z);
}

// P(Z > z) for z >= 3 by Laplace's continued fraction z + 1/(z + 2/(z + 3/...)), from the inside.
double upper_tail(double z) {
  double fraction = z;
  for (int level = 120; level >= 1; --level) fraction = z + level / fraction;
  return density(z) / fraction;
}

// A first guess with absolute error < 5e-4 (Hastings 1955, in Abramowitz and Stegun 26.2.23).
double guess_from_tail(double tail) {
  const double t = __builtin_sqrt(-2.0 * exact::log(tail));
  const double top = 2.515517 + t * (0.802853 + t * 0.010328);
  const double bottom = 1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - top / bottom;
}

// How much more probability lies above z than `tail`, without cancellation at either end.
double excess(double z, double tail) {
  return z < 3.0 ? (0.5 - tail) - central_area(z) : upper_tail(z) - tail;
}

}  // namespace

double log(double x) {
  SQUALL_CHECK(x > 0.0);
  const bool subnormal = x < std::numeric_limits<double>::min();
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(subnormal ? x * 0x1.0p54 : x);
  std::int64_t exponent = static_cast<std::int64_t>(bits >> 52) - 1023 - (subnormal ? 54 : 0);
  double mantissa = std::bit_cast<double>((bits & kMantissa) | kExponentOfOne);
  if (mantissa > kSqrtTwo) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln m = 2 artanh(s) = 2 (s + s^3/3 + s^5/5 + ...) with |s| <= 0.172.
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  const double square = s * s;
  double series = 0.0;
  for (int odd = 23; odd >= 3; odd -= 2) series = (series + 1.0 / odd) * square;
  const double scale = static_cast<double>(exponent);
  return scale * kLn2High + (2.0 * s + (2.0 * s * series + scale * kLn2Low));
}

double exp(double x) {
  if (x < -700.0) return 0.0;
  if (x > 700.0) return std::numeric_limits<double>::infinity();
  const double turns = x * kInverseLn2;
  const auto k = static_cast<std::int64_t>(turns + (turns < 0.0 ? -0.5 : 0.5));
  const double scale = static_cast<double>(k);
  const double r = (x - scale * kLn2High) - scale * kLn2Low;
  double sum = 1.0;  // 1 + r (1 + r/2 (1 + r/3 (...))), |r| <= 0.35
  for (int n = 14; n >= 1; --n) sum = 1.0 + r * sum / n;
  return sum * power_of_two(k);
}

double pow(double base, double exponent) {
  if (base == 0.0) {
    SQUALL_CHECK(exponent >= 0.0);
    return exponent == 0.0 ? 1.0 : 0.0;
  }
  return exp(exponent * log(base));
}

double normal_quantile(double p) {
  SQUALL_CHECK(p > 0.0 && p < 1.0);
  if (p == 0.5) return 0.0;
  const double tail = p < 0.5 ? p : 1.0 - p;
  double z = guess_from_tail(tail);
  for (int step = 0; step < 2; ++step) {  // Halley: each step cubes the error
    const double newton = excess(z, tail) / density(z);
    z += newton / (1.0 - 0.5 * z * newton);
  }
  return p < 0.5 ? -z : z;
}

}  // namespace squall::exact
