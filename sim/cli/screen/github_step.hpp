// A step of GitHub Actions as squall sees it: are we in one, and its summary.
// What is said there is report/words/github.hpp and the Markdown renderers.
#pragma once

#include <ostream>
#include <string>

#include "sim/cli/flags/options.hpp"

namespace squall {

// --github, or by itself in GitHub Actions.
bool in_github_step(const Options& options);

// Appended, as other steps may have written to it. One that cannot be written is said on `err`, and
// changes no verdict.
void append_step_summary(const std::string& markdown, std::ostream& err);

}  // namespace squall
