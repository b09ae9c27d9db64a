// The text form of expectations: sentence, globs, operators.
// What is measured against them stands in judge.cpp.
#include "report/measure/expectation.hpp"

#include <cmath>
#include <limits>

#include "report/measure/metrics.hpp"
#include "report/measure/statistics.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::string_view next_word(std::string_view& rest) {
  const std::size_t start = rest.find_first_not_of(' ');
  if (start == std::string_view::npos) return rest = {};
  rest.remove_prefix(start);
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

}  // namespace

std::string sentence(const Expectation& expectation) {
  std::string text = expectation.that;
  if (!expectation.of.empty()) text += " of " + expectation.of;
  if (!expectation.during.empty()) text += " during " + expectation.during;
  if (!expectation.outside.empty()) text += " outside " + expectation.outside;
  return text;
}

ThatParts parts_of(std::string_view that) {
  ThatParts parts;
  parts.metric = next_word(that);
  parts.op = next_word(that);
  return parts;
}

std::string_view unit_of(std::string_view that) {
  const MetricRow* metric = metric_named(parts_of(that).metric);
  return metric == nullptr ? "1" : metric->unit;
}

bool holds(double measured, std::string_view op, double limit) {
  const double left = rounded(measured);
  const double right = rounded(limit);
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  if (op == ">=") return left >= right;
  SQUALL_CHECK(!"an operator the loader accepts");
  return false;
}

double badness(double measured, std::string_view op, double limit) {
  if (measured == limit) return op == "!=" ? std::numeric_limits<double>::infinity() : 0;
  if (op.starts_with('<')) return measured - limit;
  if (op.starts_with('>')) return limit - measured;
  const double distance = std::abs(measured - limit);
  return op == "!=" ? -distance : distance;
}

}  // namespace squall
