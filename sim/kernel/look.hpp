// What an onlooker is shown of a run in virtual time (sim/record/glimpse.hpp): read off from what
// is counted anyway, between two events.
#pragma once

#include "sim/books/attendance.hpp"
#include "sim/kernel/world.hpp"
#include "sim/record/glimpse.hpp"

namespace squall {

// `end`: of the run, drain included.
Glimpse look_at(const World& world, const ConnectedSeconds& connected, Time end);

}  // namespace squall
