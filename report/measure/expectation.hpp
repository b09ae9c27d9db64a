// An expectation as text: its parts, the sentence with `during` and `of`.
//
// Shared by the judge, which writes Verdict::that, and by the renderers, which read it back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

// "loss.intent <= 2%" with what narrows it: "... of dm", "... during deploy", "... outside deploy".
std::string sentence(const Expectation& expectation);

// The first two words of such a sentence. Borrowed from `that`.
struct ThatParts {
  std::string_view metric, op;
};
ThatParts parts_of(std::string_view that);

// The unit of the metric that the sentence names; "1" when it names none.
std::string_view unit_of(std::string_view that);

// Whether the operator holds. Both sides are rounded first, so 0.02 from a file equals a computed
// 0.02. `op` is one of == != < <= > >=.
bool holds(double measured, std::string_view op, double limit);

// How far a value is on the wrong side of its limit: larger is worse, for any operator.
double badness(double measured, std::string_view op, double limit);

}  // namespace squall
