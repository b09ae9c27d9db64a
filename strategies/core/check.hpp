// SQUALL_CHECK: an invariant of squall itself, checked in every build type.
// Never for bad user input; that is an error value with a sentence (scenarios/model/problem.hpp).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace squall {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "squall: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace squall

#define SQUALL_CHECK(condition)                        \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::squall::check_failed(#condition, __FILE__, __LINE__))
