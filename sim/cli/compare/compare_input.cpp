// Finds what the user named, in the order: run folder, baseline; then reads its scenario for gates
// and for playing it again.
#include "sim/cli/compare/compare_input.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/suggest.hpp"
#include "scenarios/model/word_list.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/forms.hpp"
#include "sim/cli/store/baseline_store.hpp"
#include "sim/cli/store/run_folder.hpp"

namespace squall {
namespace {

ComparedRun from_baseline(Baseline baseline, const std::string& name) {
  ComparedRun run;
  run.side = {name,
              baseline.version,
              baseline.engine,
              baseline.started,
              baseline.result_sha256,
              baseline.scenario_path,
              std::move(baseline.result)};
  LoadResult loaded = load_scenario_text(run.side.result.resolved_scenario, run.side.scenario_path,
                                         {}, make_vocabulary());
  run.scenario = std::move(loaded.scenario);
  if (!run.scenario) run.scenario_problem = "this squall cannot read the scenario of " + name;
  if (run.scenario) add_forms(*run.scenario, run.side.result);
  // Positions in the resolved text are not positions in the user's file.
  if (run.scenario) {
    for (Gate& gate : run.scenario->gates) gate.line = gate.column = 0;
  }
  return run;
}

std::optional<double> share(const std::string& text, double least, double most) {
  const auto parsed = language::parse_limit(text, "ratio");
  if (!parsed.value || *parsed.value < least || *parsed.value > most) return std::nullopt;
  return parsed.value;
}

std::string read_fail_on(const std::vector<std::string>& words, FailOn& fail_on) {
  if (words.empty()) return {};
  fail_on = {false, false, false};
  for (const std::string& word : words) {
    if (word == "regression") {
      fail_on.regression = true;
    } else if (word == "inconclusive") {
      fail_on.inconclusive = true;
    } else if (word == "any-change") {
      fail_on.any_change = true;
    } else {
      return "--fail-on " + word + ": one of regression, inconclusive, any-change";
    }
  }
  return {};
}

}  // namespace

ComparedRun compared_from(StoredInput stored, Result result, std::string name) {
  ComparedRun run;
  run.side = {std::move(name),
              stored.version,
              stored.engine,
              stored.manifest.started,
              stored.manifest.result_sha256,
              stored.manifest.scenario_path,
              std::move(result)};
  run.overrides = stored.manifest.overrides;
  run.max_events = stored.manifest.max_events;
  run.scenario = std::move(stored.scenario);
  return run;
}

std::optional<ComparedRun> read_compared(const Options& options, const std::string& word,
                                         bool& missing, std::string& error) {
  missing = false;
  const std::filesystem::path folder = find_run(options.out, word);
  if (!folder.empty()) {
    std::optional<StoredInput> stored = read_stored(folder, error);
    if (!stored) return std::nullopt;
    std::optional<Result> result = stored_result(*stored, error);
    if (!result) {
      error = folder.string() + ": " + error;
      return std::nullopt;
    }
    return compared_from(std::move(*stored), std::move(*result), word);
  }
  std::optional<Baseline> baseline = read_baseline(options, word, missing, error);
  if (!baseline) {
    if (missing) error = "no stored run and no baseline \"" + word + "\"";
    return std::nullopt;
  }
  return from_baseline(std::move(*baseline), word);
}

std::optional<ChangeFlags> check_change_flags(const Options& options, std::string& error) {
  ChangeFlags flags;
  const std::optional<double> alpha = share(options.alpha, 1e-6, 0.5);
  if (!alpha) {
    error = "--alpha " + options.alpha + ": expected an error rate from 0.000001 to 0.5";
    return std::nullopt;
  }
  flags.gate_options.alpha = *alpha;
  if (!options.margin.empty()) {
    flags.gate_options.margin = share(options.margin, 0, 10);
    if (!flags.gate_options.margin || !options.margin.ends_with('%')) {
      error = "--margin " + options.margin + ": expected a percentage of the base value, like 2%";
      return std::nullopt;
    }
  }
  for (const std::string& word : options.gate) {
    std::optional<Gate> gate = parse_gate(word, error);
    if (!gate) {
      error = fmt::format("--gate {}: {}", word, error);
      return std::nullopt;
    }
    flags.gates.push_back(std::move(*gate));
  }
  error = read_fail_on(options.fail_on, flags.fail_on);
  if (!error.empty()) return std::nullopt;
  if (!options.strategy.empty()) flags.gate_options.strategies = word_list(options.strategy).words;
  return flags;
}

std::vector<Gate> gates_for(const ComparedRun& fresh, const ChangeFlags& flags) {
  std::vector<Gate> gates;
  if (fresh.scenario) gates = fresh.scenario->gates;
  gates.insert(gates.end(), flags.gates.begin(), flags.gates.end());
  return gates;
}

void note_dropped_gates(const ComparedRun& base, const ComparedRun& fresh, ChangeReport& report) {
  if (!base.scenario || !fresh.scenario) return;
  for (const Gate& gate : base.scenario->gates) {
    if (std::ranges::find(fresh.scenario->gates, gate.metric, &Gate::metric) !=
        fresh.scenario->gates.end()) {
      continue;
    }
    report.notes.push_back("the base has a gate on " + gate.metric +
                           ", the new scenario has none on it any more");
  }
}

std::string reproduce_command(const ComparedRun& fresh, const ChangeReport& report) {
  std::vector<std::string> played, open;
  for (const StrategyResult& one : fresh.side.result.strategies) played.push_back(one.strategy);
  for (const GateVerdict& verdict : report.gates) {
    const bool asks = severity(verdict) <= 2 && verdict.strategy != "-";
    if (asks && std::ranges::find(open, verdict.strategy) == open.end()) {
      open.push_back(verdict.strategy);
    }
  }
  return command_of({.scenario = fresh.side.scenario_path,
                     .strategies = open.empty() ? played : open,
                     .seeds = fresh.side.result.seeds,
                     .engine_flags = fresh.side.result.engine_flags,
                     .set = in_words(fresh.overrides),
                     .max_events = fresh.max_events});
}

namespace {

// A baseline as commands take it: a name, and its folder when it is not the usual one. A word that
// is a file's path is both.
struct NamedBaseline {
  std::string name, folder;
};

NamedBaseline named_baseline(const Options& options, const std::string& word) {
  const std::filesystem::path path = word;
  if (path.extension() != ".json") return {word, options.baselines};
  const std::string folder = path.parent_path().string();
  return {path.stem().string(), folder.empty() ? "." : folder};
}

std::string folder_flag(const NamedBaseline& baseline) {
  if (baseline.folder == Options().baselines) return {};
  return " --baselines " + command_word(baseline.folder);
}

}  // namespace

std::string save_flags(const Options& options, const std::string& baseline) {
  const NamedBaseline named = named_baseline(options, baseline);
  if (!check_baseline_name(named.name).empty()) return {};
  return " --save-baseline " + command_word(named.name) + folder_flag(named);
}

std::string baselines_flag(const Options& options, const std::string& baseline) {
  return folder_flag(named_baseline(options, baseline));
}

std::string accept_command(const Options& options, const std::string& base,
                           const std::string& fresh) {
  const NamedBaseline named = named_baseline(options, base);
  if (!check_baseline_name(named.name).empty() || !find_run(options.out, base).empty()) return {};
  const bool usual = options.out == Options().out || std::filesystem::exists(fresh);
  return fmt::format("squall baseline save {} {}{}{}", command_word(named.name),
                     command_word(fresh), folder_flag(named),
                     usual ? "" : " --results " + command_word(options.out));
}

std::string check_strategies(const ChangeFlags& flags, const ComparedRun& base,
                             const ComparedRun& fresh) {
  std::vector<std::string> known;
  for (const ComparedRun* run : {&base, &fresh}) {
    for (const StrategyResult& one : run->side.result.strategies) {
      if (std::ranges::find(known, one.strategy) == known.end()) known.push_back(one.strategy);
    }
  }
  for (const std::string& name : flags.gate_options.strategies) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string near = language::did_you_mean(name, known);
    std::string all;
    for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
    return fmt::format("--strategy \"{}\": neither {} nor {} played it; {}", printable(name),
                       base.side.name, fresh.side.name, near.empty() ? "they have " + all : near);
  }
  return {};
}

}  // namespace squall
