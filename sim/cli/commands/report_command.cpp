// squall report RUN... -o FILE: reports and exports of what is stored. Plays nothing, but for a
// trace: a run folder holds no single events, so the one run is played again and checked.
// A new format is a row in report/export/renderers.cpp and needs nothing here.
#include <fmt/core.h>
#include <algorithm>

#include "report/compare/gate_sample.hpp"
#include "report/export/perfetto.hpp"
#include "report/export/renderers.hpp"
#include "report/words/format.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/run_folder.hpp"
#include "sim/cli/store/stored_run.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/record/journey_log.hpp"

namespace squall {
namespace {

constexpr std::string_view kTraceEnding = ".perfetto-trace";

constexpr const char* kNothingWritten = "bad command line; nothing was written";

bool is_trace(const std::string& file) { return file.ends_with(kTraceEnding); }

std::string check_files(const Options& options) {
  for (const std::string& file : options.report) {
    if (is_trace(file) && options.inputs.size() > 1) {
      return "-o " + file + ": a trace shows one run";
    }
    if (is_trace(file) || renderer_for_path(file) != nullptr) {
      const std::string error = check_writable(file);
      if (!error.empty()) return fmt::format("-o {}: {}", file, error);
      continue;
    }
    std::string known;
    for (const RendererRow& row : renderers()) known += std::string(row.extension) + ", ";
    return fmt::format("-o {}: no report has this ending; there is: {}{}", file, known,
                       kTraceEnding);
  }
  return {};
}

struct Runs {
  std::vector<StoredInput> stored;
  std::vector<Result> results;
};

std::string read_all(const Options& options, Runs& runs) {
  for (const std::string& word : options.inputs) {
    const std::filesystem::path folder = find_run(options.out, word);
    if (folder.empty()) return "no stored run \"" + word + "\"; runs: squall list runs";
    std::string error;
    std::optional<StoredInput> stored = read_stored(folder, error);
    if (!stored) return error;
    std::optional<Result> result = stored_result(*stored, error);
    if (!result) return folder.string() + ": " + error;
    runs.stored.push_back(std::move(*stored));
    runs.results.push_back(std::move(*result));
  }
  return {};
}

// The strategy and seed that a trace shows, as indices.
struct Choice {
  std::size_t strategy = 0, seed = 0;
};

std::string choose(const Options& options, const StoredInput& stored, Choice& choice) {
  const auto& specs = stored.scenario.strategies;
  if (specs.empty() || stored.manifest.seeds.empty()) return "the run is empty";
  if (!options.strategy.empty()) {
    const std::string unknown = unknown_strategy({options.strategy}, stored.scenario);
    if (!unknown.empty()) return unknown;
    const auto found = std::ranges::find(specs, options.strategy, &StrategySpec::name);
    choice.strategy = static_cast<std::size_t>(found - specs.begin());
  }
  if (!options.trace_seed.empty()) {
    const auto& seeds = stored.manifest.seeds;
    const auto found = std::ranges::find_if(
        seeds, [&](std::uint64_t seed) { return std::to_string(seed) == options.trace_seed; });
    if (found == seeds.end()) return "--seed " + options.trace_seed + ": the run did not play it";
    choice.seed = static_cast<std::size_t>(found - seeds.begin());
  }
  return {};
}

// The bytes of the trace, or nothing and why.
std::string trace(const StoredInput& stored, const Result& result, const Choice& choice,
                  std::string& error) {
  const StrategySpec& spec = stored.scenario.strategies[choice.strategy];
  JourneyLog log;
  PlayOptions options;
  options.max_events = stored.manifest.max_events;
  options.stop = &stop_flag();
  options.witness = &log;
  const RunRecord run = play(stored.scenario, spec, stored.manifest.seeds[choice.seed], options);
  const StrategyResult* known = strategy_named(result, spec.name);
  const bool same = known != nullptr && choice.seed < known->fingerprints.size() &&
                    known->fingerprints[choice.seed] == hex16(run.fingerprint);
  if (!same) {
    error = "the run cannot be played again by this squall: its fingerprint is not the stored one";
    return {};
  }
  return perfetto_trace(stored.scenario, run, log);
}

}  // namespace

Exit report_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  std::string error = check_files(options);
  const bool wants_trace = std::ranges::any_of(options.report, is_trace);
  if (error.empty() && !wants_trace && (!options.strategy.empty() || !options.trace_seed.empty())) {
    error = std::string(options.strategy.empty() ? "--seed" : "--strategy") +
            " chooses what a trace shows: name a file with the ending " + std::string(kTraceEnding);
  }
  Runs runs;
  if (error.empty()) error = read_all(options, runs);
  if (!error.empty()) return usage_error(invocation.console, error, kNothingWritten);
  Choice choice;
  if (wants_trace && runs.stored.front().engine != "sim") error = "a trace needs a simulated run";
  if (wants_trace && error.empty()) error = choose(options, runs.stored.front(), choice);
  if (!error.empty()) return usage_error(invocation.console, error, kNothingWritten);

  install_signal_handlers();
  for (const std::string& file : options.report) {
    const std::string bytes = is_trace(file)
                                  ? trace(runs.stored.front(), runs.results.front(), choice, error)
                                  : render_all(*renderer_for_path(file), runs.results);
    if (error.empty()) error = write_whole_file(file, bytes);
    if (!error.empty()) {
      invocation.console.err << "error: " << error << '\n';
      return {ExitCode::broken, error};
    }
    invocation.console.err << "written    " << file << '\n';
  }
  return {};
}

}  // namespace squall
