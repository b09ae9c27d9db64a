// Farm -> leading seeds -> Result.
// The threads are in sim/farm, the numbers in report/measure/measure.hpp.
#include "sim/cli/play/playing.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <csignal>
#include <thread>

#include "report/measure/measure.hpp"
#include "report/measure/predictions.hpp"
#include "scenarios/model/calibration.hpp"
#include "sim/cli/play/forms.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "strategies/products.hpp"

namespace squall {
namespace {

// Why the stop flag is up. Signals first: they are what the user did last.
std::string why_it_stopped() {
  const int signal_number = received_signal();
  if (signal_number == SIGINT) return "interrupted by SIGINT";
  if (signal_number == SIGTERM) return "terminated by SIGTERM";
  const char* const reason = reason_to_stop();
  return reason != nullptr ? reason : "stopped";
}

std::vector<RunRecord> leading(std::vector<std::optional<RunRecord>>& row) {
  std::vector<RunRecord> kept;
  for (std::optional<RunRecord>& record : row) {
    if (!record) break;
    kept.push_back(std::move(*record));
  }
  return kept;
}

bool hit_the_limit(const std::vector<RunRecord>& row, std::uint64_t max_events) {
  return std::any_of(row.begin(), row.end(),
                     [max_events](const RunRecord& record) { return record.events >= max_events; });
}

bool was_stopped(const std::vector<std::vector<RunRecord>>& records) {
  const auto stopped = [](const RunRecord& record) {
    return std::ranges::any_of(
        record.violations, [](const Violation& violation) { return violation.law == kCutShort; });
  };
  return std::ranges::any_of(records,
                             [&](const auto& row) { return std::ranges::any_of(row, stopped); });
}

}  // namespace

Played play_scenario(const Scenario& scenario, const PlaySettings& settings) {
  FarmOptions options;
  options.threads = settings.threads;
  options.max_events = settings.max_events;
  options.stop = &stop_flag();
  options.on_finished = settings.on_finished;
  options.play = settings.play;
  options.threads_per_run = settings.threads_per_run;
  options.keep_cut_short = settings.keep_cut_short;
  FarmResult farm = play_all(scenario, scenario.strategies, settings.seeds, options);

  Played played;
  for (auto& row : farm.records) {
    played.records.push_back(leading(row));
    played.missing += settings.seeds.size() - played.records.back().size();
  }
  for (const FarmFailure& failure : farm.failures) {
    played.cut_short.push_back(fmt::format("{} seed {}: the engine failed: {}",
                                           scenario.strategies[failure.job.strategy].name,
                                           settings.seeds[failure.job.seed], failure.message));
  }
  const bool less = played.missing > 0 || (settings.keep_cut_short && was_stopped(played.records));
  if (less && farm.failures.empty()) played.cut_short.push_back(why_it_stopped());
  if (settings.max_events > 0) {
    for (std::size_t i = 0; i < played.records.size(); ++i) {
      if (!hit_the_limit(played.records[i], settings.max_events)) continue;
      played.cut_short.push_back(fmt::format("{}: stopped by --max-events {}",
                                             scenario.strategies[i].name, settings.max_events));
    }
  }
  return played;
}

Result result_of(const Scenario& scenario, const std::vector<std::uint64_t>& seeds,
                 const std::vector<std::vector<RunRecord>>& records,
                 const std::vector<std::string>& cut_short) {
  Result result = make_result(scenario, scenario.strategies, seeds, records);
  result.problems.insert(result.problems.begin(), cut_short.begin(), cut_short.end());
  if (!cut_short.empty()) result.complete = false;
  add_predictions(scenario, result);
  const std::vector<std::string> beyond = not_validated(scenario);
  for (std::size_t s = 0; s < result.strategies.size(); ++s) {
    if (result.strategies[s].live.empty()) {
      for (const std::string& what : beyond) {
        result.strategies[s].warnings.push_back("not validated here: " + what);
      }
    }
    add_form(scenario, s, result.strategies[s]);
    const std::string own = own_values(scenario.strategies[s]);
    if (!own.empty()) result.strategies[s].notes.push_back(own);
  }
  return result;
}

unsigned thread_count(std::uint32_t jobs, std::uint32_t threads_per_run) {
  return jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency() / threads_per_run);
}

}  // namespace squall
