// Numbers and labels of a comparison as people read them; every renderer of it uses these.
// Digits and units come from format.hpp.
#include <fmt/core.h>
#include <cmath>

#include "report/compare/change.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

// A difference of shares is in points, so that nobody takes it for a share of a share.
std::string absolute(double size, const GateVerdict& verdict) {
  if (verdict.unit == "ratio") return sensible(size * 100, ascii_glyphs()) + " points";
  return with_unit(size, verdict.unit, ascii_glyphs());
}

// Where a difference is no number, for one of the two is infinite.
std::string levels(const GateVerdict& verdict) {
  const auto one = [&](const std::optional<double>& level) {
    return level ? with_unit(*level, verdict.unit, ascii_glyphs()) : std::string("?");
  };
  const auto infinite = [](const std::optional<double>& level) {
    return level && std::isinf(*level);
  };
  if (infinite(verdict.base_mean) && infinite(verdict.new_mean)) {
    return *verdict.change > 0 ? "infinite in more seeds" : "infinite in fewer seeds";
  }
  return one(verdict.base_mean) + " -> " + one(verdict.new_mean);
}

std::string signed_value(double value, const GateVerdict& verdict) {
  const std::string sign = value < 0 ? "-" : "+";
  const double size = std::abs(value);
  if (!verdict.relative) return sign + absolute(size, verdict);
  return sign + sensible(size * 100, ascii_glyphs()) + " %";
}

}  // namespace

std::string change_words(const GateVerdict& verdict) {
  if (!verdict.change) return "";
  if (std::isinf(*verdict.change)) return levels(verdict);
  std::string text = signed_value(*verdict.change, verdict);
  if (verdict.low && verdict.high) {
    text += fmt::format(" [{}, {}]", signed_value(*verdict.low, verdict),
                        signed_value(*verdict.high, verdict));
  }
  return text;
}

std::string margin_words(const GateVerdict& verdict) {
  const std::string size = verdict.relative ? sensible(verdict.margin * 100, ascii_glyphs()) + " %"
                                            : absolute(verdict.margin, verdict);
  return "margin " + size + (verdict.worse_higher ? "" : " lower");
}

std::string_view label(const GateVerdict& verdict) {
  if (!verdict.declared) return "INFO";
  switch (verdict.outcome) {
    case GateOutcome::regressed:
    case GateOutcome::no_data: return "FAIL";
    case GateOutcome::inconclusive: return "INCONCLUSIVE";
    case GateOutcome::identical: return "IDENTICAL";
    case GateOutcome::advisory: return "ADVISORY";
    case GateOutcome::pass: return verdict.changed ? "WARN" : "PASS";
  }
  return "FAIL";
}

int severity(const GateVerdict& verdict) {
  switch (verdict.outcome) {
    case GateOutcome::regressed: return 0;
    case GateOutcome::no_data: return 1;
    case GateOutcome::inconclusive: return 2;
    case GateOutcome::advisory: return 3;
    case GateOutcome::pass: return verdict.changed ? 4 : 5;
    case GateOutcome::identical: return 6;
  }
  return 0;
}

}  // namespace squall
