// Collects the lines of squall.log.
// Not a logger for other code: only `squall run` has one.
#include "sim/cli/store/run_log.hpp"

#include <fmt/core.h>

#include "report/words/format.hpp"
#include "squall_version.hpp"

namespace squall {

void RunLog::begin(const std::vector<std::string>& arguments, const std::string& started) {
  std::string line = fmt::format("{} squall {} ({})", started, squall_version(), squall_revision());
  for (std::size_t i = 1; i < arguments.size(); ++i) line += " " + arguments[i];
  say(2, line);
}

void RunLog::finished(const FarmProgress& progress) {
  const RunRecord& record = progress.record;
  say(1, fmt::format("{} seed {}: {} events, fingerprint {}", record.strategy, record.seed,
                     record.events, hex16(record.fingerprint)));
}

void RunLog::end(const Result& result) {
  for (const StrategyResult& strategy : result.strategies) {
    for (const std::string& warning : strategy.warnings) {
      say(2, fmt::format("warning: {}: {}", strategy.strategy, warning));
    }
    for (const std::string& note : strategy.notes) {
      say(2, fmt::format("note: {}: {}", strategy.strategy, note));
    }
  }
  for (const std::string& problem : result.problems) say(2, "problem: " + problem);
  for (const Verdict& verdict : result.verdicts) {
    const char* outcome = verdict.outcome == Outcome::pass   ? "pass"
                          : verdict.outcome == Outcome::fail ? "FAIL"
                                                             : "NO DATA";
    say(2, fmt::format("{} {}: {}", outcome, verdict.strategy, verdict.that));
  }
  if (!result.gates) return;
  say(2, fmt::format("against {}: {}", result.gates->baseline, result.gates->sentence));
  for (const JudgedGate& gate : result.gates->gates) {
    say(2, fmt::format("{} {}: {}", gate.label, gate.strategy, gate.that));
  }
}

void RunLog::say(int level, const std::string& line) {
  text_ += line + "\n";
  if (verbose_ >= level) err_ << line << '\n';
}

}  // namespace squall
