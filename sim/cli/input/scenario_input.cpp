// Finds the bytes of a scenario and lets the loader judge them.
// Built-in scenarios are scenarios/model/library.hpp; a file of the same name wins.
#include "sim/cli/input/scenario_input.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <filesystem>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/document.hpp"
#include "scenarios/model/library.hpp"
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/input/profile_input.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

const LibraryFile* built_in(const std::string& name) {
  for (const LibraryFile& file : scenario_library()) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

bool is_suite(const std::string& name) {
  return std::ranges::find(scenario_library(), name, &LibraryFile::folder) !=
         scenario_library().end();
}

// A file, or standard input, which can be read once but is asked for more often.
std::optional<std::string> bytes_of(const std::string& name, std::string& error) {
  // One byte more than is allowed is enough for the loader to refuse it.
  if (name != "-") return read_head(name, language::kLongestFile + 1, error);
  static std::optional<std::string> standard_input;
  if (!standard_input) {
    standard_input = read_head("/dev/stdin", language::kLongestFile + 1, error);
  }
  return standard_input;
}

// One complaint about the word itself, not about a place in a file.
ScenarioInput nothing_there(const std::string& name, const std::string& reason) {
  std::vector<std::string> names;
  for (const LibraryFile& file : scenario_library()) {
    names.emplace_back(file.name);
    if (std::ranges::find(names, file.folder) == names.end()) names.emplace_back(file.folder);
  }
  Problem problem;
  problem.code = "S0001";
  problem.path = name;
  problem.message = reason;
  if (is_suite(name)) {
    problem.message = "a folder of built-in scenarios, and one scenario is asked for here";
    for (const LibraryFile& file : scenario_library()) {
      if (file.folder != name) continue;
      problem.suggestion +=
          (problem.suggestion.empty() ? "it holds " : ", ") + std::string(file.name);
    }
    return {name, {}, {}, std::nullopt, {problem}};
  }
  problem.suggestion = language::did_you_mean(name, names);
  if (problem.suggestion.empty()) problem.suggestion = "built-in ones: squall list scenarios";
  return {name, {}, {}, std::nullopt, {problem}};
}

}  // namespace

std::vector<std::string> with_suites(const std::vector<std::string>& names) {
  std::vector<std::string> expanded;
  for (const std::string& name : names) {
    std::error_code ignored;
    const std::size_t before = expanded.size();
    const bool known = built_in(name) != nullptr || std::filesystem::is_regular_file(name, ignored);
    for (const LibraryFile& file : scenario_library()) {
      if (!known && file.folder == name) expanded.emplace_back(file.name);
    }
    if (expanded.size() == before) expanded.push_back(name);
  }
  return expanded;
}

ScenarioInput read_scenario(const std::string& name, const std::vector<Override>& overrides,
                            const Vocabulary& vocabulary, const Chosen& chosen) {
  ScenarioInput input;
  input.name = name;
  std::error_code ignored;
  const LibraryFile* library_file = built_in(name);
  if (std::filesystem::is_regular_file(name, ignored) || library_file == nullptr) {
    std::string error;
    const auto bytes = bytes_of(name, error);
    if (!bytes) return nothing_there(name, error);
    input.text = *bytes;
  } else {
    input.text = std::string(library_file->text);
  }
  std::vector<Problem> told_by_the_loader;
  const auto document = language::read_document(input.text, name, told_by_the_loader);
  input.whole = document ? document->text : input.text;
  if (document) input.problems = register_profile_of(*document, name, overrides);
  if (!input.problems.empty()) return input;
  Vocabulary known = vocabulary;
  for (std::string& profile : calibration_names()) {
    if (std::ranges::find(known.cost_profiles, profile) == known.cost_profiles.end()) {
      known.cost_profiles.push_back(std::move(profile));
    }
  }
  LoadResult loaded = load_scenario_text(input.text, name, overrides, known, chosen);
  input.scenario = std::move(loaded.scenario);
  input.problems = std::move(loaded.problems);
  return input;
}

std::vector<Override> parse_overrides(const std::vector<std::string>& words, std::string& error) {
  std::vector<Override> overrides;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || !word.starts_with("/")) {
      error = "--set " + word + ": expected /JSON/POINTER=VALUE, e.g. /cluster/nodes/count=8";
      return {};
    }
    const std::string pointer = word.substr(0, equals);
    if (std::ranges::find(overrides, pointer, &Override::pointer) != overrides.end()) {
      error = fmt::format("--set {}: {} is set twice; leave one out", word, pointer);
      return {};
    }
    overrides.push_back({pointer, word.substr(equals + 1)});
  }
  return overrides;
}

std::vector<Override> asked_overrides(const Options& options, std::string& error) {
  std::vector<Override> overrides = parse_overrides(options.set, error);
  const bool both =
      !options.strategy.empty() &&
      std::ranges::find(overrides, "/strategies", &Override::pointer) != overrides.end();
  if (both && error.empty()) {
    error = "--strategy and --set /strategies both say what is played; leave one out";
  }
  return error.empty() ? overrides : std::vector<Override>{};
}

std::size_t count(const std::vector<Problem>& problems, Severity severity) {
  std::size_t found = 0;  // with those that are not shown
  for (const Problem& problem : problems) {
    if (problem.severity == severity) found += 1 + problem.more;
  }
  return found;
}

std::string tally(const std::vector<Problem>& problems) {
  const std::size_t errors = count(problems, Severity::error);
  const std::size_t warnings = count(problems, Severity::warning);
  const std::size_t notes = count(problems, Severity::note);
  const auto s = [](std::size_t count) { return count == 1 ? "" : "s"; };
  return fmt::format("{} error{}, {} warning{}{}", errors, s(errors), warnings, s(warnings),
                     notes == 0 ? "" : fmt::format(", {} note{}", notes, s(notes)));
}

}  // namespace squall
