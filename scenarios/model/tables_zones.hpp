// cluster.net.zones: how much farther it is from one zone to another. Which zones there are is
// checked in load_places.cpp.
//
// Internal to scenarios/model.
#pragma once

#include <vector>

#include "scenarios/model/tables.hpp"

namespace squall::language {

Codec<std::vector<ZoneDistance>> zone_distances();

}  // namespace squall::language
