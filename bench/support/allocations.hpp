// How often and how much memory was asked for: a count that does not depend on the machine.
//
// Linked into a benchmark that calls one of these, it replaces operator new of that program.
#pragma once

#include <cstdint>
#include <utility>

namespace squall::bench {

struct Allocations {
  std::uint64_t count = 0, bytes = 0;
};

// Of all threads since the program began.
Allocations allocations();

// What `task` asked for.
template <typename Task>
Allocations allocations_of(Task task) {
  const Allocations before = allocations();
  std::move(task)();
  const Allocations after = allocations();
  return {after.count - before.count, after.bytes - before.bytes};
}

}  // namespace squall::bench
