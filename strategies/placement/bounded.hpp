// Bounded loads (Mirrokni, Thorup, Zadimoghaddam): how many connections a cluster may have so that
// nobody holds more than `factor` percent of the mean. How the slots are dealt out, and where who
// finds a server full goes, differs between HAProxy and Envoy and stands in their files.
#pragma once

#include <cstdint>
#include <span>

#include "strategies/core/placement.hpp"

namespace squall {

// Of all servers together, the connection that is being placed counted in; rounded up.
inline std::uint64_t slots_of_all(std::span<const BackendView> views, std::uint32_t factor) {
  std::uint64_t open = 0;
  for (const BackendView& view : views) open += view.connections;
  return ((open + 1) * factor + 99) / 100;
}

}  // namespace squall
