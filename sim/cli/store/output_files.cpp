// Two lists and one question; a flag that reads or writes a file belongs in one of them.
// Whether an output can be written at all is asked by store/files.hpp.
#include "sim/cli/store/output_files.hpp"

#include <fmt/core.h>
#include <filesystem>
#include <system_error>
#include <vector>

#include "sim/cli/store/baseline_store.hpp"
#include "sim/cli/store/run_folder.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

struct Output {
  std::string flag, file;
};

std::vector<Output> outputs_of(const Options& options) {
  std::vector<Output> outputs;
  for (const std::string& file : options.report) outputs.push_back({"report", file});
  outputs.push_back({"--out", options.found_file});
  outputs.push_back({"--svg", options.svg});
  outputs.push_back({"--mermaid", options.mermaid});
  outputs.push_back({"--trace", options.trace});
  outputs.push_back({"--replay", options.replay});
  const std::string& save = options.save_baseline;
  // The same name for both is refused with the way out: run_request.cpp.
  if (!save.empty() && save != options.baseline && save != options.baseline_optional) {
    outputs.push_back({"--save-baseline", baseline_path(options, save).string()});
  }
  return outputs;
}

// A word of the command line may be a file, a run folder or the name of a baseline.
std::vector<fs::path> inputs_of(const Options& options) {
  std::vector<fs::path> inputs = {options.prices,   options.profile, options.hooks,
                                  options.users,    options.dialect, options.hash_servers,
                                  options.hash_keys};
  std::vector<std::string> words = options.inputs;
  words.push_back(options.baseline);
  words.push_back(options.baseline_optional);
  for (const std::string& word : words) {
    if (word.empty()) continue;
    inputs.emplace_back(word);
    inputs.push_back(baseline_path(options, word));
    const fs::path folder = find_run(options.out, word);
    if (folder.empty()) continue;
    // What the run is read from; its report and tables may be made anew.
    for (const char* file : {"manifest.json", "result.json", "scenario.json"}) {
      inputs.push_back(folder / file);
    }
  }
  return inputs;
}

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code code;
  if (!fs::is_regular_file(one, code) || !fs::is_regular_file(other, code)) return false;
  return fs::equivalent(one, other, code) && !code;
}

}  // namespace

std::string check_outputs(std::string_view command, const Options& options) {
  // What stands in `inputs` is the file to write.
  if (command == "calibrate" || command == "init") return {};
  const std::vector<fs::path> inputs = inputs_of(options);
  for (const Output& output : outputs_of(options)) {
    if (output.file.empty()) continue;
    for (const fs::path& input : inputs) {
      if (!same_file(output.file, input)) continue;
      const std::string flag = output.flag != "report" ? output.flag
                               : command == "report"   ? "--out"
                                                       : "--report";
      return fmt::format("{} {}: is read by the same command, and would be overwritten", flag,
                         output.file);
    }
  }
  return {};
}

}  // namespace squall
