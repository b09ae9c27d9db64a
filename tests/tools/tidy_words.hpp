// The house rules about words: includes, banned names, unfinished work, private paths.
//
// Internal to tests/tools; the table that lists all rules is in tidy.cpp.
#pragma once

#include <span>
#include <vector>

#include "tests/tools/tidy.hpp"

namespace squall {

std::vector<TidyFinding> include_direction(const SourceFile& file, const TreeContext&);
std::vector<TidyFinding> banned_words(const SourceFile& file, const TreeContext&);
std::vector<TidyFinding> glued_numbers(const SourceFile& file, const TreeContext&);
std::vector<TidyFinding> unfinished(const SourceFile& file, const TreeContext&);
std::vector<TidyFinding> private_paths(const SourceFile& file, const TreeContext&);

}  // namespace squall
