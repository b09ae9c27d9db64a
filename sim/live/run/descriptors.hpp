// How many file descriptors and loops a run needs, and getting them from the machine.
//
// Nothing is clamped in silence: a run that cannot have what it needs does not begin.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/live/cluster.hpp"

namespace squall::live {

// Which ends of a client's connection are in this process: servers of others are not.
enum class Ends : std::uint8_t { both, clients };

// Raises the soft limit as far as needed; throws CannotRun with the number that is needed when the
// hard limit does not allow it.
void require_descriptors(const Cluster& cluster, Ends ends);

// Threads of the run: what was asked for, else one per processor, and never more than nodes.
std::size_t loop_count(const Cluster& cluster);

}  // namespace squall::live
