// Text of a file -> tree with places, syntax errors and duplicate keys reported. Knows JSON, not
// scenarios.
//
// The table-driven reading of the tree is in table.hpp; who calls both is load.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/problem.hpp"

namespace squall::language {

inline constexpr int kDeepest = 32;  // nested objects and lists
inline constexpr std::size_t kMostValues = 200000;
inline constexpr std::size_t kLongestFile = 4 * 1024 * 1024;  // bytes
inline constexpr std::size_t kMostProblems = 1000;  // a broken file must not cost gigabytes

// What stands in a file, up to one byte more than is taken: enough to refuse it. Empty: it cannot
// be read, or is none.
std::optional<std::string> text_of_file(const std::filesystem::path& path);

// Empty after a syntax error. A duplicate key is reported (S0107) and its first value kept; an
// integer beyond 2^53 is reported (S0210) and becomes Json::Kind::unknown.
std::optional<Json> parse_json(const std::string& text, const std::string& path,
                               std::vector<Problem>& problems);

}  // namespace squall::language
