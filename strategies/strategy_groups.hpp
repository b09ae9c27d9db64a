// Words that stand for several presets in a list of strategies: all of one form.
//
// A form is to be compared with others of its own form, so the words make it short to ask for them.
// Which presets a word stands for is said by their rows (presets.cpp). To add a word: one row.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/presets.hpp"

namespace squall {

struct StrategyGroup {
  std::string_view name;
  bool (*has)(const PresetRow&);
  std::string_view meaning;
};

std::span<const StrategyGroup> strategy_groups();

// In the order of the table of presets.
std::vector<std::string> members_of(const StrategyGroup& group);

// "hardened,routed" with the names of its presets in the place of each word. What the list names
// itself is not said twice; other words stay as they are, known or not.
std::string without_groups(const std::string& list);

}  // namespace squall
