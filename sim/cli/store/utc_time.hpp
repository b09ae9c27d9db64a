// The wall clock as text, in UTC: for manifests, folder names and baselines, never for results.
// Virtual time is another matter: strategies/core/types.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace squall {

// "2026-11-22T10:44:12Z"
std::string utc_text(std::chrono::system_clock::time_point when);
// The reverse, as nanoseconds since 1970; 0 for any other text.
std::uint64_t unix_ns(const std::string& utc_text);
// "20261122T104412Z": sortable, usable as a file name.
std::string utc_stamp(std::chrono::system_clock::time_point when);

}  // namespace squall
