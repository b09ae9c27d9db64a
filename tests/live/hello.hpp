// The smallest scenario of the library, in three seconds: for tests of what is around a live run.
// What happens in it is told in scenarios/, by its own `why`.
#pragma once

#include "tests/support/play.hpp"

namespace squall::testing {

inline Scenario hello() {
  return built_in("two-node-hello", {{"/params/messages", "40"},
                                     {"/params/gap", "20ms"},
                                     {"/time/warmup", "500ms"},
                                     {"/time/measure", "2s"},
                                     {"/time/drain", "500ms"}});
}

}  // namespace squall::testing
