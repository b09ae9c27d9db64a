// The result on a terminal: expectations first, the comparison, why pairs were lost, notes.
//
// Fits 100 columns; below 80 each strategy is a block of lines. Without colour it is plain text
// for a log.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "report/words/format.hpp"

namespace squall {

struct TextOptions {
  std::size_t width = 100;        // columns
  bool color = false;             // ANSI escapes
  bool ascii = false;             // no character beyond ASCII
  TimeUnit unit = TimeUnit::ms;   // of latencies
  std::vector<std::string> next;  // last lines, e.g. "results   squall-results/..."
};

std::string to_text(const Result& result, const TextOptions& options = {});

}  // namespace squall
