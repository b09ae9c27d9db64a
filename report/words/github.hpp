// Workflow commands of GitHub: the lines of a log that become annotations.
// https://docs.github.com/actions: one line each, with some characters escaped.
#pragma once

#include <cstddef>
#include <string>

#include "report/measure/result.hpp"

namespace squall {

// GitHub shows no more of a step; what is left out is counted.
inline constexpr std::size_t kMostAnnotations = 10;

// A value, or a property before the "::".
std::string github_text(const std::string& text, bool property);

// The failed expectations of a run; the path is that of its scenario, as GitHub sees it.
std::string run_github(const Result& result, const std::string& scenario_path);

}  // namespace squall
