// What the codes of complaints mean: those about scenario files (scenarios/model/problem.hpp), each
// with the members of a smallest scenario that brings it about, and those of `squall hash`.
//
// One visible table in four files, in the order of the codes. A test looks for
// every code of the source in it, and loads every example.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

struct CodeRow {
  std::string_view code;
  std::string_view meaning;
  std::string_view cure;
  // After {"squall": 1, "name": "x", ...}; where no member can do it: words, in parentheses.
  std::string_view shown_by;
};

std::vector<CodeRow> code_rows();
const CodeRow* code_named(std::span<const CodeRow> rows, std::string_view code);
std::span<const CodeRow> reference_codes();  // codes_references.cpp
std::span<const CodeRow> time_codes();       // codes_times.cpp
std::span<const CodeRow> hash_codes();       // codes_hash.cpp
// The whole file; empty when the row has words instead.
std::string example_of(const CodeRow& row);

}  // namespace squall
