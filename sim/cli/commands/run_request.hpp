// The flags of `squall run`, checked before anything is played.
// Pure: reads no file and starts nothing. Single words are checked by CLI11 in flags.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/flags/options.hpp"
#include "sim/cli/input/scenario_input.hpp"

namespace squall {

struct RunRequest {
  std::vector<std::uint64_t> seeds;  // with `until_decided`: at most these
  bool until_decided = false;        // --reps auto
  std::vector<Override> overrides;
  std::optional<std::chrono::nanoseconds> timeout;
  std::string format;  // text, markdown, csv or json: what standard output shows
};

// Empty when a flag makes no sense; `error` says which, and how to write it.
std::optional<RunRequest> check_run_flags(const Options& options, std::string& error);

}  // namespace squall
