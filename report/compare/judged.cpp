// Words only; how it ended is asked of conclusion().
// Outcomes become the three ends that a reader of a report tells apart.
#include "report/compare/judged.hpp"

#include <fmt/core.h>

namespace squall {
namespace {

GateEnd end_of(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::regressed:
    case GateOutcome::no_data: return GateEnd::failed;
    case GateOutcome::inconclusive: return GateEnd::open;
    case GateOutcome::identical:
    case GateOutcome::pass:
    case GateOutcome::advisory: return GateEnd::passed;
  }
  return GateEnd::failed;
}

GateEnd end_of(ChangeEnd end) {
  switch (end) {
    case ChangeEnd::passed: return GateEnd::passed;
    case ChangeEnd::failed: return GateEnd::failed;
    case ChangeEnd::inconclusive: return GateEnd::open;
  }
  return GateEnd::failed;
}

std::string sentence_of(const ChangeReport& report, const ChangeConclusion& conclusion) {
  if (!conclusion.sentence.empty()) return conclusion.sentence;
  const std::size_t all = report.gates.size();
  if (all == 0) return "nothing changed, and no gate is declared";
  return all == 1 ? "the gate holds" : fmt::format("all {} gates hold", all);
}

std::string gate_words(const GateVerdict& verdict) {
  return verdict.metric + ", " + margin_words(verdict);
}

std::string gate_detail(const GateVerdict& verdict) {
  if (verdict.outcome == GateOutcome::identical) return "identical";
  std::string text = change_words(verdict);
  text += fmt::format("{}{} seeds", text.empty() ? "" : ", ", verdict.seeds);
  return verdict.why.empty() ? text : text + "; " + verdict.why;
}

}  // namespace

JudgedGates judged_gates(const ChangeReport& report, const ChangeConclusion& conclusion) {
  JudgedGates judged{report.base_name, end_of(conclusion.end), sentence_of(report, conclusion), {}};
  for (const GateVerdict& verdict : report.gates) {
    judged.gates.push_back({gate_words(verdict), verdict.strategy, end_of(verdict.outcome),
                            std::string(label(verdict)), gate_detail(verdict), verdict.line,
                            verdict.column});
  }
  return judged;
}

}  // namespace squall
