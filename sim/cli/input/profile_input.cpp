// Finds the file of a profile, reads it, and says what is wrong with it. See profile_input.hpp.
// What a profile must say is checked by its table (scenarios/model/tables_calibration.cpp).
#include "sim/cli/input/profile_input.hpp"

#include <fmt/core.h>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPointer = "/cluster/nodes/cost_profile";

struct Named {
  std::string name;
  language::Place place;  // all zero: on the command line
};

Named find_name(const language::Json& root, const std::vector<Override>& overrides) {
  Named named;
  const language::Json* at = &root;
  for (const std::string& key : language::pointer_keys(kPointer)) {
    const language::Member* const member = at == nullptr ? nullptr : at->find(key);
    at = member == nullptr ? nullptr : &member->value;
  }
  if (at != nullptr && at->kind == language::Json::Kind::string) named = {at->text, at->place};
  for (const Override& one : overrides) {
    if (one.pointer == kPointer) named = {one.value, {}};
  }
  return names_a_file(named.name) ? named : Named{};
}

// Two files of one name, named by two scenarios of one command: both would be played with the
// costs of the one that was read last.
std::string mistaken_for_another(const std::string& before, const Named& named,
                                 const fs::path& file) {
  const Calibration* const now = calibration_named(named.name);
  if (before.empty() || now == nullptr || write_calibration(*now) == before) return {};
  return file.string() +
         " holds other costs than the file of the same name that a scenario before it names: give "
         "one of them another name";
}

}  // namespace

std::string profile_named_by(const std::string& text, const std::vector<Override>& overrides) {
  std::vector<Problem> ignored;
  const auto root = language::parse_json(text, {}, ignored);
  return find_name(root.value_or(language::Json{}), overrides).name;
}

std::string register_profile(const std::string& name, const fs::path& file) {
  std::string error;
  const auto text = read_head(file, language::kLongestFile + 1, error);
  if (!text) return error;
  std::vector<Problem> problems;
  std::optional<Calibration> profile = read_calibration(*text, name, problems);
  if (!profile) {
    const Problem& first = problems.front();
    error = fmt::format("{}:{}:{}: {}{}", file.string(), first.line, first.column,
                        first.pointer.empty() ? "" : first.pointer + ": ", first.message);
    if (!first.suggestion.empty()) error += "; " + first.suggestion;
    return error;
  }
  add_calibration(std::move(*profile));
  return {};
}

std::vector<Problem> register_profile_of(const language::Document& document,
                                         const std::string& path,
                                         const std::vector<Override>& overrides) {
  const Named named = find_name(document.root, overrides);
  if (named.name.empty()) return {};
  std::error_code ignored;
  const fs::path beside = fs::path(path).parent_path() / named.name;
  const bool is_there = fs::is_regular_file(beside, ignored) && named.place.line > 0;
  const fs::path file = is_there ? beside : fs::path(named.name);
  const Calibration* const known = calibration_named(named.name);
  const std::string before = known == nullptr ? "" : write_calibration(*known);
  std::string error = register_profile(named.name, file);
  if (error.empty()) error = mistaken_for_another(before, named, file);
  if (error.empty()) return {};
  Problem problem;
  problem.code = "S0321";
  problem.path = named.place.line > 0 ? path : "<set>";
  document.point_to(named.place, problem);
  problem.pointer = kPointer;
  problem.message = "the cost profile " + error;
  problem.suggestion = "squall calibrate -o FILE writes one; built in are";
  for (const CostProfile& row : cost_profiles()) problem.suggestion += " " + std::string(row.name);
  return {problem};
}

}  // namespace squall
