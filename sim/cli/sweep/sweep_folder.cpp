// Manifest and journal of a sweep on disk. Whole files are replaced, never half written.
// The manifest is the only place with wall-clock time.
#include "sim/cli/sweep/sweep_folder.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "report/measure/sha256.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/utc_time.hpp"
#include "sim/cli/sweep/sweep_cell.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kManifest = "sweep.manifest.json";
constexpr const char* kSchema = "squall.sweep-manifest/1";
constexpr int kMostTwins = 1000;  // sweeps of one scenario in one second

std::string manifest_text(const SweepRequest& request, const std::vector<std::string>& arguments) {
  nlohmann::ordered_json document;
  document["schema"] = kSchema;
  document["arguments"] = arguments;
  document["request"] = Json::parse(to_json(request));
  document["started"] = utc_text(std::chrono::system_clock::now());
  document["squall"] = Json{{"version", squall_version()},
                            {"revision", squall_revision()},
                            {"compiler", squall_compiler()}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

bool holds_sweep(const fs::path& folder) {
  std::error_code code;
  return fs::is_regular_file(folder / kManifest, code);
}

std::optional<SweepRequest> stored_request(const fs::path& folder, std::string& error) {
  const auto text = read_whole_file(folder / kManifest, error);
  if (!text) return std::nullopt;
  const Json document = Json::parse(*text, nullptr, false);
  if (!document.is_object() || document.value("schema", "") != kSchema ||
      !document.contains("request")) {
    error = (folder / kManifest).string() + " is not the manifest of a sweep";
    return std::nullopt;
  }
  auto request = sweep_request_from_json(document["request"].dump(), error);
  if (!request) error = (folder / kManifest).string() + ": " + error;
  return request;
}

fs::path new_sweep_folder(const fs::path& root, const SweepRequest& request,
                          const std::string& scenario_name, std::string& error) {
  error = prepare_results(root);
  if (!error.empty()) return {};
  const std::string name = fmt::format("sweep-{}-{}-{}", as_file_name(scenario_name),
                                       utc_stamp(std::chrono::system_clock::now()),
                                       sha256_hex(to_json(request)).substr(0, 6));
  for (int twin = 1; twin <= kMostTwins; ++twin) {
    const fs::path folder = root / (twin == 1 ? name : fmt::format("{}-{}", name, twin));
    std::error_code code;
    if (fs::create_directory(folder, code)) return folder;
    if (code) error = file_complaint("create", folder, code.value());
    if (code) return {};
  }
  error = "cannot create " + (root / name).string() + ": too many of this name";
  return {};
}

std::string begin_sweep(const fs::path& folder, const SweepRequest& request,
                        const std::vector<std::string>& arguments) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return file_complaint("create", folder, code.value());
  if (holds_sweep(folder)) return {};
  std::string error = write_whole_file(folder / "scenario.json", request.scenario_text);
  if (!error.empty()) return error;
  return write_whole_file(folder / kManifest, manifest_text(request, arguments));
}

SweepJournal::Opened open_journal(const fs::path& folder, const SweepRequest& request) {
  return SweepJournal::open(folder / "cells.jsonl", journal_header(request));
}

std::string write_outputs(const fs::path& folder, const std::vector<RunFile>& files) {
  for (const RunFile& file : files) {
    std::string error = write_whole_file(folder / file.path, file.bytes);
    if (!error.empty()) return error;
  }
  return {};
}

}  // namespace squall
