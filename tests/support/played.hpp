// One run that is complete: what nearly every test of a law or of the kernel looks at.
//
// Several seeds, and what is compared with a law, are in play.hpp.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/support/play.hpp"

namespace squall::testing {

inline RunRecord played(const Scenario& scenario, const StrategySpec& spec,
                        std::uint64_t seed = 1) {
  RunRecord run = play(scenario, spec, seed);
  EXPECT_TRUE(complete(run)) << scenario.name << ", " << spec.name << ": "
                             << (run.violations.empty() ? "" : run.violations.front().detail);
  return run;
}

inline RunRecord played(const Scenario& scenario, std::string_view preset = "broadcast") {
  return played(scenario, strategy(preset));
}

// A scenario of the library, as it stands or with knobs turned.
inline RunRecord played_built_in(std::string_view name, const std::vector<Override>& overrides = {},
                                 std::string_view preset = "broadcast") {
  return played(built_in(name, overrides), preset);
}

}  // namespace squall::testing
