// In the fact of a drop (FactKind::dropped, `b`): of a room's message, what was meant for one
// member. In the place of the node that the drop concerns; the member's number is in the other bits.
#pragma once

#include <cstdint>

namespace squall::live {

inline constexpr std::uint32_t kForOne = 1U << 31;

}  // namespace squall::live
