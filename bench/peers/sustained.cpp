// The search, and its result as JSON. See sustained.hpp.
// The edge of saturation is soft: a step is asked a second time before it counts as too much.
#include "bench/peers/sustained.hpp"

#include <fmt/core.h>
#include <array>
#include <cmath>
#include <cstdio>

namespace squall::bench {
namespace {

constexpr double kFactor = 1.6;  // from one step to the next
constexpr int kMostSteps = 8;    // up or down: a factor of 40 either way
constexpr int kHalvings = 3;     // then the edge is known to 6 %

void say(const Point& point) {
  std::fprintf(stderr, "  %8.0f/s asked %8.0f/s came  p50 %7.2f ms  p99 %7.2f ms%s\n", point.asked,
               point.came, point.p50_ms, point.p99_ms, point.good() ? "" : "  too much");
}

}  // namespace

Point point_of(double asked, double came, const Histogram& latency, const Histogram& lateness) {
  constexpr double kNsPerMs = 1e6;
  return {.asked = asked,
          .came = came,
          .p50_ms = static_cast<double>(latency.quantile(0.5)) / kNsPerMs,
          .p99_ms = static_cast<double>(latency.quantile(0.99)) / kNsPerMs,
          .late_ms = static_cast<double>(lateness.quantile(0.99)) / kNsPerMs};
}

Sustained find_sustained(const Play& play, const Search& search) {
  const auto good = [&](double rate) {
    for (int look = 0; look < 2; ++look) {
      const Point point = play(rate, search.step);
      say(point);
      if (point.good()) return true;
    }
    return false;
  };
  Sustained found;
  double too_much = search.from;
  const bool up = good(search.from);
  if (up) found.most = search.from;
  for (int i = 0; i < kMostSteps; ++i) {
    const double next = up ? found.most * kFactor : too_much / kFactor;
    const bool fine = good(next);
    (fine ? found.most : too_much) = next;
    if (fine != up) break;
  }
  if (up && too_much < found.most) too_much = found.most;  // no edge was found
  for (int i = 0; i < kHalvings && found.most > 0; ++i) {
    const double between = std::sqrt(found.most * too_much);
    (good(between) ? found.most : too_much) = between;
  }
  if (found.most == 0) return found;
  say(found.at_90 = play(found.most * 0.9, search.final_step));
  say(found.at_50 = play(found.most * 0.5, search.final_step));
  if (search.equal > 0) say(found.at_equal = play(search.equal, search.final_step));
  return found;
}

std::string json_of(const Point& point) {
  std::array<char, 320> text{};
  std::snprintf(text.data(), text.size(),
                R"({"asked_per_s":%.0f,"delivered_per_s":%.0f,"latency_ms_p50":%.3f,)"
                R"("latency_ms_p99":%.3f,"generator_late_ms_p99":%.3f,)"
                R"("server_cpu_us_per_delivery":%.3f})",
                point.asked, point.came, point.p50_ms, point.p99_ms, point.late_ms,
                point.server_cpu_us);
  return text.data();
}

std::string json_of(const std::string& system, const Sustained& sustained) {
  return fmt::format(
      "{{\"system\":\"{}\",\"sustained_per_s\":{},\"at_90\":{},\"at_50\":{},\"at_equal\":{}}}",
      system, std::llround(sustained.most), json_of(sustained.at_90), json_of(sustained.at_50),
      json_of(sustained.at_equal));
}

}  // namespace squall::bench
