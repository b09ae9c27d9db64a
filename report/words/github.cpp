// One line for each failed expectation, those first that stand first in the file.
// Gates are in report/compare/change_json.cpp, problems of a scenario file in sim/cli/screen.
#include "report/words/github.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/words/format.hpp"

namespace squall {

std::string github_text(const std::string& text, bool property) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '%') {
      safe += "%25";
    } else if (property && c == ':') {
      safe += "%3A";
    } else if (property && c == ',') {
      safe += "%2C";
    } else {
      safe.push_back(c);
    }
  }
  return safe;
}

std::string run_github(const Result& result, const std::string& scenario_path) {
  std::string text;
  std::size_t failed = 0;
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.outcome == Outcome::pass || ++failed > kMostAnnotations) continue;
    text += "::error ";
    if (verdict.line > 0 && !scenario_path.empty()) {
      text += fmt::format("file={},line={},col={},", github_text(scenario_path, true), verdict.line,
                          verdict.column);
    }
    text +=
        fmt::format("title={}::{}\n", github_text(verdict.that + " of " + verdict.strategy, true),
                    github_text(verdict.detail, false));
  }
  if (failed > kMostAnnotations) {
    text += fmt::format("::notice title=squall::and {} more in the summary\n",
                        failed - kMostAnnotations);
  }
  return text;
}

}  // namespace squall
