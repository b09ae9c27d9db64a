// A step of a script as a value, for tests that build their scenarios by hand.
// Its label is "it"; what else a verb wants is set by the test.
#pragma once

#include <utility>

#include "scenarios/model/scenario.hpp"

namespace squall::testing {

inline ScriptStep step(Verb verb, Time at, NodeSet nodes = {}) {
  ScriptStep made;
  made.verb = verb;
  made.at = at;
  made.label = "it";
  made.nodes = std::move(nodes);
  return made;
}

}  // namespace squall::testing
