// Scenarios of the library for benchmarks: their text, and the loaded scenario with overrides.
//
// As `squall run NAME --set POINTER=VALUE` would load them; what does not load ends the program.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/library.hpp"
#include "scenarios/model/load.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall::bench {

inline const Vocabulary& vocabulary() {
  static const Vocabulary words = make_vocabulary();
  return words;
}

inline std::string text_of(std::string_view name) {
  for (const LibraryFile& file : scenario_library()) {
    if (file.name == name) return std::string(file.text);
  }
  return "";
}

inline Scenario built_in(std::string_view name, const std::vector<Override>& overrides = {}) {
  const std::string text = text_of(name);
  LoadResult loaded = load_scenario_text(text, std::string(name), overrides, vocabulary());
  if (loaded.scenario) return *std::move(loaded.scenario);
  std::fprintf(stderr, "%s\n", render(loaded.problems, text).c_str());
  std::exit(1);
}

}  // namespace squall::bench
