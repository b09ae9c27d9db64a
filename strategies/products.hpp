// Products by name: each a composition of parts, with what that product does by default.
//
// A row is a model of what the product's manual and source say, not the product: `left_out` names
// what is missing. A default yields to what a scenario's file says itself
// (scenarios/model/settings.hpp). To add a product: one row in products.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "strategies/core/spec.hpp"

namespace squall {

struct ProductRow {
  StrategySpec spec;         // its settings are the product's defaults
  std::string_view version;  // whose manual or source was read
  std::string_view source;   // of the composition
  std::string_view meaning;
  std::string_view left_out;  // of the product, and matters
  std::string_view same_as;   // the row from which nothing tells it apart; empty: it is its own
};

std::span<const ProductRow> products();
const ProductRow* product_named(std::string_view name);  // nullptr when unknown

// Which values of the scenario this strategy plays otherwise, and which of its product's defaults
// have yielded to the scenario's. Empty when it has none.
std::string own_values(const StrategySpec& spec);

}  // namespace squall
