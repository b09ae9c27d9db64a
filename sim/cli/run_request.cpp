// Checks of `squall run` that are more than a word: seeds, durations, files to write.
// Nothing is read or written here.
#include "sim/cli/run_request.hpp"

#include "report/compare/gate.hpp"
#include "scenarios/model/grammar.hpp"
#include "sim/cli/engine_choice.hpp"
#include "sim/cli/scenario_input.hpp"
#include "sim/cli/screen/presentation.hpp"
#include "sim/cli/seeds.hpp"
#include "sim/cli/store/baseline_store.hpp"

namespace squall {

std::optional<RunRequest> check_run_flags(const Options& options, std::string& error) {
  RunRequest request;
  request.until_decided = options.reps == "auto";
  // A live run takes its time: one seed, unless more are asked for. CLI11 checked the word.
  const std::string reps = !options.reps.empty()     ? options.reps
                           : options.engine == "sim" ? "10"
                                                     : "1";
  const std::size_t count = request.until_decided ? kInterimLooks.back().reps : std::stoul(reps);
  engines_of(options, {}, error);
  if (!error.empty()) return std::nullopt;
  request.seeds = make_seeds(options.seed, static_cast<std::uint32_t>(count), error);
  if (!error.empty()) return std::nullopt;
  request.overrides = asked_overrides(options, error);
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
  const bool gated = !options.baseline.empty() || !options.baseline_optional.empty();
  if (options.inputs.size() > 1 && (gated || !options.save_baseline.empty())) {
    error = "--baseline and --save-baseline take one scenario: a baseline holds one result";
    return std::nullopt;
  }
  if (!options.baseline.empty() && !options.baseline_optional.empty()) {
    error = "--baseline or --baseline-optional, not both";
    return std::nullopt;
  }
  if (request.until_decided && !gated) {
    error = "--reps auto stops when every gate is decided: it needs --baseline NAME";
    return std::nullopt;
  }
  if (!options.save_baseline.empty() && options.no_save) {
    error = "--save-baseline keeps a stored run: it does not go with --no-save";
    return std::nullopt;
  }
  if (!options.save_baseline.empty()) error = check_baseline_name(options.save_baseline);
  if (!error.empty()) return std::nullopt;
  error = check_report_files(options.report);
  if (!error.empty()) return std::nullopt;
  request.format = options.json ? "json" : options.format;
  return request;
}

}  // namespace squall
