// Checks of `squall run` that are more than a word: seeds, durations, files to write.
// Nothing is read or written here.
#include "sim/cli/commands/run_request.hpp"

#include <fmt/core.h>

#include "report/compare/gate.hpp"
#include "scenarios/model/grammar.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/seeds.hpp"
#include "sim/cli/screen/presentation.hpp"
#include "sim/cli/store/baseline_store.hpp"

namespace squall {

namespace {

// A sentence when flags about the baseline do not go together, else empty.
std::string check_baseline_flags(const Options& options, bool until_decided) {
  const bool gated = !options.baseline.empty() || !options.baseline_optional.empty();
  const std::string& save = options.save_baseline;
  if (options.inputs.size() > 1 && (gated || !save.empty())) {
    return "--baseline and --save-baseline take one scenario: a baseline holds one result";
  }
  if (options.engine == "both" && (gated || !save.empty())) {
    return "--engine both makes two results, and a baseline holds one: --engine sim or live";
  }
  if (!options.baseline.empty() && !options.baseline_optional.empty()) {
    return "--baseline or --baseline-optional, not both";
  }
  if (until_decided && !gated) {
    return "--reps auto stops when every gate is decided: it needs --baseline NAME";
  }
  // A flag that would do nothing, in silence.
  const char* const idle = !options.gate.empty()              ? "--gate"
                           : !options.fail_on.empty()         ? "--fail-on"
                           : !options.margin.empty()          ? "--margin"
                           : options.alpha != Options().alpha ? "--alpha"
                                                              : nullptr;
  if (!gated && idle != nullptr) {
    return std::string(idle) + " belongs to a baseline: add --baseline NAME";
  }
  if (save.empty()) return {};
  if (options.no_save) return "--save-baseline keeps a stored run: it does not go with --no-save";
  if (save == options.baseline || save == options.baseline_optional) {
    return fmt::format(
        "--save-baseline {}: the run is judged against it, and would replace it unseen; save it "
        "under another name, or accept it afterwards: squall baseline save {}",
        save, save);
  }
  return check_baseline_name(save);
}

// What one flag would keep another one from doing, in silence.
std::string check_shown_flags(const Options& options) {
  if (options.open && options.no_save) {
    return "--open shows the page of a stored run: it does not go with --no-save";
  }
  const char* const idle = options.open ? "--open" : options.watch ? "--watch" : nullptr;
  if (idle == nullptr || !options.dry_run) return {};
  return std::string(idle) + " shows a run, and --dry-run plays none; leave one out";
}

}  // namespace

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
      error = fmt::format("--timeout {}: {}, e.g. 90s or 5m", options.timeout, parsed.problem);
      return std::nullopt;
    }
    request.timeout = *parsed.value;
  }
  if (options.inputs.size() > 1 && !options.report.empty()) {
    error = "--report takes one scenario: a file cannot hold several results";
    return std::nullopt;
  }
  error = check_shown_flags(options);
  if (!error.empty()) return std::nullopt;
  error = check_baseline_flags(options, request.until_decided);
  if (!error.empty()) return std::nullopt;
  error = check_report_files(options.report);
  if (!error.empty()) return std::nullopt;
  request.format = options.json ? "json" : options.format;
  return request;
}

}  // namespace squall
