// What tests of `squall sweep` share: a small sweep, and the bytes of its outputs.
//
// Runs the real binary in a folder of its own; see cli.hpp.
#pragma once

#include <algorithm>
#include <string>

#include "tests/support/cli.hpp"

namespace squall::testing {

// The three files that must not depend on who played the cells, and when.
struct SweepOutputs {
  std::string json, csv, html;
  bool operator==(const SweepOutputs&) const = default;
  bool whole() const { return !json.empty() && !csv.empty() && !html.empty(); }
};

inline SweepOutputs outputs_in(const Squall& squall, const std::string& folder) {
  const auto read = [&](const char* name) {
    return squall.folder().read(std::filesystem::path(folder) / name);
  };
  return {read("sweep.json"), read("sweep.csv"), read("report.html")};
}

// squall sweep small.json over two parameters, in a folder with this name. Six points.
inline Words small_sweep(const std::string& folder, Words more = {}) {
  Words words{"sweep",      "small.json",
              "--grid",     "/cluster/nodes/count=2..4",
              "--grid",     "/time/measure=5s,6s",
              "-n",         "3",
              "-s",         "routed,broadcast",
              "--progress", "none",
              "--resume",   folder};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
inline constexpr std::size_t kSmallSweepCells = 6 * 2 * 3;

inline std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace squall::testing
