// The two machine-readable forms of problems.
// Field names are part of the interface: scripts read them.
#include "sim/cli/screen/problem_output.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace squall {
namespace {

// GitHub's workflow commands end at a line break and treat % as an escape; properties also end at
// a colon or comma.
std::string escaped(const std::string& text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

// GitHub's word for what is only said is another one.
const char* github_word(Severity severity) {
  return severity == Severity::note ? "notice" : severity_name(severity);
}

}  // namespace

std::string problems_json(const std::vector<Problem>& problems) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Problem& problem : problems) {
    list.push_back({{"code", problem.code},
                    {"severity", severity_name(problem.severity)},
                    {"file", problem.path},
                    {"line", problem.line},
                    {"column", problem.column},
                    {"endColumn", problem.end_column},
                    {"pointer", problem.pointer},
                    {"message", problem.message},
                    {"suggestion", problem.suggestion}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string github_lines(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += fmt::format("::{} file={},line={},col={},title={}::{}", github_word(problem.severity),
                        escaped(problem.path, true), problem.line, problem.column,
                        escaped(problem.code, true), escaped(problem.message, false));
    if (!problem.suggestion.empty()) text += " - " + escaped(problem.suggestion, false);
    text += '\n';
  }
  return text;
}

}  // namespace squall
