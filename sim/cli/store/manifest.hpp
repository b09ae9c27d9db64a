// The manifest of a stored run: everything about it that is not in the result.
//
// result.json is the same bytes for the same seeds; wall-clock time, machine and command line
// stand here. `squall replay` needs only this file and scenario.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/measure/judged_gates.hpp"
#include "scenarios/model/load.hpp"

namespace squall {

struct Manifest {
  std::vector<std::string> arguments;     // the command line, program first
  std::string scenario_path;              // as typed
  std::string scenario_sha256;            // of scenario.json
  std::string result_sha256;              // of result.json
  std::string strategy_list;              // --strategy; empty: as the scenario says
  std::vector<std::string> strategies;    // names of what was played
  std::vector<std::size_t> replications;  // how many of the seeds each strategy has
  std::vector<std::uint64_t> seeds;
  std::vector<Override> overrides;  // --set
  std::uint64_t max_events = 0;
  std::string engine = "sim";
  std::vector<std::string> cut_short;  // why not everything was played; empty: it was
  std::string started;                 // UTC, e.g. 2026-11-22T10:44:12Z
  double wall_seconds = 0;
  std::string verdict;               // "PASS", "FAIL 2 of 9" ...; empty in old manifests
  std::string loss;                  // "0 to 1.16 %", over the strategies
  std::optional<JudgedGates> gates;  // what a baseline said of it
  unsigned threads = 1;
};

// "/params/users=400", as --set takes them.
std::vector<std::string> in_words(const std::vector<Override>& overrides);

// JSON text; adds the version, revision and compiler of squall, the system and the processor.
std::string to_json(const Manifest& manifest);

// The reverse, without what to_json() adds. Empty when the text is no manifest; `error` says why.
std::optional<Manifest> manifest_from_json(const std::string& text, std::string& error);

// "0.1.0 (1a2b3c4)": a squall with its revision, as comparisons name it; and the one that runs now.
std::string squall_name(std::string_view version, std::string_view revision);
std::string this_squall();

}  // namespace squall
