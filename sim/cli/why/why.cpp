// squall why RUN: plays a stored run again, each time with one thing changed, and says what each
// fault cost and what each knob would have saved.
//
// Every change has the same random numbers, so differences are paired by seed. Changes are in
// changes.hpp, what is compared in effects.hpp.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/word_list.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/store/asked_run.hpp"
#include "sim/cli/store/stored_run.hpp"
#include "sim/cli/why/effects.hpp"

namespace squall {
namespace {

constexpr const char* kNothing = "nothing was played again";

// The first of the run's seeds, as many as asked for.
std::vector<std::uint64_t> seeds_of(const Manifest& manifest, const std::string& reps) {
  std::vector<std::uint64_t> seeds = manifest.seeds;
  std::size_t most = seeds.size();
  if (!reps.empty()) std::from_chars(reps.data(), reps.data() + reps.size(), most);
  if (seeds.size() > most) seeds.resize(most);
  return seeds;
}

PlayedAgain played_again(const Manifest& manifest, const std::vector<std::uint64_t>& seeds) {
  return {.scenario = manifest.scenario_path,
          .seeds = seeds,
          .set = in_words(manifest.overrides),
          .max_events = manifest.max_events};
}

std::vector<const StrategySpec*> chosen(const Scenario& scenario, const std::string& list,
                                        std::string& error) {
  const std::vector<std::string> words = word_list(list).words;  // a good list: flags.cpp
  if (!list.empty()) error = unknown_strategy(words, scenario);
  std::vector<const StrategySpec*> specs;
  for (const StrategySpec& spec : scenario.strategies) {
    if (list.empty() || std::ranges::find(words, spec.name) != words.end()) specs.push_back(&spec);
  }
  return specs;
}

nlohmann::json json_of(const Effect& effect) {
  nlohmann::json row = {{"change", effect.change.name},
                        {"set", effect.change.set},
                        {"strategy", effect.change.strategy},
                        {"loss", effect.loss},
                        {"saved", effect.saved}};
  if (effect.paired) row["saved_half_width"] = effect.paired->half_width;
  if (effect.remaining) {
    row["remains"] = {{"mechanism", effect.remaining->mechanism},
                      {"trigger", effect.remaining->trigger},
                      {"share", effect.remaining->share}};
  }
  return row;
}

nlohmann::json json_of(const Effects& effects) {
  nlohmann::json document = {
      {"strategy", effects.strategy},     {"loss", effects.base},
      {"runs_per_seed", effects.runs},    {"faults", nlohmann::json::array()},
      {"pairs", nlohmann::json::array()}, {"knobs", nlohmann::json::array()}};
  for (const Effect& effect : effects.faults) document["faults"].push_back(json_of(effect));
  for (const Effect& effect : effects.knobs) document["knobs"].push_back(json_of(effect));
  for (const Together& pair : effects.pairs) {
    nlohmann::json row = json_of(pair.both_off);
    row["shapley"] = {{effects.off[pair.a].label, pair.share_a},
                      {effects.off[pair.b].label, pair.share_b}};
    document["pairs"].push_back(std::move(row));
  }
  return document;
}

}  // namespace

Exit why_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  Exit exit;
  const std::optional<AskedRun> asked = asked_run(invocation, kNothing, exit);
  if (!asked) return exit;
  const StoredInput* const stored = &asked->input;
  if (stored->engine != "sim") {
    return usage_error(invocation.console,
                       "this run was played on real sockets, and no two such runs have "
                       "the same random numbers; squall run without --engine live",
                       kNothing);
  }
  std::string changed;
  if (!stored_result(*stored, changed)) return usage_error(invocation.console, changed, kNothing);
  const std::vector<std::uint64_t> seeds = seeds_of(stored->manifest, options.reps);
  if (seeds.empty()) return usage_error(invocation.console, "the run has no seeds", kNothing);
  std::string unknown;
  const auto specs = chosen(stored->scenario, options.strategy, unknown);
  if (!unknown.empty()) return usage_error(invocation.console, unknown, kNothing);

  install_signal_handlers();
  const PlaySeeds play = [&](const Scenario& scenario, const StrategySpec& spec) {
    Scenario one = scenario;
    one.strategies = {spec};
    PlaySettings settings;
    settings.seeds = seeds;
    settings.threads = thread_count(options.jobs);
    settings.max_events = stored->manifest.max_events;
    Played played = play_scenario(one, settings);
    return std::move(played.records.front());
  };
  nlohmann::json documents = nlohmann::json::array();
  const PlayedAgain again = played_again(stored->manifest, seeds);
  for (const StrategySpec* spec : specs) {
    const Effects effects = effects_of(stored->scenario, *spec, play);
    if (received_signal() != 0) {
      return {static_cast<ExitCode>(128 + received_signal()), "interrupted"};
    }
    if (options.json) {
      documents.push_back(json_of(effects));
    } else {
      invocation.console.out << as_text(effects, again) << '\n';
    }
  }
  if (options.json) invocation.console.out << documents.dump(2) << '\n';
  return {};
}

}  // namespace squall
