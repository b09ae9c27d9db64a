// Reads the baseline, plays in looks, compares.
// How much error each look may spend is report/compare/gate.hpp.
#include "sim/cli/compare/run_gates.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/word_list.hpp"
#include "sim/cli/compare/first_event.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/play/interrupt.hpp"

namespace squall {
namespace {

void append(Played& all, Played more) {
  all.records.resize(std::max(all.records.size(), more.records.size()));
  for (std::size_t i = 0; i < more.records.size(); ++i) {
    for (RunRecord& record : more.records[i]) all.records[i].push_back(std::move(record));
  }
  all.cut_short.insert(all.cut_short.end(), more.cut_short.begin(), more.cut_short.end());
  all.missing += more.missing;
}

ComparedRun side_of(const Scenario& scenario, const Result& result, const Manifest& manifest) {
  ComparedRun fresh;
  fresh.side = {"this run",
                this_squall(),
                manifest.engine,
                manifest.started,
                manifest.result_sha256,
                manifest.scenario_path,
                result};
  fresh.overrides = manifest.overrides;
  fresh.max_events = manifest.max_events;
  fresh.scenario = scenario;
  return fresh;
}

// What was asked for, without how often.
std::string asked_command(const Options& options) {
  std::string ignored;
  const std::vector<EngineChoice> engines = engines_of(options, {}, ignored);
  const std::string command =
      command_of({.scenario = options.inputs.front(),
                  .strategies = word_list(options.strategy).words,
                  .engine_flags = engines.empty() ? "" : engines.front().flags,
                  .set = options.set,
                  .max_events = options.max_events});
  return options.seed == Options().seed ? command : command + " --seed " + options.seed;
}

}  // namespace

std::optional<RunGates> RunGates::prepare(const Invocation& invocation, Exit& exit) {
  const Options& options = invocation.options;
  const bool strict = !options.baseline.empty();
  const std::string& name = strict ? options.baseline : options.baseline_optional;
  std::string error;
  std::optional<ChangeFlags> flags = check_change_flags(options, error);
  if (!flags) {
    invocation.console.err << "error: " << error << '\n';
    exit = {ExitCode::usage, "bad command line; nothing was run"};
    return std::nullopt;
  }
  if (name.empty()) return std::nullopt;
  bool missing = false;
  std::optional<ComparedRun> base = read_compared(options, name, missing, error);
  if (base) return RunGates(std::move(*base), std::move(*flags), options);
  const std::string reps = options.reps == "auto" ? "40" : options.reps;
  const std::string save = save_flags(options, name);
  const std::string create =
      save.empty()
          ? ""
          : fmt::format("{}{}{}{}\n",
                        missing ? "  create it: " : "  replace it: ", asked_command(options),
                        reps.empty() ? "" : " --reps " + reps, save);
  invocation.console.err << (strict || !missing ? "error: " : "note: ") << error << '\n' << create;
  if (missing && !strict) return std::nullopt;
  if (missing) {
    exit = {ExitCode::inconclusive, "there is no baseline; nothing was run"};
  } else {
    exit = {ExitCode::usage, "the baseline cannot be read; nothing was run"};
  }
  return std::nullopt;
}

bool RunGates::decided(const Scenario& scenario, const std::vector<std::uint64_t>& seeds,
                       const Played& played) const {
  const Result result = result_of(scenario, seeds, played.records, {});
  std::vector<Gate> gates = scenario.gates;
  gates.insert(gates.end(), flags_.gates.begin(), flags_.gates.end());
  const auto verdicts = judge_gates(base_.side.result, result, gates, flags_.gate_options);
  // Only what was tested can be helped by more seeds.
  return std::ranges::none_of(verdicts, [](const GateVerdict& verdict) {
    return verdict.outcome == GateOutcome::inconclusive && verdict.p.has_value();
  });
}

Played RunGates::play_until_decided(const Scenario& scenario, std::vector<std::uint64_t>& seeds,
                                    const PlayBatch& play) {
  const std::vector<InterimLook> looks = looks_for(base_.side.result.seeds.size());
  const std::vector<std::uint64_t> all = seeds;
  Played played;
  seeds.clear();
  for (std::size_t look = 0; look < looks.size(); ++look) {
    const std::size_t done = seeds.size();
    const std::size_t reps = std::min(looks[look].reps, all.size());
    append(played, play(std::span(all).subspan(done, reps - done)));
    seeds.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(reps));
    flags_.gate_options.alpha_share = looks[look].alpha_share;
    note_ = fmt::format("look {} of {} after {} replications may spend {} % of the error rate",
                        look + 1, looks.size(), reps, decimal(100 * looks[look].alpha_share, 0));
    if (!played.cut_short.empty() || decided(scenario, seeds, played)) break;
  }
  if (looks.size() < kInterimLooks.size()) {
    note_ += fmt::format("; the baseline has {} replications, with 40 there were more looks",
                         base_.side.result.seeds.size());
  }
  return played;
}

ChangeReport RunGates::judge(const Scenario& scenario, const Result& result,
                             const Manifest& manifest) const {
  const ComparedRun fresh = side_of(scenario, result, manifest);
  // What -s leaves out has no data, and a gate on it fails: a gate is never lost by a flag.
  ChangeFlags flags = flags_;
  flags.gate_options.strategies.clear();
  ChangeReport report =
      compare_results(base_.side, fresh.side, {gates_for(fresh, flags), flags.gate_options, false});
  note_dropped_gates(base_, fresh, report);
  if (!note_.empty()) report.notes.push_back(note_);
  if (!report.identical && report.not_comparable.empty() && received_signal() == 0) {
    report.first_difference = first_differing_event(base_, fresh, report);
  }
  report.reproduce = reproduce_command(fresh, report);
  return report;
}

void RunGates::name_run(const Scenario& scenario, const Result& result, const Manifest& manifest,
                        const std::string& folder, ChangeReport& report) const {
  const std::string& base = base_.side.name;
  if (!folder.empty()) {
    report.new_name = folder;
    report.accept = accept_command(options_, base, folder);
    return;
  }
  // Nothing is stored that could be saved: all of it has to be played again.
  const ComparedRun fresh = side_of(scenario, result, manifest);
  const std::string save = save_flags(options_, base);
  if (!save.empty()) report.accept = reproduce_command(fresh, {}) + save;
}

}  // namespace squall
