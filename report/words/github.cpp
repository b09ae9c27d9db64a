// One line for each failed expectation, those first that stand first in the file.
// Gates are in report/compare/change_json.cpp, problems of a scenario file in sim/cli/screen.
#include "report/words/github.hpp"

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
      text += "file=" + github_text(scenario_path, true) + ",line=" + std::to_string(verdict.line) +
              ",col=" + std::to_string(verdict.column) + ",";
    }
    text += "title=" + github_text(verdict.that + " of " + verdict.strategy, true) +
            "::" + github_text(verdict.detail, false) + "\n";
  }
  if (failed > kMostAnnotations) {
    text += "::notice title=squall::and " + std::to_string(failed - kMostAnnotations) +
            " more in the summary\n";
  }
  return text;
}

}  // namespace squall
