// The whole way from text to a scenario: parse, override, substitute, read by the tables, check
// across sections, lint, resolve. Every stage reports what it can, so that one run shows it all.
#include "scenarios/model/load.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/document.hpp"
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/parameters.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/strategy_fit.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/word_list.hpp"

namespace squall {
namespace {

using language::Document;
using language::Json;
using language::Reading;

std::string resolve(const Scenario& scenario) {
  return language::dump(language::write_object(language::scenario_table(), scenario));
}

const StrategySpec* preset_named(const Vocabulary& vocabulary, const std::string& name) {
  const auto found = std::ranges::find(vocabulary.presets, name, &StrategySpec::name);
  return found == vocabulary.presets.end() ? nullptr : &*found;
}

// What runs when the file names nothing. A preset that cannot run on so few nodes is left out, and
// says so; a file that names it would be refused.
void fill_default_strategies(Reading& reading, const Json& root) {
  const std::uint16_t nodes = reading.scenario.cluster.nodes.count;
  const bool nothing_fits =  // and the check says why
      std::ranges::all_of(reading.vocabulary.default_strategies, [&](const std::string& name) {
        const StrategySpec* preset = preset_named(reading.vocabulary, name);
        return preset == nullptr || language::misfit(*preset, reading.scenario);
      });
  for (const std::string& name : reading.vocabulary.default_strategies) {
    const StrategySpec* preset = preset_named(reading.vocabulary, name);
    if (preset == nullptr) continue;
    if (preset->connections > nodes) {
      reading.note_at(root, "/cluster/nodes/count", "S0508",
                      fmt::format("{} needs {} nodes and is left out of the default strategies",
                                  name, preset->connections));
      continue;
    }
    const auto wrong = language::misfit(*preset, reading.scenario);
    if (wrong && !nothing_fits) {
      reading.note_at(root, wrong->instead, "S0508",
                      wrong->message + ": it is left out of the default strategies");
      continue;
    }
    reading.scenario.strategies.push_back(*preset);
    reading.scenario.strategies.back().preset = preset->name;
  }
}

void read_sections(Reading& reading, Json& root, const std::vector<Override>& overrides,
                   const Chosen& chosen) {
  language::substitute_parameters(reading, root,
                                  language::apply_overrides(reading, root, overrides));
  language::read_object(reading, language::scenario_table(), root, reading.scenario);
  const bool named = root.find("strategies") != nullptr || !chosen.list.empty();
  if (!named && chosen.instead.empty()) fill_default_strategies(reading, root);
  reading.scenario.said = language::said_in(root);
  let_settings_yield(reading.scenario);
  language::check_scenario(reading, root);
  language::check_faults(reading, root);
  language::check_places(reading, root);
  language::check_limits(reading, root);
  language::check_queues(reading, root);
}

// Those that name a group are what it stands for.
std::vector<std::string> presets_of(const WordList& list, const Vocabulary& vocabulary) {
  std::vector<std::string> words;
  for (const std::string& word : list.words) {
    const auto group = std::ranges::find(vocabulary.groups, word, &Vocabulary::Group::name);
    if (group == vocabulary.groups.end()) {
      words.push_back(word);
    } else {
      words.insert(words.end(), group->presets.begin(), group->presets.end());
    }
  }
  return words;
}

}  // namespace

LoadResult load_scenario_text(const std::string& text, const std::string& path,
                              const std::vector<Override>& overrides, const Vocabulary& vocabulary,
                              const Chosen& chosen) {
  Reading reading(vocabulary, path);
  std::optional<Document> document = language::read_document(text, path, reading.problems());
  if (!document) return {std::nullopt, reading.take_problems()};
  reading.read_from(*document);
  Json& root = document->root;
  if (root.kind != Json::Kind::object) {
    reading.fail(root.place, "S0201", "a scenario is a JSON object");
    return {std::nullopt, reading.take_problems()};
  }
  read_sections(reading, root, overrides, chosen);
  if (reading.has_errors()) return {std::nullopt, reading.take_problems()};

  Scenario& scenario = reading.scenario;
  std::ranges::stable_sort(scenario.script, {}, &ScriptStep::at);
  scenario.source_path = path;
  scenario.source_text = std::move(document->text);
  if (!chosen.instead.empty()) scenario.strategies = chosen.instead;
  scenario.resolved_json = resolve(scenario);
  std::vector<Problem> of_list;
  if (!chosen.list.empty()) of_list = choose_strategies(scenario, chosen.list, vocabulary);
  if (of_list.empty()) language::lint_scenario(reading, root);
  LoadResult result{std::nullopt, reading.take_problems()};
  result.problems.insert(result.problems.end(), of_list.begin(), of_list.end());
  if (of_list.empty()) result.scenario = std::move(scenario);
  return result;
}

LoadResult load_scenario(const std::string& path, const std::vector<Override>& overrides,
                         const Vocabulary& vocabulary) {
  const std::optional<std::string> text = language::text_of_file(path);
  if (!text) {
    return {std::nullopt,
            {{"S0105", Severity::error, path, 0, 0, 0, "", "cannot read this file", ""}}};
  }
  return load_scenario_text(*text, path, overrides, vocabulary);
}

std::vector<Problem> choose_strategies(Scenario& scenario, const std::string& list,
                                       const Vocabulary& vocabulary) {
  Reading reading(vocabulary, "--strategy");
  std::vector<StrategySpec> chosen;
  const WordList words = word_list(list);
  if (!words.complaint.empty()) {
    const bool gap = std::ranges::find(words.words, "") != words.words.end();
    return {
        {gap ? "S0216" : "S0325", Severity::error, "--strategy", 0, 0, 0, "", words.complaint, ""}};
  }
  for (const std::string& word : presets_of(words, vocabulary)) {
    const StrategySpec* preset = preset_named(vocabulary, word);
    const auto own = std::ranges::find(scenario.strategies, word, &StrategySpec::name);
    Json json = Json::of(word);
    if (preset == nullptr && own == scenario.strategies.end()) {
      std::vector<std::string> known;
      for (const StrategySpec& spec : scenario.strategies) known.push_back(spec.name);
      for (const StrategySpec& spec : vocabulary.presets) known.push_back(spec.name);
      for (const Vocabulary::Group& group : vocabulary.groups) known.push_back(group.name);
      language::unknown_word(reading, json, "S0320", "strategy", known);
    } else if (std::ranges::find(chosen, word, &StrategySpec::name) != chosen.end()) {
      reading.fail(json.place, "S0325", language::in_quotes(word) + " is named twice");
    } else if (own != scenario.strategies.end()) {
      chosen.push_back(*own);
    } else if (const auto wrong = language::misfit(*preset, scenario)) {
      reading.fail(json.place, wrong->code, wrong->message, wrong->suggestion);
    } else {
      chosen.push_back(*preset);
      chosen.back().preset = preset->name;
    }
  }
  std::vector<Problem> problems = reading.take_problems();
  for (Problem& problem : problems) problem.path = "--strategy";
  if (!problems.empty()) return problems;
  scenario.strategies = std::move(chosen);
  let_settings_yield(scenario);
  scenario.resolved_json = resolve(scenario);
  return {};
}

}  // namespace squall
