// Any bytes at all, as a scenario file: no crash, no hang, every complaint at a place in the file.
//
// Built with libFuzzer (SQUALL_FUZZ); seeds are tests/fuzz/corpus/load and the scenario library.
// What it finds becomes a file of tests/golden/broken.
#include <algorithm>
#include <cstdint>
#include <string>

#include "scenarios/model/load.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

void check_places(const LoadResult& result, const std::string& text) {
  const auto lines = std::ranges::count(text, '\n') + 1;
  for (const Problem& problem : result.problems) {
    SQUALL_CHECK(problem.line >= 1 && problem.line <= lines);
    SQUALL_CHECK(problem.column >= 1 && problem.end_column >= problem.column);
    SQUALL_CHECK(problem.column <= static_cast<int>(text.size()) + 1);
    SQUALL_CHECK(!problem.message.empty());
  }
  SQUALL_CHECK(!render(result.problems, text).empty() || result.problems.empty());
}

void play(const std::string& text) {
  static const Vocabulary vocabulary = make_vocabulary();
  const LoadResult result = load_scenario_text(text, "fuzz.json", {}, vocabulary);
  check_places(result, text);
  if (!result.scenario) {
    SQUALL_CHECK(!result.problems.empty());
    return;
  }
  SQUALL_CHECK(trigger_names(*result.scenario).size() >= 3);
  const LoadResult again =
      load_scenario_text(result.scenario->resolved_json, "resolved", {}, vocabulary);
  SQUALL_CHECK(again.scenario.has_value());
  SQUALL_CHECK(again.scenario->resolved_json == result.scenario->resolved_json);
}

}  // namespace
}  // namespace squall

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::play({reinterpret_cast<const char*>(data), size});
  return 0;
}
