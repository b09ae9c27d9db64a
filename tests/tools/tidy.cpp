// The rule table and the rules about form: lengths, columns, head comments, folders, scenarios.
//
// The rules about words and includes, with their tables, are in tidy_words.cpp.
#include "tests/tools/tidy.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/tools/code_text.hpp"
#include "tests/tools/tidy_words.hpp"

namespace squall {
namespace {

using Findings = std::vector<TidyFinding>;

constexpr int kFunctionLines = 70;
constexpr int kClassFunctions = 40;
constexpr std::size_t kFileLines = 400;
constexpr std::size_t kColumns = 100;
constexpr std::size_t kHeadLinesMin = 2;
constexpr std::size_t kHeadLinesMax = 10;

bool is_scenario(const SourceFile& file) {
  return file.path.starts_with("scenarios/") && file.path.ends_with(".json") &&
         file.path != "scenarios/schema.json";
}

std::size_t columns(std::string_view line) {  // UTF-8: a continuation byte takes no column
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Findings function_length(const SourceFile& file, const TreeContext&) {
  Findings found;
  if (!is_code(file)) return found;
  for (const FunctionExtent& function : functions_of(file.text)) {
    if (function.length() <= kFunctionLines) continue;
    found.push_back({"function_length", file.path, function.first_line,
                     function.name + " has " + std::to_string(function.length()) + " lines"});
  }
  return found;
}

Findings class_size(const SourceFile& file, const TreeContext&) {
  Findings found;
  if (!is_code(file)) return found;
  for (const ClassExtent& one : classes_of(file.text)) {
    if (one.functions <= kClassFunctions) continue;
    found.push_back({"class_size", file.path, one.first_line,
                     one.name + " has " + std::to_string(one.functions) + " functions"});
  }
  return found;
}

// Two types of one name, each in a header of its own, link without a word, and the wrong one is
// destroyed.
Findings one_type_a_name(const SourceFile& file, const TreeContext& tree) {
  Findings found;
  if (!is_code(file)) return found;
  std::set<std::string> own;
  for (const TypeExtent& type : types_of(file.text)) {
    const auto home = std::ranges::find(tree.types, type.name, &TypeHome::type);
    const bool elsewhere = home != tree.types.end() && home->path != file.path;
    if (!elsewhere && own.insert(type.name).second) continue;
    found.push_back(
        {"one_type_a_name", file.path, type.first_line,
         type.name + " is defined in " + (elsewhere ? home->path : "this file") + " as well"});
  }
  return found;
}

Findings file_length(const SourceFile& file, const TreeContext&) {
  const std::size_t lines = lines_of(file.text).size();
  if (!is_code(file) || lines <= kFileLines) return {};
  return {{"file_length", file.path, 0, "the file has " + std::to_string(lines) + " lines"}};
}

Findings line_form(const SourceFile& file, const TreeContext&) {
  Findings found;
  if (!is_code(file)) return found;
  int number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    const auto complain = [&](const char* message) {
      found.push_back({"line_form", file.path, number, message});
    };
    if (columns(line) > kColumns) complain("longer than 100 columns");
    if (line.find('\t') != std::string_view::npos) complain("a tab");
    if (line.find('\r') != std::string_view::npos) complain("a carriage return");
    if (line.ends_with(' ')) complain("blanks at the end of the line");
  }
  if (!file.text.ends_with("\n")) {
    found.push_back({"line_form", file.path, number, "no line end at the end of the file"});
  }
  return found;
}

Findings pragma_once(const SourceFile& file, const TreeContext&) {
  if (!file.path.ends_with(".hpp")) return {};
  const std::vector<std::string_view> lines = lines_of(file.text);
  if (std::find(lines.begin(), lines.end(), "#pragma once") != lines.end()) return {};
  return {{"pragma_once", file.path, 1, "a header without #pragma once"}};
}

Findings head_comment(const SourceFile& file, const TreeContext&) {
  if (!is_code(file)) return {};
  std::size_t count = 0;
  for (const std::string_view line : lines_of(file.text)) {
    if (!line.starts_with("//")) break;
    ++count;
  }
  if (count >= kHeadLinesMin && count <= kHeadLinesMax) return {};
  return {{"head_comment", file.path, 1,
           "begins with " + std::to_string(count) +
               " comment lines; 2 to 10 say what it is, what not, and where to go next"}};
}

// With every value named, a new one does not compile (-Wswitch). Who looks for a few of many says
// `if`. Of a switch whose caller has sorted before, what cannot come aborts.
Findings enum_switch(const SourceFile& file, const TreeContext&) {
  Findings found;
  if (!is_code(file) || file.path.starts_with("tests/")) return found;
  const std::string code = code_only(file.text);
  constexpr std::string_view kDefault = "default:";
  for (std::size_t at = code.find(kDefault); at != code.npos; at = code.find(kDefault, at + 1)) {
    const std::size_t label = code.rfind("case ", at);
    if (label == code.npos) continue;
    const bool of_enum = code.substr(label, code.find('\n', label) - label).find("::") != code.npos;
    const std::size_t then = code.find_first_not_of(" \n", at + kDefault.size());
    if (!of_enum || code.substr(then).starts_with("SQUALL_CHECK(false)")) continue;
    const auto line = 1 + std::count(code.begin(), code.begin() + static_cast<long>(at), '\n');
    found.push_back({"enum_switch", file.path, static_cast<int>(line),
                     "a default hides the values that are not named"});
  }
  return found;
}

Findings scenario_teaches(const SourceFile& file, const TreeContext&) {
  if (!is_scenario(file)) return {};
  const auto complain = [&](const std::string& message) {
    return Findings{{"scenario_teaches", file.path, 0, message}};
  };
  const nlohmann::json scenario = nlohmann::json::parse(file.text, nullptr, false);
  if (!scenario.is_object()) return complain("not a JSON object");
  const auto why = scenario.find("why");
  if (why == scenario.end() || !why->is_string() || why->get<std::string>().empty()) {
    return complain("no `why`: what is the reader to learn from it?");
  }
  const auto expect = scenario.find("expect");
  if (expect == scenario.end() || !expect->is_array() || expect->empty()) {
    return complain("no `expect`: a scenario of the library is a test");
  }
  return {};
}

// One part of a path against a pattern in which * stands for anything.
bool part_matches(std::string_view part, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return part == pattern;
  const std::string_view before = pattern.substr(0, star), after = pattern.substr(star + 1);
  return part.size() >= before.size() + after.size() && part.starts_with(before) &&
         part.ends_with(after);
}

bool glob_matches(std::string_view path, const BuildGlob& glob) {
  std::string_view pattern = glob.pattern;
  while (true) {
    const std::size_t slash = path.find('/'), pattern_slash = pattern.find('/');
    const bool last = slash == std::string_view::npos;
    if (pattern_slash == std::string_view::npos) {
      if (!last && !glob.recursive) return false;
      return part_matches(path.substr(last ? 0 : path.rfind('/') + 1), pattern);
    }
    if (last || !part_matches(path.substr(0, slash), pattern.substr(0, pattern_slash))) {
      return false;
    }
    path.remove_prefix(slash + 1);
    pattern.remove_prefix(pattern_slash + 1);
  }
}

bool holds_tests(const SourceFile& file) {
  const std::string code = code_only(file.text);
  static constexpr std::array<std::string_view, 4> kMacros{"TEST(", "TEST_F(", "TEST_P(",
                                                           "RC_GTEST_PROP("};
  return std::any_of(kMacros.begin(), kMacros.end(),
                     [&](std::string_view macro) { return has_word(code, macro); });
}

Findings is_built(const SourceFile& file, const TreeContext& tree) {
  if (!is_code(file) && !is_scenario(file)) return {};
  std::string path = file.path;
  if (path.ends_with(".hpp")) path.replace(path.size() - 4, 4, ".cpp");
  const bool listed = path == "sim/cli/main.cpp" ||
                      std::any_of(tree.globs.begin(), tree.globs.end(),
                                  [&](const BuildGlob& glob) { return glob_matches(path, glob); });
  if (!listed) return {{"is_built", file.path, 0, "no glob of the build takes this file"}};
  if (file.path.ends_with(".cpp") && !file.path.ends_with("_test.cpp") && holds_tests(file)) {
    return {{"is_built", file.path, 0, "holds tests, so its name must end in _test.cpp"}};
  }
  return {};
}

// The README that is nearest: in the file's folder, or in one above. nullptr: only the root's.
const SourceFile* readme_above(std::string_view path, std::span<const SourceFile> readmes) {
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    const std::string wanted = std::string(path.substr(0, slash)) + "/README.md";
    const auto found = std::find_if(readmes.begin(), readmes.end(), [&](const SourceFile& readme) {
      return readme.path == wanted;
    });
    if (found != readmes.end()) return &*found;
  }
  return nullptr;
}

// Tests are found by the names of their folders; everything else by its own name, or by one with a
// star (`svg*`).
Findings readme_names(const SourceFile& file, const TreeContext& tree) {
  if (!is_code(file)) return {};
  const std::size_t slash = std::min(file.path.size(), file.path.rfind('/'));
  std::string name = file.path.substr(slash + 1, file.path.rfind('.') - slash - 1);
  if (file.path.starts_with("tests/")) {
    const std::string folder = file.path.substr(0, slash);
    if (folder == "tests") return {};
    name = folder.substr(folder.rfind('/') + 1);
  }
  const SourceFile* readme = readme_above(file.path, tree.readmes);
  const std::string_view text = readme == nullptr ? std::string_view() : readme->text;
  if (has_word(text, name)) return {};
  for (std::size_t star = text.find('*'); star != std::string_view::npos;
       star = text.find('*', star + 1)) {
    const std::size_t begin =
        text.find_last_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", star == 0 ? 0 : star - 1) +
        1;
    if (star > begin + 1 && name.starts_with(text.substr(begin, star - begin))) return {};
  }
  const std::string where = readme == nullptr ? "no README above it" : readme->path;
  return {{"readme_names", file.path, 0, where + " does not say what " + name + " is"}};
}

constexpr std::array<TidyRule, 16> kRules{{
    {"include_direction", "each folder includes only what ARCHITECTURE.md allows",
     include_direction},
    {"banned_words", "no clock, thread, std:: randomness or libm where results are made",
     banned_words},
    {"glued_numbers", "a number stands in a sentence by fmt::format", glued_numbers},
    {"unfinished", "nothing says that it is not finished", unfinished},
    {"private_paths", "no path of somebody's own machine", private_paths},
    {"function_length", "a function has at most 70 lines", function_length},
    {"class_size", "a class has at most 40 functions", class_size},
    {"one_type_a_name", "a type's name is its own in the whole tree", one_type_a_name},
    {"file_length", "a source file has at most 400 lines", file_length},
    {"line_form", "100 columns, no tabs, no blanks at the end", line_form},
    {"pragma_once", "every header begins with #pragma once", pragma_once},
    {"head_comment", "every file begins with its story", head_comment},
    {"enum_switch", "a switch over an enum names every value", enum_switch},
    {"scenario_teaches", "every scenario says why and what it expects", scenario_teaches},
    {"is_built", "every file sits in a folder that the build globs", is_built},
    {"readme_names", "the README of a folder names its files", readme_names},
}};

}  // namespace

bool is_code(const SourceFile& file) {
  return file.path.ends_with(".cpp") || file.path.ends_with(".hpp");
}

std::span<const TidyRule> tidy_rules() { return kRules; }

std::vector<TypeHome> type_homes(std::span<const SourceFile> tree) {
  std::vector<TypeHome> homes;
  std::set<std::string> seen;
  for (const SourceFile& file : tree) {
    if (!is_code(file)) continue;
    for (const TypeExtent& type : types_of(file.text)) {
      if (seen.insert(type.name).second) homes.push_back({type.name, file.path});
    }
  }
  return homes;
}

std::string render(const TidyFinding& finding) {
  return finding.path + ":" + std::to_string(finding.line) + ": " + finding.rule + ": " +
         finding.message;
}

std::vector<BuildGlob> build_globs(std::string_view cmake_text) {
  std::vector<BuildGlob> globs;
  for (const std::string_view line : lines_of(cmake_text)) {
    if (line.starts_with("#")) continue;
    const bool recursive = has_word(line, "GLOBS") || has_word(line, "GLOB_RECURSE");
    if (!recursive && !has_word(line, "GLOB")) continue;
    std::size_t at = 0;
    while (at < line.size()) {
      const std::size_t end = std::min(line.size(), line.find_first_of(" ()", at));
      const std::string_view word = line.substr(at, end - at);
      const bool source = word.ends_with(".cpp") || word.ends_with(".json");
      if (source && word.find('*') != std::string_view::npos) {
        globs.push_back({std::string(word), recursive});
      }
      at = end + 1;
    }
  }
  return globs;
}

}  // namespace squall
