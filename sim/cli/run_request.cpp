// Checks of `squall run` that are more than a word: seeds, durations, files to write.
// Nothing is read or written here.
#include "sim/cli/run_request.hpp"

#include "scenarios/model/grammar.hpp"
#include "sim/cli/presentation.hpp"
#include "sim/cli/seeds.hpp"

namespace squall {

std::optional<RunRequest> check_run_flags(const Options& options, std::string& error) {
  RunRequest request;
  if (options.engine != "sim") {
    error = "--engine " + options.engine + ": this squall knows one engine, sim";
    return std::nullopt;
  }
  request.seeds = make_seeds(options.seed, options.reps, error);
  if (!error.empty()) return std::nullopt;
  request.overrides = parse_overrides(options.set, error);
  if (!error.empty()) return std::nullopt;
  if (!options.timeout.empty()) {
    const auto parsed = language::parse_duration(options.timeout);
    if (!parsed.value) {
      error = "--timeout " + options.timeout + ": " + parsed.problem + ", e.g. 90s or 5m";
      return std::nullopt;
    }
    request.timeout = *parsed.value;
  }
  if (options.inputs.size() > 1 && !options.report.empty()) {
    error = "--report takes one scenario: a file cannot hold several results";
    return std::nullopt;
  }
  error = check_report_files(options.report);
  if (!error.empty()) return std::nullopt;
  request.format = options.json ? "json" : options.format;
  return request;
}

}  // namespace squall
