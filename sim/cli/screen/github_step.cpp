// The environment of a step: GITHUB_ACTIONS, GITHUB_STEP_SUMMARY.
// See github_step.hpp.
#include "sim/cli/screen/github_step.hpp"

#include <cstdlib>
#include <fstream>

namespace squall {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

bool in_github_step(const Options& options) {
  return options.github || variable("GITHUB_ACTIONS") == "true";
}

void append_step_summary(const std::string& markdown, std::ostream& err) {
  const std::string path = variable("GITHUB_STEP_SUMMARY");
  if (path.empty()) return;
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << markdown << '\n';
  file.close();
  if (!file) err << "warning: cannot write the step summary " << path << '\n';
}

}  // namespace squall
