// The two engines side by side: where they agree about one scenario, and where not.
//
// Pure: two results in, text out. What must agree stands first (owed pairs, verdicts, causes);
// times differ by nature and are only shown.
#pragma once

#include <string>

#include "report/measure/result.hpp"

namespace squall {

struct Parity {
  std::string text;
  bool agrees = true;  // the same owed pairs, verdicts and top causes
};
Parity compare_engines(const Result& simulated, const Result& live);

}  // namespace squall
