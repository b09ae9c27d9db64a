// The table of words, and a list that is written out. See strategy_groups.hpp.
// No name of a preset can be hidden by a word: a test looks for one.
#include "strategies/strategy_groups.hpp"

#include <algorithm>
#include <array>

namespace squall {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  std::size_t from = 0;
  for (std::size_t comma = 0; comma != std::string::npos; from = comma + 1) {
    comma = list.find(',', from);
    words.push_back(list.substr(from, comma - from));
  }
  return words;
}

const StrategyGroup* group_named(std::string_view name) {
  const auto found = std::ranges::find(strategy_groups(), name, &StrategyGroup::name);
  return found == strategy_groups().end() ? nullptr : &*found;
}

}  // namespace

std::span<const StrategyGroup> strategy_groups() {
  static constexpr auto kGroups = std::to_array<StrategyGroup>({
      {"textbook", [](const PresetRow& row) { return row.in_default_set; },
       "the five designs as articles describe them"},
      {"hardened", [](const PresetRow& row) { return row.hardened; },
       "the designs as they survive production"},
  });
  return kGroups;
}

std::vector<std::string> members_of(const StrategyGroup& group) {
  std::vector<std::string> names;
  for (const PresetRow& row : presets()) {
    if (group.has(row)) names.push_back(row.spec.name);
  }
  return names;
}

std::string without_groups(const std::string& list) {
  const std::vector<std::string> words = split(list);
  std::vector<std::string> written;
  for (const std::string& word : words) {
    const StrategyGroup* const group = group_named(word);
    if (group == nullptr) {
      written.push_back(word);  // also when it is there: that is a mistake of the list
      continue;
    }
    for (const std::string& name : members_of(*group)) {
      const bool said = std::ranges::find(words, name) != words.end() ||
                        std::ranges::find(written, name) != written.end();
      if (!said) written.push_back(name);
    }
  }
  std::string text;
  for (const std::string& name : written) text += (&name == &written.front() ? "" : ",") + name;
  return text;
}

}  // namespace squall
