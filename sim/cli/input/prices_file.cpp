// Read as a part of a scenario that has nothing else, so that places are those of the file.
// See prices_file.hpp.
#include "sim/cli/input/prices_file.hpp"

#include <fmt/core.h>

#include "scenarios/model/load_parse.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {

bool add_prices(const std::string& file, std::vector<Override>& overrides, std::string& error) {
  if (file.empty()) return true;
  const std::optional<std::string> text = read_head(file, language::kLongestFile, error);
  if (!text) return false;
  const std::string scenario = R"({"squall": 1, "name": "x", "prices":)"
                               "\n" +
                               *text + "}";
  LoadResult loaded = load_scenario_text(scenario, file, {}, make_vocabulary());
  std::erase_if(loaded.problems,
                [](const Problem& problem) { return problem.severity != Severity::error; });
  if (loaded.problems.empty()) {
    overrides.push_back({"/prices", *text});
    return true;
  }
  for (Problem& problem : loaded.problems) --problem.line;
  error = fmt::format("--prices {}\n{}", file, render(loaded.problems, *text));
  while (error.ends_with('\n')) error.pop_back();
  return false;
}

}  // namespace squall
