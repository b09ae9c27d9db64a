// squall sweep SCENARIO --grid PTR=a,b,c: every point x strategy x seed is a cell, played once and
// kept as one line of a journal. Killed at any moment, it goes on where it was.
//
// Where to go next: sweep_plan.hpp (the cells), sim/farm/sweep_cells.hpp (who plays them),
// sweep_folder.hpp (what is kept).
#include "sim/cli/sweep/sweep.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/measure/pooled.hpp"
#include "report/page/heat_map.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/sweep/rank.hpp"
#include "sim/cli/sweep/sweep_collect.hpp"
#include "sim/cli/sweep/sweep_folder.hpp"
#include "sim/cli/sweep/sweep_progress.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

CellTeam* g_team = nullptr;

Exit broken(const Console& console, const std::string& sentence) {
  console.err << "error: " << sentence << '\n';
  return {ExitCode::broken, sentence.substr(0, sentence.find('\n'))};
}

// The flags that say what is swept; --resume alone takes it all from the folder.
bool describes_a_sweep(const Options& options) {
  return !options.inputs.empty() || !options.grid.empty() || !options.set.empty() ||
         !options.strategy.empty() || !options.reps.empty() || options.max_events != 0;
}

std::optional<SweepRequest> request_of_flags(const Options& options, std::string& error) {
  std::optional<SweepRequest> request = check_sweep_flags(options, error);
  if (!request) return std::nullopt;
  if (request->axes.empty()) {
    error = "nothing is swept: add --grid PTR=VALUES, e.g. --grid /cluster/nodes/count=3,6,12";
    return std::nullopt;
  }
  const ScenarioInput input =
      read_scenario(request->scenario_path, request->overrides, make_vocabulary());
  request->scenario_text = input.whole;
  if (!input.text.empty()) return request;
  error = render(input.problems, input.text);
  return std::nullopt;
}

// From the flags, from the folder to be resumed, or from both when they say the same.
std::optional<SweepRequest> request_of(const Options& options, std::string& error) {
  const fs::path folder = options.resume;
  if (options.resume.empty()) return request_of_flags(options, error);
  if (!describes_a_sweep(options)) {
    std::optional<SweepRequest> stored = stored_request(folder, error);
    if (!stored) error = fmt::format("--resume {}: there is no sweep: {}", options.resume, error);
    return stored;
  }
  std::optional<SweepRequest> request = request_of_flags(options, error);
  if (!request || !holds_sweep(folder)) return request;
  const std::optional<SweepRequest> stored = stored_request(folder, error);
  if (!stored) return std::nullopt;
  const std::string difference = first_difference(*stored, *request);
  if (difference.empty()) return stored;
  error = fmt::format("--resume {}: it holds another sweep; what differs: {}", options.resume,
                      difference);
  return std::nullopt;
}

std::vector<RunFile> outputs_of(const SweepResult& result) {
  return {{"sweep.json", to_json(result)},
          {"sweep.csv", csv(result)},
          {"report.html", sweep_html(result)}};
}

class Sweep {
 public:
  Sweep(const Invocation& invocation, const SweepPlan& plan)
      : invocation_(invocation),
        options_(invocation.options),
        plan_(plan),
        cells_(plan.cells.size()) {}

  Exit run() {
    std::string error = open();
    if (!error.empty()) return broken(invocation_.console, error);
    play();
    const SweepResult result = collect_sweep(plan_, cells_);
    std::vector<RunFile> outputs = outputs_of(result);
    std::optional<Ranking> ranking;
    if (!options_.rank.empty() && result.complete) {
      ranking = rank_of(result, *metric_named(options_.rank), play_beside());
      outputs.push_back({"rank.json", as_json(*ranking)});
    }
    error = write_outputs(folder_, outputs);
    if (!error.empty() && failure_.empty()) failure_ = error;
    show(result);
    if (ranking && !options_.json) invocation_.console.out << as_text(*ranking);
    return conclude(result);
  }

 private:
  // Two strategies at a point of the grid with one value changed; not kept.
  PlayBeside play_beside() const {
    return
        [this](const std::vector<std::string>& point, std::size_t axis, const std::string& value,
               const std::string& first, const std::string& second) -> std::optional<PairValues> {
          std::vector<std::string> values = point;
          values[axis] = value;
          std::vector<Problem> problems;
          std::string error;
          std::optional<Scenario> scenario = load_point(plan_.request, values, problems, error);
          if (!scenario) return std::nullopt;
          std::erase_if(scenario->strategies, [&](const StrategySpec& spec) {
            return spec.name != first && spec.name != second;
          });
          if (scenario->strategies.size() != 2) return std::nullopt;
          PlaySettings settings;
          settings.seeds = plan_.request.seeds;
          settings.threads = thread_count(options_.jobs);
          settings.max_events = options_.max_events;
          const Played played = play_scenario(*scenario, settings);
          if (!played.cut_short.empty()) return std::nullopt;
          const MetricRow& metric = *metric_named(options_.rank);
          PairValues pair;
          for (std::size_t i = 0; i < 2; ++i) {
            auto& side = scenario->strategies[i].name == first ? pair.first : pair.second;
            side = measure_over(metric, played.records[i]).per_seed;
          }
          return pair;
        };
  }

  std::string open() {
    std::string error;
    folder_ = options_.resume;
    if (folder_.empty()) {
      folder_ = new_sweep_folder(options_.out, plan_.request, plan_.scenario_name, error);
    }
    if (error.empty()) error = begin_sweep(folder_, plan_.request, invocation_.arguments);
    if (!error.empty()) return error;
    SweepJournal::Opened opened = open_journal(folder_, plan_.request);
    if (!opened.error.empty()) return opened.error;
    journal_ = std::move(opened.journal);
    if (opened.torn)
      invocation_.console.err << "the last line was torn; its cell is played again\n";
    for (const std::string& line : opened.lines) {
      std::optional<CellResult> cell = read_cell(plan_, line, error);
      if (!cell) return (folder_ / "cells.jsonl").string() + ": " + error;
      cells_[cell->cell] = std::move(cell);
    }
    return {};
  }

  void play() {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!cells_[i]) missing.push_back(i);
    }
    SweepProgress progress(progress_kind(options_, invocation_.console), invocation_.console,
                           {plan_.scenario_name, plan_.points.size(), cells_.size(),
                            cells_.size() - missing.size(), options_.ascii});
    CellQueue queue(
        std::move(missing),
        [&](std::size_t cell, const std::string& line) {
          const std::string error = keep(cell, line);
          if (error.empty()) progress.finished(cell);
          return error;
        },
        &stop_flag());
    progress.begin();
    cell_team().play(
        queue, [this](std::size_t cell) { return play_cell(plan_, cell, &stop_flag()); },
        to_json(plan_.request), options_.jobs);
    progress.end();
    failure_ = queue.failure();
  }

  // One line, from wherever the cell was played.
  std::string keep(std::size_t cell, const std::string& line) {
    std::string error;
    std::optional<CellResult> result = read_cell(plan_, line, error);
    if (result && result->cell != cell) error = fmt::format("it is cell {}", result->cell);
    if (!error.empty()) return fmt::format("cell {}: {}", cell, error);
    error = journal_->append(line);
    if (error.empty()) cells_[cell] = std::move(result);
    return error;
  }

  void show(const SweepResult& result) {
    invocation_.console.out << (options_.json ? to_json(result) : to_text(result));
    invocation_.console.out.flush();
    if (!options_.quiet) invocation_.console.err << "results    " << folder_.string() << '\n';
  }

  Exit conclude(const SweepResult& result) {
    const bool missing = std::any_of(cells_.begin(), cells_.end(),
                                     [](const auto& cell) { return !cell.has_value(); });
    if (missing) {
      invocation_.console.err << "resume     squall sweep --resume " << folder_.string() << '\n';
    }
    if (received_signal() != 0) return {static_cast<ExitCode>(128 + received_signal()), {}};
    if (!failure_.empty()) return broken(invocation_.console, failure_);
    if (result.complete) return {};
    for (const std::string& problem : result.problems) invocation_.console.err << problem << '\n';
    return {ExitCode::broken, result.problems.front()};
  }

  const Invocation& invocation_;
  const Options& options_;
  const SweepPlan& plan_;
  std::vector<std::optional<CellResult>> cells_;
  fs::path folder_;
  std::unique_ptr<SweepJournal> journal_;
  std::string failure_;
};

void show_plan(const SweepPlan& plan, std::ostream& out) {
  std::size_t most = 0;
  for (const SweepPoint& point : plan.points) {
    most = std::max(most, point.scenario.strategies.size());
  }
  out << plan.scenario_name << ": " << plan.cells.size() << " cells, " << plan.points.size()
      << " points x up to " << most << " strategies x " << plan.request.seeds.size()
      << " seeds from " << plan.request.seeds.front() << '\n';
  for (const SweepAxis& axis : plan.request.axes) {
    out << "  " << axis.pointer << "  ";
    for (const std::string& value : axis.values) out << ' ' << value;
    out << '\n';
  }
}

}  // namespace

CellTeam& cell_team() {
  static ThreadTeam threads;
  return g_team != nullptr ? *g_team : threads;
}

void use_cell_team(CellTeam& team) { g_team = &team; }

Exit sweep_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Console& console = invocation.console;
  if (!options.bisect.empty() || !options.until.empty()) return bisect_command(invocation);
  std::string error;
  std::optional<SweepRequest> request = request_of(options, error);
  if (!request) return usage_error(console, error, kNothingSwept);
  if (options.seed == "random") console.err << "seed " << request->seeds.front() << '\n';
  const PlannedSweep planned = make_sweep_plan(std::move(*request));
  if (!planned.plan) return usage_error(console, planned.error, kNothingSwept);
  if (!options.quiet) console.err << planned.warnings;
  if (options.dry_run) {
    show_plan(*planned.plan, console.out);
    return {};
  }
  if (!options.rank.empty() && metric_named(options.rank) == nullptr) {
    return usage_error(
        console, "--rank " + options.rank + ": no such metric; squall list metrics has their names",
        kNothingSwept);
  }
  install_signal_handlers();
  Sweep sweep(invocation, *planned.plan);
  return sweep.run();
}

}  // namespace squall
