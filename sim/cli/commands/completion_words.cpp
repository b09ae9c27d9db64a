// Two small tables, and the lists they name.
// How a shell is told is completion.cpp.
#include "sim/cli/commands/completion_words.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/measure/metrics.hpp"
#include "scenarios/model/library.hpp"
#include "scenarios/model/load.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/list_topics.hpp"
#include "sim/cli/explore/property.hpp"
#include "sim/cli/explore/recipe.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall {
namespace {

using Words = std::vector<std::string>;

Words scenario_names() {
  Words names;
  for (const LibraryFile& file : scenario_library()) {
    names.emplace_back(file.name);
    if (std::ranges::find(names, file.folder) == names.end()) names.emplace_back(file.folder);
  }
  return names;
}

Words single_scenario_names() {
  Words names;
  for (const LibraryFile& file : scenario_library()) names.emplace_back(file.name);
  return names;
}

Words strategy_names() {
  Words names;
  const Vocabulary vocabulary = make_vocabulary();
  for (const StrategySpec& spec : vocabulary.presets) names.push_back(spec.name);
  for (const Vocabulary::Group& group : vocabulary.groups) names.push_back(group.name);
  return names;
}

Words metric_names() {
  Words names;
  for (const MetricRow& row : metric_rows()) names.emplace_back(row.name);
  return names;
}

Words topic_names() {
  Words names;
  for (const ListTopic& topic : list_topics()) names.emplace_back(topic.name);
  return names;
}

Words command_words() {
  Words names;
  for (const CommandRow& row : commands()) names.emplace_back(row.name);
  return names;
}

void add_leaves(const nlohmann::json& json, const std::string& pointer, Words& pointers) {
  if (!json.is_object()) {
    pointers.push_back(pointer + "=");
    return;
  }
  for (const auto& [key, value] : json.items()) add_leaves(value, pointer + "/" + key, pointers);
}

// What every scenario has, whatever is in it: the parts whose every value has a default.
Words pointers() {
  Words found = {"/params/"};
  const LibraryFile* file = nullptr;
  for (const LibraryFile& one : scenario_library()) {
    if (one.name == "two-node-hello") file = &one;
  }
  if (file == nullptr) return found;
  const LoadResult loaded =
      load_scenario_text(std::string(file->text), std::string(file->name), {}, make_vocabulary());
  if (!loaded.scenario) return found;
  const auto json = nlohmann::json::parse(loaded.scenario->resolved_json, nullptr, false);
  for (const char* const part : {"client", "cluster", "time"}) {
    if (json.contains(part)) add_leaves(json[part], std::string("/") + part, found);
  }
  return found;
}

Words shells() { return {"bash", "zsh", "fish"}; }
Words baseline_actions() { return {"save", "list", "show", "rm"}; }
Words schema_kinds() { return {"scenario", "result"}; }

Words property_names() {
  Words names;
  for (const explore::PropertyRow& row : explore::properties()) names.emplace_back(row.name);
  return names;
}

Words fault_names() {
  Words names;
  for (const explore::FaultKind& row : explore::fault_kinds()) names.emplace_back(row.verb);
  return names;
}

struct WordsRow {
  std::string_view name;
  Words (*words)();
};

constexpr WordsRow kFlags[] = {
    {"--strategy", strategy_names},
    {"--gate", metric_names},
    {"--set", pointers},
    {"--grid", pointers},
    {"--bisect", pointers},
    {"--template", single_scenario_names},
    {"--rank", metric_names},
    {"--property", property_names},
    {"--faults", fault_names},
};

constexpr WordsRow kCommands[] = {
    {"run", scenario_names},
    {"agreement", scenario_names},
    {"validate", scenario_names},
    {"attach", single_scenario_names},
    {"sweep", single_scenario_names},
    {"explore", single_scenario_names},
    {"predict", single_scenario_names},
    {"size", single_scenario_names},
    {"list", topic_names},
    {"help", command_words},
    {"completion", shells},
    {"baseline", baseline_actions},
    {"schema", schema_kinds},
};

template <std::size_t Size>
Words look_up(const WordsRow (&rows)[Size], std::string_view name) {
  for (const WordsRow& row : rows) {
    if (row.name == name) return row.words();
  }
  return {};
}

}  // namespace

std::vector<std::string> words_for_flag(std::string_view flag) { return look_up(kFlags, flag); }

std::vector<std::string> words_for_command(std::string_view command) {
  return look_up(kCommands, command);
}

}  // namespace squall
