// The five names, one row each: which parts they are made of.
//
// To add a strategy: write its part in one file, add one row to presets.cpp (and, for a new kind
// of backplane, one row to backplanes() in backplane/registry.hpp). Nothing else changes.
#pragma once

#include <cstdint>
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

// What kind of thing is compared: as articles describe it, as it survives production, or a product
// with its own defaults (products.hpp). What is composed freely counts as a textbook form.
enum class Form : std::uint8_t { textbook, hardened, product };
Form form_of(const StrategySpec& spec);
std::string_view word_of(Form form);

// For who reads of other forms beside this one; empty when there is nothing to say. Of a textbook
// form nothing is said: what stands beside it says it.
std::string rigged_duel(const StrategySpec& one, std::span<const StrategySpec> all);

}  // namespace squall
