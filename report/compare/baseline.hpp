// A baseline: a result made small enough to be committed, with what a later comparison must know.
//
// Values per seed of every metric, one metric a line so that a diff can be read; no histograms, no
// causes, no bytes by link. A checksum over its values notices an edit. Schema
// "squall.baseline/1". Where the files are is sim/cli's business.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

struct Baseline {
  std::string name;
  std::string saved;    // UTC, when it was saved
  std::string started;  // UTC, when the run began
  std::string version;  // of squall, with its revision
  std::string engine = "sim";
  std::string scenario_path;  // as the run was given it
  std::string result_sha256;  // of the run's result.json
  Result result;              // without losses, bytes and verdicts
};

// Ends with a line break.
std::string to_json(const Baseline& baseline);

// The reverse, or a sentence saying what is wrong.
std::variant<Baseline, std::string> baseline_from_json(const std::string& text);

}  // namespace squall
