// One entry per file of a run folder.
// A new file is a row here; how its bytes come about is report/.
#include "sim/cli/store/run_files.hpp"

#include <algorithm>
#include <set>

#include "report/export/csv.hpp"
#include "report/export/hgrm.hpp"
#include "report/export/junit.hpp"
#include "report/page/html.hpp"
#include "report/words/markdown.hpp"
#include "scenarios/model/calibration.hpp"
#include "sim/cli/input/profile_input.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {
namespace {

constexpr double kNanosecondsPerMillisecond = 1e6;

std::string merged_hgrm(const std::vector<RunRecord>& runs) {
  Histogram latency;
  for (const RunRecord& run : runs) {
    for (const Cell& cell : run.cells) latency.merge(cell.latency);
  }
  return hgrm(latency, kNanosecondsPerMillisecond);
}

// Two strategies whose names differ only in unusual characters must not share a file.
std::vector<std::string> file_names(const std::vector<StrategySpec>& specs) {
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const StrategySpec& spec : specs) {
    std::string name = as_file_name(spec.name);
    while (!taken.insert(name).second) name += "-";
    names.push_back(name);
  }
  return names;
}

}  // namespace

// "/rooms/hot/sizes" -> "beside/rooms.hot.sizes": names of sets have no other characters.
std::string beside_file(const std::string& pointer) {
  std::string name = pointer.substr(1);
  std::ranges::replace(name, '/', '.');
  return "beside/" + name;
}

std::vector<RunFile> files_of(const FinishedRun& run, const Manifest& manifest) {
  // What cannot be made again from the others stands first: a disk may be full.
  std::vector<RunFile> files = {
      {"scenario.json", run.scenario.source_text},
      {"result.json", run.result_text},
      {"manifest.json", to_json(manifest)},
      {"scenario.resolved.json", run.scenario.resolved_json},
      {"summary.md", to_markdown(run.result)},
      {"report.html", to_html({&run.result, 1})},
      {"junit.xml", to_junit(run.result)},
      {"squall.log", run.log},
  };
  const Calibration* const costs = calibration_named(run.scenario.cluster.nodes.cost_profile);
  if (costs != nullptr) files.push_back({kProfileFile, write_calibration(*costs)});
  for (const Scenario::Beside& beside : run.scenario.beside) {
    files.push_back({beside_file(beside.pointer), beside.text});
  }
  if (!run.lives.empty()) files.push_back({kLivesFile, run.lives});
  const std::vector<std::string> names = file_names(run.scenario.strategies);
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const std::vector<RunRecord>& runs = run.records[i];
    if (runs.empty()) continue;
    files.push_back({"hist/" + names[i] + ".hgrm", merged_hgrm(runs)});
    files.push_back({"series/" + names[i] + ".csv", series_csv(runs)});
    files.push_back({"nodes/" + names[i] + ".csv", nodes_csv(runs)});
  }
  return files;
}

}  // namespace squall
