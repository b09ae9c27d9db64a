// Who an event concerns: each kind is handed to one part of the world.
//
// What is for a process that stands still waits until it goes on.
#pragma once

#include "sim/kernel/event.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

void dispatch(World& world, const Event& event);

}  // namespace squall
