// The words that stand for several presets: what they mean, and lists in which they stand.
// That commands obey them is tested with the commands.
#include "strategies/strategy_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace squall {
namespace {

std::vector<std::string> members(std::string_view word) {
  for (const StrategyGroup& group : strategy_groups()) {
    if (group.name == word) return members_of(group);
  }
  return {};
}

TEST(StrategyGroups, textbook_is_what_runs_when_nobody_names_any) {
  EXPECT_EQ(without_groups("textbook"), "session_share,sticky_hash,broadcast,routed,multi_active");
}

TEST(StrategyGroups, hardened_is_every_hardened_preset_and_no_other) {
  const std::vector<std::string> hardened = members("hardened");

  EXPECT_FALSE(hardened.empty());
  for (const PresetRow& row : presets()) {
    const bool there = std::ranges::find(hardened, row.spec.name) != hardened.end();
    EXPECT_EQ(there, row.hardened) << row.spec.name;
  }
}

TEST(StrategyGroups, forms_have_no_preset_in_common_so_that_a_duel_within_one_is_fair) {
  const std::vector<std::string> hardened = members("hardened");

  for (const std::string& name : members("textbook")) {
    EXPECT_EQ(std::ranges::count(hardened, name), 0) << name;
  }
  for (const std::string& name : hardened) {
    std::vector<StrategySpec> all;
    for (const std::string& other : hardened) all.push_back(preset_named(other)->spec);
    EXPECT_EQ(rigged_duel(preset_named(name)->spec, all), "") << name;
  }
}

TEST(StrategyGroups, no_word_hides_a_preset) {
  for (const StrategyGroup& group : strategy_groups()) {
    EXPECT_EQ(preset_named(group.name), nullptr) << group.name;
  }
}

TEST(StrategyGroups, what_a_list_names_itself_keeps_its_place_and_is_not_said_twice) {
  EXPECT_EQ(without_groups("routed,textbook"),
            "routed,session_share,sticky_hash,broadcast,multi_active");
  EXPECT_EQ(without_groups("textbook,textbook"), without_groups("textbook"));
}

TEST(StrategyGroups, other_words_stay_as_they_are) {
  EXPECT_EQ(without_groups("routed,multi_active:k3"), "routed,multi_active:k3");
  EXPECT_EQ(without_groups("routed,routed,hardenend"), "routed,routed,hardenend");
  EXPECT_EQ(without_groups(""), "");
  EXPECT_EQ(without_groups(",routed,"), ",routed,");
}

}  // namespace
}  // namespace squall
