// How often progress is told, and how its times are written: the same for runs and for sweeps.
// `progress.hpp` shows the runs of one command, `sweep_progress.hpp` the runs of a sweep.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace squall {

inline constexpr std::chrono::milliseconds kRedrawEvery{100};
inline constexpr std::chrono::seconds kPlainLineEvery{10};

// 75 s -> "1:15"
inline std::string clock_text(double seconds) {
  char text[32];
  const auto whole = static_cast<long long>(seconds);
  std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  return text;
}

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace squall
