// Complaints about scenario files for programs: JSON and GitHub annotations.
// The form for people is render() in scenarios/model/problem.hpp.
#pragma once

#include <string>
#include <vector>

#include "scenarios/model/problem.hpp"

namespace squall {

// A JSON list of {code, severity, file, line, column, endColumn, pointer, message, suggestion}.
std::string problems_json(const std::vector<Problem>& problems);

// One `::error file=...,line=...,col=...,title=...::message` or `::warning` line each.
std::string github_lines(const std::vector<Problem>& problems);

}  // namespace squall
