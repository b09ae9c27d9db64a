// A stored run, read back from its folder: manifest, scenario, result. What `replay`, `compare`,
// `baseline` and `report` start from.
//
// Reads and checks; plays nothing. Errors are one sentence.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/cli/store/manifest.hpp"

namespace squall {

inline constexpr const char* kLivesFile = "lives.ndjson";

struct StoredInput {
  Manifest manifest;
  Scenario scenario;
  std::string result;   // the bytes of result.json
  std::string version;  // of the squall that ran it, with its revision
  std::string engine = "sim";
  std::filesystem::path lives;  // the file that keeps some of its messages; empty: there is none
};

// Everything that is needed to play the run again.
std::optional<StoredInput> read_stored(const std::filesystem::path& folder, std::string& error);

// Its result.json as a value; the bytes must be those the manifest knows.
std::optional<Result> stored_result(const StoredInput& stored, std::string& error);

// A sentence when the run has not played one of them; what to answer to --strategy.
std::string unknown_strategy(const std::vector<std::string>& words, const Scenario& scenario);

}  // namespace squall
