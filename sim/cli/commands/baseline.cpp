// squall baseline save|list|show|rm: named results to compare with.
// Files and folder are baseline_store.hpp, their form is report/compare/baseline.hpp.
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/store/baseline_store.hpp"
#include "sim/cli/store/run_folder.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kNothingChanged = "bad command line; nothing was changed";

Exit save(const Invocation& invocation, const Words& words) {
  if (words.empty() || words.size() > 2) {
    return usage_error(invocation.console, "squall baseline save NAME [RUN]", kNothingChanged);
  }
  std::string error = check_baseline_name(words[0]);
  if (!error.empty()) return usage_error(invocation.console, error, kNothingChanged);
  const std::string word = words.size() == 2 ? words[1] : "latest";
  const std::filesystem::path folder = find_run(invocation.options.out, word);
  if (folder.empty()) {
    return usage_error(invocation.console, "no stored run \"" + word + "\"; runs: squall list runs",
                       kNothingChanged);
  }
  const std::optional<StoredInput> stored = read_stored(folder, error);
  if (!stored) return usage_error(invocation.console, error, kNothingChanged);
  const std::optional<Result> result = stored_result(*stored, error);
  if (!result)
    return usage_error(invocation.console, folder.string() + ": " + error, kNothingChanged);
  if (!result->complete) {
    return usage_error(invocation.console, folder.string() + " is not complete: no baseline",
                       kNothingChanged);
  }
  const Baseline baseline = baseline_of(*stored, *result, words[0]);
  error = write_baseline(invocation.options, baseline);
  if (!error.empty()) {
    invocation.console.err << "error: " << error << '\n';
    return {ExitCode::broken, error};
  }
  invocation.console.err << "saved      " << baseline_path(invocation.options, words[0]).string()
                         << '\n';
  return {};
}

std::string line_of(const Baseline& baseline) {
  return fmt::format("{}, {} replications, saved {}, squall {}",
                     printable(baseline.result.scenario_name), baseline.result.seeds.size(),
                     printable(baseline.saved), printable(baseline.version));
}

nlohmann::json json_of(const Baseline& baseline) {
  nlohmann::json strategies = nlohmann::json::array();
  for (const auto& strategy : baseline.result.strategies) strategies.push_back(strategy.strategy);
  return {{"name", baseline.name},
          {"scenario", baseline.result.scenario_name},
          {"scenario_sha256", baseline.result.scenario_sha256},
          {"result_sha256", baseline.result_sha256},
          {"seeds", baseline.result.seeds},
          {"strategies", strategies},
          {"saved", baseline.saved},
          {"squall", baseline.version},
          {"engine", baseline.engine}};
}

std::string dumped(const nlohmann::json& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Exit list(const Invocation& invocation, const Words& words) {
  if (!words.empty())
    return usage_error(invocation.console, "squall baseline list", kNothingChanged);
  nlohmann::json all = nlohmann::json::array();
  for (const std::string& name : baseline_names(invocation.options)) {
    bool missing = false;
    std::string error;
    const auto baseline = read_baseline(
        invocation.options, baseline_path(invocation.options, name).string(), missing, error);
    if (!baseline) {
      invocation.console.err << "warning: " << error << '\n';
    } else if (invocation.options.json) {
      all.push_back(json_of(*baseline));
      all.back()["name"] = name;
    } else {
      invocation.console.out << name << "  " << line_of(*baseline) << '\n';
    }
  }
  if (invocation.options.json) invocation.console.out << dumped(all);
  return {};
}

Exit show(const Invocation& invocation, const Words& words) {
  if (words.size() != 1)
    return usage_error(invocation.console, "squall baseline show NAME", kNothingChanged);
  bool missing = false;
  std::string error;
  const auto baseline = read_baseline(invocation.options, words[0], missing, error);
  if (!baseline) return usage_error(invocation.console, error, kNothingChanged);
  std::ostream& out = invocation.console.out;
  if (invocation.options.json) {
    out << dumped(json_of(*baseline));
    return {};
  }
  out << words[0] << "  " << line_of(*baseline) << "\nscenario   " << baseline->scenario_path
      << " (sha256 " << baseline->result.scenario_sha256 << ")\nresult     sha256 "
      << baseline->result_sha256 << '\n';
  for (const StrategyResult& strategy : baseline->result.strategies) {
    out << "  " << pad_right(printable(strategy.strategy), 16);
    for (const char* metric : {"loss.intent", "latency.obliged.p99", "bytes.cluster.rate"}) {
      for (const MetricValues& values : strategy.metrics) {
        if (values.name != metric) continue;
        const Summary summary = summarize(values);
        out << "  " << metric << ' '
            << (summary.no_data ? "no data" : with_unit(summary.mean, values.unit, ascii_glyphs()));
      }
    }
    out << '\n';
  }
  return {};
}

Exit remove(const Invocation& invocation, const Words& words) {
  if (words.size() != 1)
    return usage_error(invocation.console, "squall baseline rm NAME", kNothingChanged);
  std::string error = check_baseline_name(words[0]);
  if (!error.empty()) return usage_error(invocation.console, error, kNothingChanged);
  std::error_code code;
  if (std::filesystem::remove(baseline_path(invocation.options, words[0]), code)) return {};
  return usage_error(
      invocation.console,
      fmt::format("no baseline \"{}\" in {}", words[0], invocation.options.baselines),
      kNothingChanged);
}

struct ActionRow {
  std::string_view name;
  Exit (*run)(const Invocation& invocation, const Words& words);
};
constexpr ActionRow kActions[] = {{"save", save}, {"list", list}, {"show", show}, {"rm", remove}};

}  // namespace

Exit baseline_command(const Invocation& invocation) {
  const Words& inputs = invocation.options.inputs;
  Words known;
  for (const ActionRow& action : kActions) {
    if (action.name == inputs.front()) {
      return action.run(invocation, Words(inputs.begin() + 1, inputs.end()));
    }
    known.emplace_back(action.name);
  }
  const std::string near = language::did_you_mean(inputs.front(), known);
  return usage_error(invocation.console,
                     fmt::format("squall baseline {}: one of save, list, show, rm{}",
                                 inputs.front(), near.empty() ? "" : "; " + near),
                     kNothingChanged);
}

}  // namespace squall
