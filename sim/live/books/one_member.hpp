// In the fact of a drop (FactKind::dropped, `b`): of a room's message, what was meant for one
// member. It stands in the place of the node that the drop concerns, before the member's number.
#pragma once

#include <cstdint>

namespace squall::live {

inline constexpr std::uint32_t kForOne = 1U << 31;

}  // namespace squall::live
