// Where baselines are kept: <folder>/<name>.json, small files meant to be committed.
// What is in such a file is report/compare/baseline.hpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/compare/baseline.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {

// The baseline that a stored run makes, saved now.
Baseline baseline_of(const StoredInput& stored, const Result& result, const std::string& name);

// A sentence when the name cannot be a file of its own, else empty.
std::string check_baseline_name(const std::string& name);

// The file of a name, whether it exists or not.
std::filesystem::path baseline_path(const Options& options, const std::string& name);

// Reads the baseline of that name, or the file, when `word` is a path. `missing`: there is none.
std::optional<Baseline> read_baseline(const Options& options, const std::string& word,
                                      bool& missing, std::string& error);

// Its folder is there, and the file can be written; else a sentence. Asked before a run is played.
std::string prepare_baseline(const Options& options, const std::string& name);

// Replaces the file; a sentence on failure.
std::string write_baseline(const Options& options, const Baseline& baseline);

std::vector<std::string> baseline_names(const Options& options);  // sorted

}  // namespace squall
