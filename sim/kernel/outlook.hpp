// Fetches into the cache what the next events will touch. Changes no result.
//
// In two steps, some events apart: what an event finds by its index alone, and what it finds
// through that.
#pragma once

#include "sim/kernel/event.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

void fetch_for(const World& world, const Event& event);
void fetch_through(const World& world, const Event& event);

}  // namespace squall
