// The order of the exit codes stands in exit(): one if after the other, worst first.
// See run_verdict.hpp.
#include "sim/cli/commands/run_verdict.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/measure/verdict_groups.hpp"
#include "sim/cli/play/interrupt.hpp"

namespace squall {

void RunVerdict::held_against_baseline(const ChangeConclusion& change) {
  const bool worse = change_.end == ChangeEnd::passed || change.end == ChangeEnd::failed;
  if (worse && change_.end != ChangeEnd::failed) change_ = change;
}

std::string RunVerdict::add(const Result& result) {
  std::string notes;
  const std::string& name = result.scenario_name;
  for (const std::string& problem : result.problems) {
    notes += fmt::format("{}: {}\n", name, problem);
  }
  if (!result.complete) {
    broken_ = name + ": " +
              (result.problems.empty() ? "the result is not complete" : result.problems.front());
  }
  for (const StrategyResult& strategy : result.strategies) {
    warnings_ += strategy.warnings.size();
    for (const std::string& why : strategy.invalid) {
      invalid_ = fmt::format("{}, {}: {}", name, strategy.strategy, why);
      notes += "INVALID    " + invalid_ + "\n";
    }
  }
  const std::vector<VerdictGroup> groups = group_verdicts(result);  // as the reports count them
  judged_ += groups.size();
  failed_ += static_cast<std::size_t>(std::ranges::count_if(
      groups, [](const VerdictGroup& group) { return !group.failed.empty(); }));
  return notes;
}

Exit RunVerdict::exit(bool warnings_fatal) const {
  const int signal_number = received_signal();
  if (signal_number != 0) return {static_cast<ExitCode>(128 + signal_number), {}};
  if (!broken_.empty()) return {ExitCode::broken, broken_};
  if (!invalid_.empty()) return {ExitCode::inconclusive, "INVALID: " + invalid_};
  if (!disagreement_.empty()) {
    return {ExitCode::failed, "the engines disagree, sim / live: " + disagreement_};
  }
  if (failed_ > 0) {
    return {ExitCode::failed, fmt::format("{} of {} expectation{} failed", failed_, judged_,
                                          judged_ == 1 ? "" : "s")};
  }
  if (change_.end == ChangeEnd::failed) return {ExitCode::failed, change_.sentence};
  if (change_.end == ChangeEnd::inconclusive) return {ExitCode::inconclusive, change_.sentence};
  if (warnings_fatal && warnings_ > 0) {
    return {ExitCode::failed, fmt::format("{} warnings, and --warnings-fatal", warnings_)};
  }
  return {};
}

bool has_failed(const Result& result) {
  if (result.gates && result.gates->end == GateEnd::failed) return true;
  const bool invalid = std::ranges::any_of(
      result.strategies, [](const StrategyResult& one) { return !one.invalid.empty(); });
  return invalid || !failed_strategies(result).empty();
}

std::vector<std::string> failed_strategies(const Result& result) {
  std::vector<std::string> failed;
  for (const Verdict& verdict : result.verdicts) {
    const bool known = std::ranges::find(failed, verdict.strategy) != failed.end();
    if (verdict.outcome != Outcome::pass && !known) failed.push_back(verdict.strategy);
  }
  return failed;
}

}  // namespace squall
