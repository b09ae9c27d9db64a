// The house rules as pure functions: the text of a file in, findings out.
//
// What each rule says is in one table (tidy.cpp); which names and includes are banned where stands
// in tables beside it. Reading the tree and failing is the work of tests/tidy_test.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

struct SourceFile {
  std::string path;  // from the root of the tree, with /
  std::string text;
};

// C++, not a document or a scenario.
bool is_code(const SourceFile& file);

struct TidyFinding {
  std::string rule;
  std::string path;
  int line = 0;  // from 1; 0: the file as a whole
  std::string message;
};

// "path:line: rule: message"
std::string render(const TidyFinding& finding);

// A pattern of a CMake file(GLOB ...) call.
struct BuildGlob {
  std::string pattern;     // "sim/cli/*.cpp"
  bool recursive = false;  // the last part may match in any folder below
};

// Every *.cpp and *.json pattern in the text of a CMake file.
std::vector<BuildGlob> build_globs(std::string_view cmake_text);

struct TypeHome {
  std::string type, path;  // the first file that defines it
};

// Of all code that is linked together: one of a name.
std::vector<TypeHome> type_homes(std::span<const SourceFile> tree);

// What a rule may know beside the file itself.
struct TreeContext {
  std::span<const BuildGlob> globs;
  std::span<const SourceFile> readmes;  // every README.md of the tree
  std::span<const TypeHome> types{};
};

struct TidyRule {
  std::string_view name;
  std::string_view meaning;
  std::vector<TidyFinding> (*check)(const SourceFile& file, const TreeContext& tree);
};

std::span<const TidyRule> tidy_rules();

}  // namespace squall
