// What a run folder holds: the files as bytes, made from a finished run.
// Where they go is run_folder.hpp.
#pragma once

#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/cli/store/manifest.hpp"
#include "sim/cli/store/run_folder.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

struct FinishedRun {
  const Scenario& scenario;
  const std::vector<std::vector<RunRecord>>& records;  // [strategy][seed]
  const Result& result;
  const std::string& result_text;  // to_json(result)
  const std::string& log;
  const std::string& lives;  // of messages; empty: it can be played again
};

// All files; the manifest is written last, so that a folder with a manifest is whole.
std::vector<RunFile> files_of(const FinishedRun& run, const Manifest& manifest);

}  // namespace squall
