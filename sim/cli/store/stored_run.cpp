// Reads a run folder in the order in which its files depend on each other.
// What a folder holds is run_files.cpp.
#include "sim/cli/store/stored_run.hpp"

#include <nlohmann/json.hpp>

#include "report/export/json.hpp"
#include "report/measure/measure.hpp"
#include "report/measure/sha256.hpp"
#include "scenarios/model/word_list.hpp"
#include "sim/cli/input/profile_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/forms.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/utc_time.hpp"

namespace squall {
namespace {

// What to_json() of the manifest adds and the manifest itself does not keep.
void read_additions(const std::string& text, StoredInput& stored) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return;
  if (json.contains("engine") && json["engine"].is_string()) stored.engine = json["engine"];
  if (!json.contains("squall") || !json["squall"].is_object()) return;
  const auto& squall = json["squall"];
  stored.version = squall_name(squall.value("version", ""), squall.value("revision", ""));
}

// Files that the scenario names, by the pointers that name them (run_files.cpp).
std::optional<std::map<std::string, std::string>> read_beside(const std::filesystem::path& folder,
                                                              std::string& error) {
  constexpr std::string_view kBefore = "rooms.", kBehind = ".sizes";
  std::map<std::string, std::string> files;
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator(folder / "beside", none)) {
    std::string name = file.path().filename().string();
    if (!name.starts_with(kBefore) || !name.ends_with(kBehind)) continue;
    auto text = read_whole_file(file.path(), error);
    if (!text) return std::nullopt;
    name.resize(name.size() - kBehind.size());
    files.emplace("/rooms/" + name.substr(kBefore.size()) + "/sizes", std::move(*text));
  }
  return files;
}

}  // namespace

std::optional<StoredInput> read_stored(const std::filesystem::path& folder, std::string& error) {
  StoredInput stored;
  const auto manifest_text = read_whole_file(folder / "manifest.json", error);
  if (!manifest_text) return std::nullopt;
  auto manifest = manifest_from_json(*manifest_text, error);
  if (!manifest) {
    error = (folder / "manifest.json").string() + " is not a manifest: " + error;
    return std::nullopt;
  }
  stored.manifest = std::move(*manifest);
  read_additions(*manifest_text, stored);
  const auto scenario_text = read_whole_file(folder / "scenario.json", error);
  if (!scenario_text) return std::nullopt;
  auto beside = read_beside(folder, error);
  if (!beside) return std::nullopt;
  if (scenario_sha256(*scenario_text, *beside) != stored.manifest.scenario_sha256) {
    error = (folder / "scenario.json").string() +
            " was changed after the run, or what lay beside it: it does not belong to the result";
    return std::nullopt;
  }
  auto result_text = read_whole_file(folder / "result.json", error);
  if (!result_text) return std::nullopt;
  stored.result = std::move(*result_text);
  std::error_code code;
  if (std::filesystem::is_regular_file(folder / kLivesFile, code)) {
    stored.lives = folder / kLivesFile;
  }

  const std::string profile = profile_named_by(*scenario_text, stored.manifest.overrides);
  if (!profile.empty()) {
    error = register_profile(profile, folder / kProfileFile);
    if (!error.empty()) return std::nullopt;
  }
  Vocabulary vocabulary = make_vocabulary();  // with that profile
  vocabulary.beside = std::move(beside);
  LoadResult loaded =
      load_scenario_text(*scenario_text, stored.manifest.scenario_path, stored.manifest.overrides,
                         vocabulary, {stored.manifest.strategy_list});
  if (!loaded.scenario) {
    error = "the stored scenario is not valid for this squall:\n" +
            render(loaded.problems, *scenario_text);
    return std::nullopt;
  }
  stored.scenario = std::move(*loaded.scenario);
  return stored;
}

std::optional<Result> stored_result(const StoredInput& stored, std::string& error) {
  if (sha256_hex(stored.result) != stored.manifest.result_sha256) {
    error = "result.json was changed after the run";
    return std::nullopt;
  }
  std::variant<Result, std::string> parsed = from_json(stored.result);
  if (auto* complaint = std::get_if<std::string>(&parsed)) {
    error = std::move(*complaint);
    return std::nullopt;
  }
  Result result = std::get<Result>(std::move(parsed));
  add_forms(stored.scenario, result);
  result.started_unix_ns = unix_ns(stored.manifest.started);
  result.overrides = in_words(stored.manifest.overrides);
  result.gates = stored.manifest.gates;
  return result;
}

std::string unknown_strategy(const std::vector<std::string>& words, const Scenario& scenario) {
  std::vector<std::string> known;
  for (const StrategySpec& spec : scenario.strategies) known.push_back(spec.name);
  const std::string unknown = unknown_in(words, known, "strategy", "this run");
  return unknown.empty() ? "" : "--strategy: " + unknown;
}

}  // namespace squall
