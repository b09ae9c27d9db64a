// How a session of `squall run` ends: counts what was judged, remembers what broke, and says which
// of it decides about the exit code.
//
// What is shown and stored on the way is run.cpp.
#pragma once

#include <cstddef>
#include <string>

#include "report/compare/change.hpp"
#include "report/measure/result.hpp"
#include "sim/cli/commands/exit_codes.hpp"

namespace squall {

class RunVerdict {
 public:
  void broke(const std::string& sentence) { broken_ = sentence; }
  // Two engines; where it was seen.
  void disagrees(const std::string& where) { disagreement_ = where; }
  void held_against_baseline(const ChangeConclusion& change);

  // Counts what a result says of itself; returns the lines about it for standard error.
  std::string add(const Result& result);

  // By the worst that happened. Signals come first; warnings last, when they are fatal.
  Exit exit(bool warnings_fatal) const;

 private:
  ChangeConclusion change_;   // the worst of them
  std::string invalid_;       // why a live run may not be believed
  std::string broken_;        // the last thing that went wrong
  std::string disagreement_;  // of two engines, where it was seen last
  std::size_t judged_ = 0, failed_ = 0, warnings_ = 0;
};

// An expectation or a gate failed, or the run may not be believed: no reference for later ones.
bool has_failed(const Result& result);

// Those of which an expectation failed.
std::vector<std::string> failed_strategies(const Result& result);

}  // namespace squall
