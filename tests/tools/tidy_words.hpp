// The house rules about words: includes, banned names, unfinished work, private paths.
//
// Internal to tests/tools; the table that lists all rules is in tidy.cpp.
#pragma once

#include <span>
#include <vector>

#include "tests/tools/tidy.hpp"

namespace squall {

std::vector<Finding> include_direction(const SourceFile& file, const TreeContext&);
std::vector<Finding> banned_words(const SourceFile& file, const TreeContext&);
std::vector<Finding> glued_numbers(const SourceFile& file, const TreeContext&);
std::vector<Finding> unfinished(const SourceFile& file, const TreeContext&);
std::vector<Finding> private_paths(const SourceFile& file, const TreeContext&);

}  // namespace squall
