// Which strategy, why, at what price: one sentence per strategy, and one line for all of them.
//
// From nothing but the measured numbers, and only from those that the tables print. When two
// numbers differ is decided by measure/criteria.hpp.
#pragma once

#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "report/words/format.hpp"

namespace squall {

// In the order of the comparison; empty without strategies.
std::vector<std::string> advice_of(const Result& result, const Glyphs& glyphs);

// What a terminal has room for; empty when there is no choice or nothing to advise with.
std::string advice_line(const Result& result, const Glyphs& glyphs);

// The margins in words, for whoever reads the sentences.
std::string advice_rules();

}  // namespace squall
