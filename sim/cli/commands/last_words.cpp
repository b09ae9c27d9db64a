// Sentences only; who prints them is run.cpp and list_topics.cpp.
// The next command is the one that a reader of this very result wants: see it again, or keep it.
#include "sim/cli/commands/last_words.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "report/measure/comparison.hpp"
#include "report/measure/verdict_groups.hpp"
#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/expectation.hpp"
#include "sim/cli/commands/run_verdict.hpp"

namespace squall {
namespace {

// Of strategies that --strategy has left out: said, as nobody else misses them.
std::size_t expectations_of_nobody(const Result& result) {
  const auto scenario = nlohmann::json::parse(result.resolved_scenario, nullptr, false);
  if (!scenario.is_object() || !scenario.contains("expect")) return 0;
  const auto played = [&](const nlohmann::json& glob) {
    return std::ranges::any_of(result.strategies, [&](const StrategyResult& strategy) {
      return language::glob_matches(glob.get<std::string>(), strategy.strategy);
    });
  };
  return static_cast<std::size_t>(
      std::ranges::count_if(scenario["expect"], [&](const nlohmann::json& expectation) {
        const auto whose = expectation.value("for", nlohmann::json::array());
        return !whose.empty() && std::ranges::none_of(whose, played);
      }));
}

}  // namespace

std::string page_of(const std::string& folder) {
  return (std::filesystem::path(folder) / "report.html").string();
}

std::string closing_lines(const Result& result, const StoredAt& stored) {
  std::string text =
      fmt::format("results    {}\npage       {}\n", stored.folder, page_of(stored.folder));
  if (!result.complete) {
    return text + "latest     not complete: `latest` is the run before, if there is one\n";
  }
  if (const std::size_t left_out = expectations_of_nobody(result); left_out > 0) {
    text += left_out == 1
                ? "note       1 expectation is of a strategy that was not played, and was not "
                  "judged\n"
                : fmt::format(
                      "note       {} expectations are of strategies that were not played, "
                      "and were not judged\n",
                      left_out);
  }
  if (!why_invalid(result).empty()) return text;  // what to do about it stands at the end
  const bool usual = stored.results == "squall-results";
  const std::string run = usual ? "latest" : command_word(stored.folder);
  if (has_failed(result)) {
    const bool lost = std::ranges::any_of(
        result.strategies, [](const StrategyResult& strategy) { return !strategy.loss.empty(); });
    if (!lost) return text;                          // how to play it again has been said
    const bool again = result.engine_flags.empty();  // in virtual time
    return text +
           (again ? fmt::format("next       squall why {}   (what would have saved it)\n", run)
                  : fmt::format("next       squall explain {} --lost   (one loss, hop by hop)\n",
                                run));
  }
  return text + fmt::format(
                    "next       squall baseline save main {}   (then change something, run "
                    "again, and: squall compare main {})\n",
                    run, usual ? "latest" : "NEW");
}

std::string last_words(const Result& result, const std::string& folder) {
  std::size_t most = 0;
  for (const StrategyResult& strategy : result.strategies) {
    most = std::max(most, strategy.fingerprints.size());
  }
  std::size_t least = most;
  for (const StrategyResult& strategy : result.strategies) {
    least = std::min(least, strategy.fingerprints.size());
  }
  std::string text =
      fmt::format("interrupted: {}, {}{} of {} replications are done\n", result.scenario_name,
                  least, least == most ? "" : fmt::format(" to {}", most), result.seeds.size());
  if (folder.empty()) return text + "nothing was stored\n";
  return text + fmt::format(
                    "results    {}   (not complete: not to be used; `latest` is the run "
                    "before)\npage       {}\n",
                    folder, page_of(folder));
}

std::string verdict_in_short(const Result& result) {
  if (!result.complete) return "NOT COMPLETE";
  for (const StrategyResult& strategy : result.strategies) {
    if (!strategy.invalid.empty()) return "INVALID";
  }
  const std::vector<VerdictGroup> groups = group_verdicts(result);
  const auto failed = std::ranges::count_if(
      groups, [](const VerdictGroup& group) { return !group.failed.empty(); });
  if (failed > 0) return fmt::format("FAIL {} of {}", failed, groups.size());
  if (result.gates && result.gates->end != GateEnd::passed) {
    const auto gates = std::ranges::count(result.gates->gates, GateEnd::failed, &JudgedGate::end);
    if (result.gates->end == GateEnd::open) return "INCONCLUSIVE";
    return fmt::format("FAIL {} of {} gates", gates, result.gates->gates.size());
  }
  return groups.empty() && !result.gates ? "not judged" : "PASS";
}

std::string loss_in_short(const Result& result) {
  std::optional<double> least, most;
  for (const StrategyResult& strategy : result.strategies) {
    const std::optional<double> loss = mean_of(strategy, "loss.intent");
    if (!loss) continue;
    least = std::min(least.value_or(*loss), *loss);
    most = std::max(most.value_or(*loss), *loss);
  }
  if (!least) return "";
  const Glyphs& glyphs = ascii_glyphs();
  const std::string high = with_unit(*most, "ratio", glyphs);
  return *least == *most ? high : sensible(*least * 100, glyphs) + " to " + high;
}

}  // namespace squall
