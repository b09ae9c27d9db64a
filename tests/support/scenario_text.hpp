// Loading scenarios from text in tests: short words for the usual arrangements.
//
// Uses the real registries; what is loaded here loads in the program as well.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/load.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall::testing {

inline const Vocabulary& vocabulary() {
  static const Vocabulary words = make_vocabulary();
  return words;
}

// The smallest file, and `more` members after its name: R"("time": {...})".
inline std::string scenario_with(const std::string& more) {
  return R"({"squall": 1, "name": "test")" + (more.empty() ? "" : ", " + more) + "}";
}

// "users=600 /traffic/0/rate=5/s": what --set would say; a key without a slash is a parameter.
inline std::vector<Override> sets(std::string_view text) {
  std::vector<Override> all;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t equals = word.find('=');
    const std::string key(word.substr(0, equals));
    all.push_back(
        {key.starts_with('/') ? key : "/params/" + key, std::string(word.substr(equals + 1))});
  }
  return all;
}

inline LoadResult load(const std::string& text, const std::vector<Override>& overrides = {}) {
  return load_scenario_text(text, "test.json", overrides, vocabulary());
}

// "S0101 /cluster/x" per problem, in order.
inline std::vector<std::string> findings(const LoadResult& result) {
  std::vector<std::string> found;
  for (const Problem& problem : result.problems) {
    found.push_back(problem.code + " " + problem.pointer);
  }
  return found;
}

}  // namespace squall::testing
