// The five names, one row each: which parts they are made of.
//
// To add a strategy: write its part in one file, add one row to presets.cpp (and, for a new kind
// of backplane, one row to backplanes() in backplane/registry.hpp). Nothing else changes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "strategies/core/spec.hpp"

namespace squall {

struct PresetRow {
  StrategySpec spec;
  std::string_view meaning;
  bool in_default_set;  // run when neither scenario nor --strategy names any
  bool hardened;        // what survives production; the others are what articles describe
};

std::span<const PresetRow> presets();
const PresetRow* preset_named(std::string_view name);  // nullptr when unknown

// For who reads of textbook forms beside this hardened one; empty when there is nothing to say.
std::string rigged_duel(const StrategySpec& hardened, std::span<const StrategySpec> all);

}  // namespace squall
