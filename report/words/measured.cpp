// The words are those of the tables. See measured.hpp, and measure/too_few.hpp for when samples
// are too few.
#include "report/words/measured.hpp"

#include "report/measure/expectation.hpp"
#include "report/measure/too_few.hpp"

namespace squall {

std::string measured_text(const Verdict& verdict, const Glyphs& glyphs) {
  if (too_few(verdict)) return "too few";
  if (!verdict.measured) return "no data";
  return with_unit(*verdict.measured, unit_of(verdict.that), glyphs);
}

}  // namespace squall
