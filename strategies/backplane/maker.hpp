// How a row makes its backplane: from what may be set of it, where there is something to set, and
// from what it knows of its node. Knows no backplane.
#pragma once

#include <concepts>
#include <memory>

#include "strategies/core/backplane.hpp"

namespace squall {

template <std::derived_from<Backplane> Made>
std::unique_ptr<Backplane> make(const StrategySpec& spec, const BackplaneContext& context) {
  if constexpr (std::constructible_from<Made, const StrategySpec&, const BackplaneContext&>) {
    return std::make_unique<Made>(spec, context);
  } else {
    return std::make_unique<Made>(context);
  }
}

}  // namespace squall
