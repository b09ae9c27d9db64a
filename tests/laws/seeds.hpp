// How many seeds a law is held against: enough for an interval that a wrong law would miss, see
// agrees() in tests/support/play.hpp.
#pragma once

#include <cstdint>

namespace squall::testing {

inline constexpr std::uint64_t kSeeds = 10;

}  // namespace squall::testing
