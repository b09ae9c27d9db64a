// Of each loss mechanism: who decided, what it believed, what was true, and what would have saved
// the pair. One visible table (beliefs.cpp), in the order of the mechanisms.
//
// Sentences of the stories and of `squall explain CAUSE`; no rule of attribution stands here.
#pragma once

#include <string_view>

#include "sim/record/witness.hpp"

namespace squall {

struct Belief {
  Mechanism mechanism;
  std::string_view where;     // the hop, in words
  std::string_view believed;  // by whoever decided
  std::string_view was_true;
  std::string_view saved_by;
};

const Belief& belief(Mechanism mechanism);
std::string_view sentence(Rule rule);  // what the rule says

}  // namespace squall
