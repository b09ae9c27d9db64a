// The table of presets: the five names in their order, and parts that exist.
//
// What a part does is tested beside the part.
#include "strategies/presets.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "strategies/core/placement.hpp"

namespace squall {
namespace {

TEST(Presets, TheFiveNamesComeFirstAndAreTheDefaultSet) {
  std::vector<std::string> default_set;

  for (const PresetRow& row : presets()) {
    if (row.in_default_set) default_set.push_back(row.spec.name);
  }

  EXPECT_EQ(default_set, (std::vector<std::string>{"session_share", "sticky_hash", "broadcast",
                                                   "routed", "multi_active"}));
  for (std::size_t i = 0; i < default_set.size(); ++i) EXPECT_TRUE(presets()[i].in_default_set);
}

TEST(Presets, NamesAreUniqueAndFound) {
  std::set<std::string> names;

  for (const PresetRow& row : presets()) {
    EXPECT_TRUE(names.insert(row.spec.name).second) << row.spec.name;
    EXPECT_EQ(preset_named(row.spec.name), &row);
    EXPECT_EQ(row.spec.preset, row.spec.name);
    EXPECT_FALSE(row.meaning.empty());
  }
  EXPECT_EQ(preset_named("sticky"), nullptr);
}

TEST(Presets, PlacementsAreEmptyOrExist) {
  for (const PresetRow& row : presets()) {
    const std::string& placement = row.spec.placement;
    EXPECT_TRUE(placement.empty() || placement_named(placement) != nullptr) << placement;
  }
}

TEST(Presets, AVariantDiffersFromItsOriginal) {
  for (const PresetRow& row : presets()) {
    const std::size_t colon = row.spec.name.find(':');
    if (colon == std::string::npos) continue;
    const PresetRow* original = preset_named(row.spec.name.substr(0, colon));
    ASSERT_NE(original, nullptr) << row.spec.name;
    const bool same_parts = original->spec.placement == row.spec.placement &&
                            original->spec.backplane == row.spec.backplane &&
                            original->spec.connections == row.spec.connections &&
                             original->spec.make_before_break == row.spec.make_before_break &&
                            original->spec.options == row.spec.options;
    EXPECT_FALSE(same_parts) << row.spec.name;
  }
}

TEST(Presets, AHardenedFormBesideTextbookFormsIsSaidToBeOne) {
  const StrategySpec broadcast = preset_named("broadcast")->spec;
  const StrategySpec interest = preset_named("broadcast:interest")->spec;
  const StrategySpec nack = preset_named("routed:nack")->spec;

  EXPECT_NE(rigged_duel(interest, std::vector{broadcast, interest}).find("(broadcast)"),
            std::string::npos);
  EXPECT_EQ(rigged_duel(broadcast, std::vector{broadcast, interest}), "");
  EXPECT_EQ(rigged_duel(interest, std::vector{interest, nack}), "");
}

TEST(Presets, NoHardenedFormIsPlayedUnasked) {
  for (const PresetRow& row : presets()) EXPECT_FALSE(row.hardened && row.in_default_set);
}

TEST(Presets, HaveTheDocumentedParts) {
  EXPECT_EQ(preset_named("session_share")->spec.backplane, "session_store");
  EXPECT_EQ(preset_named("session_share")->spec.placement, "");
  EXPECT_EQ(preset_named("sticky_hash")->spec.placement, "nginx_consistent");
  EXPECT_EQ(preset_named("sticky_hash")->spec.backplane, "none");
  EXPECT_EQ(preset_named("sticky_hash:plain")->spec.placement, "nginx_hash");
  EXPECT_EQ(preset_named("broadcast")->spec.backplane, "broadcast");
  EXPECT_EQ(preset_named("broadcast:shortcut")->spec.options.at("local_shortcut"), 1);
  EXPECT_EQ(preset_named("routed")->spec.backplane, "routed");
  EXPECT_EQ(preset_named("multi_active")->spec.connections, 2);
  EXPECT_EQ(preset_named("multi_active:k3")->spec.connections, 3);
  EXPECT_EQ(preset_named("multi_active:bare")->spec.backplane, "none");
  EXPECT_TRUE(preset_named("multi_active:make_before_break")->spec.make_before_break);
  EXPECT_EQ(preset_named("multi_active:make_before_break")->spec.connections, 1);
}

}  // namespace
}  // namespace squall
