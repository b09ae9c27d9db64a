// Copies by the place where they are, which is in their event's row. See left_over.hpp.
// Nothing is played here: what is under way stays under way.
#include "sim/kernel/left_over.hpp"

#include <algorithm>

#include "sim/kernel/event_table.hpp"
#include "sim/kernel/memory.hpp"

namespace squall {

void LeftOver::take(const Event& event) {
  const EventTraits& traits = row_of(event.kind).traits;
  if (!traits.holds.empty()) add(traits.holds, 1);
  if (world_.memory->counts()) world_.memory->left_over(event);
  if (traits.in_flight != nullptr) traits.in_flight(world_, event);
}

void LeftOver::add(std::string_view place, std::uint64_t copies) {
  const auto found = std::ranges::find(copies_, place, &UnderWay::where);
  if (found == copies_.end())
    copies_.push_back({place, copies});
  else
    found->copies += copies;
}

}  // namespace squall
