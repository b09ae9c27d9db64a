// A folder of JSON files; the file's name is the baseline's.
// A word that names an existing file is that file, so that a baseline may lie anywhere.
#include "sim/cli/store/baseline_store.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <system_error>

#include "sim/cli/store/files.hpp"
#include "sim/cli/store/run_folder.hpp"
#include "sim/cli/store/utc_time.hpp"

namespace squall {

namespace fs = std::filesystem;

Baseline baseline_of(const StoredInput& stored, const Result& result, const std::string& name) {
  return {name,
          utc_text(std::chrono::system_clock::now()),
          stored.manifest.started,
          stored.version,
          stored.engine,
          stored.manifest.scenario_path,
          stored.manifest.result_sha256,
          result};
}

std::string check_baseline_name(const std::string& name) {
  if (!name.empty() && name == as_file_name(name)) return {};
  return "baseline name \"" + name + "\": letters, digits, _ . - only, not beginning with a dot";
}

fs::path baseline_path(const Options& options, const std::string& name) {
  return fs::path(options.baselines) / (name + ".json");
}

std::optional<Baseline> read_baseline(const Options& options, const std::string& word,
                                      bool& missing, std::string& error) {
  missing = false;
  std::error_code ignored;
  fs::path path = word;
  if (!fs::is_regular_file(path, ignored)) path = baseline_path(options, word);
  if (!fs::is_regular_file(path, ignored)) {
    missing = true;
    error = fmt::format("no baseline \"{}\" in {}", word, options.baselines);
    return std::nullopt;
  }
  const std::optional<std::string> text = read_whole_file(path, error);
  if (!text) return std::nullopt;
  std::variant<Baseline, std::string> parsed = baseline_from_json(*text);
  if (const auto* complaint = std::get_if<std::string>(&parsed)) {
    error = path.string() + ": " + *complaint;
    return std::nullopt;
  }
  return std::get<Baseline>(std::move(parsed));
}

std::string prepare_baseline(const Options& options, const std::string& name) {
  std::error_code code;
  fs::create_directories(options.baselines, code);
  if (code) return file_complaint("create", options.baselines, code.value());
  return check_writable(baseline_path(options, name));
}

std::string write_baseline(const Options& options, const Baseline& baseline) {
  if (std::string error = prepare_baseline(options, baseline.name); !error.empty()) return error;
  return write_whole_file(baseline_path(options, baseline.name), to_json(baseline));
}

std::vector<std::string> baseline_names(const Options& options) {
  std::vector<std::string> names;
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(options.baselines, code)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace squall
