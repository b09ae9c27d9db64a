// What an expectation measured, in one place for every text, page and document. How it is judged:
// measure/judge.hpp.
#pragma once
#include <string>

#include "report/measure/result.hpp"
#include "report/words/format.hpp"

namespace squall {

// "123 ms", "no data", "too few".
std::string measured_text(const Verdict& verdict, const Glyphs& glyphs);

}  // namespace squall
