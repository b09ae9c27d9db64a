// The scenario that plays what was observed, and what was found on the way: each value with its
// interval, and what such a record cannot tell.
//
// Pure; the file that is written has all of it in its `why`. It expects nothing and says nothing of
// the cluster, which is for its reader to do.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/fit/recorder.hpp"

namespace squall::fit {

enum class Source : std::uint8_t { csv, access_log };

struct Finding {
  std::string what;                     // "a connection lasts"
  std::string as;                       // how the scenario says it: "exp(60s)"
  double value = 0, low = 0, high = 0;  // with the 95 % interval
  std::string unit;                     // as of metrics, or s
  std::uint64_t from = 0;               // so many observations
};

struct FittedScenario {
  std::string text;  // JSON, as a file has it
  std::vector<Finding> findings;
  std::vector<std::string> unknown;  // sentences
};

// `file`: its name, for the scenario's.
FittedScenario scenario_of(const Observed& observed, Source source, const std::string& file);

// "a connection lasts exp(60s) [57.1, 63.0] s, from 900"
std::string text_of(const Finding& finding);

}  // namespace squall::fit
