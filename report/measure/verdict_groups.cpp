// Groups verdicts by expectation; what counts as worse is in expectation.cpp.
// Order is kept: of expectations as in the file, of strategies as they were run.
#include "report/measure/verdict_groups.hpp"

#include <algorithm>

#include "report/measure/expectation.hpp"
#include "report/measure/too_few.hpp"

namespace squall {
namespace {

bool same_expectation(const Verdict& a, const Verdict& b) {
  return a.that == b.that && a.line == b.line && a.column == b.column;
}

bool is_told(const Verdict& verdict) { return verdict.measured && !too_few(verdict); }

bool differ(const Verdict& a, const Verdict& b) {
  if (too_few(a) || too_few(b)) return too_few(a) != too_few(b);
  return a.measured != b.measured;
}

bool worse(const Verdict& a, const Verdict& b) {
  const bool a_failed = a.outcome != Outcome::pass;
  const bool b_failed = b.outcome != Outcome::pass;
  if (a_failed != b_failed) return a_failed;
  if (!is_told(a) || !is_told(b)) return a_failed && !is_told(a) && is_told(b);
  const std::string_view op = parts_of(a.that).op;
  return badness(*a.measured, op, a.limit) > badness(*b.measured, op, b.limit);
}

}  // namespace

std::vector<VerdictGroup> group_verdicts(const Result& result) {
  std::vector<VerdictGroup> groups;
  for (const Verdict& verdict : result.verdicts) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const VerdictGroup& known) {
      return same_expectation(*known.worst, verdict);
    });
    if (group == groups.end()) {
      groups.push_back({verdict.that, {}, &verdict, 0, false});
      group = groups.end() - 1;
    }
    ++group->strategies;
    group->differ = group->differ || differ(verdict, *group->worst);
    if (verdict.outcome != Outcome::pass) group->failed.push_back(&verdict);
    if (worse(verdict, *group->worst)) group->worst = &verdict;
  }
  return groups;
}

std::string why_invalid(const Result& result) {
  for (const StrategyResult& strategy : result.strategies) {
    if (!strategy.invalid.empty()) return strategy.strategy + ": " + strategy.invalid.front();
  }
  return {};
}

}  // namespace squall
