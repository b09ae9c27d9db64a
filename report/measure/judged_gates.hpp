// What the gates said of a run that was held against a baseline, in words: what every report of the
// run shows beside its expectations.
//
// Told by whoever compared (report/compare/judged.hpp); numbers and statistics stay there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace squall {

// `open`: the data does not decide, or the two cannot be compared.
enum class GateEnd : std::uint8_t { passed, failed, open };

struct JudgedGate {
  std::string that;  // "loss.intent, margin 0.5 points"
  std::string strategy;
  GateEnd end = GateEnd::passed;
  std::string label;         // FAIL, PASS, WARN, INCONCLUSIVE, IDENTICAL, ADVISORY
  std::string detail;        // the change with its interval, and why
  int line = 0, column = 0;  // in the scenario file; 0: not from a file
  bool operator==(const JudgedGate&) const = default;
};

struct JudgedGates {
  std::string baseline;           // its name
  GateEnd end = GateEnd::passed;  // of all of them, as the exit code tells it
  std::string sentence;           // "2 of 4 gates failed"
  std::vector<JudgedGate> gates;
  bool operator==(const JudgedGates&) const = default;
};

}  // namespace squall
