// Loads every point of a grid before anything is played.
// The loader judges; what is added here is which flag led to a complaint.
#include "sim/cli/sweep/sweep_plan.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <set>

#include "report/measure/sha256.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall {
namespace {

// The loader knows one way in, --set; the user took another.
void name_the_flag(const SweepRequest& request, const std::string& flag, Problem& problem) {
  constexpr std::string_view kSet = "--set ";
  if (!problem.message.starts_with(kSet)) return;
  for (const SweepAxis& axis : request.axes) {
    if (axis.pointer == problem.pointer) problem.message.replace(0, kSet.size(), flag + " ");
  }
}

void add_cells(const SweepPlan& plan, std::size_t point, std::vector<SweepCell>& cells) {
  const std::size_t strategies = plan.points[point].scenario.strategies.size();
  for (std::size_t seed = 0; seed < plan.request.seeds.size(); ++seed) {
    for (std::size_t strategy = 0; strategy < strategies; ++strategy) {
      cells.push_back({point, strategy, seed});
    }
  }
}

// Each warning once, however many points have it.
class Warnings {
 public:
  void add(const std::vector<Problem>& problems) {
    for (const Problem& problem : problems) {
      if (seen_.insert({problem.code, problem.message}).second) all_.push_back(problem);
    }
  }
  std::string text(const std::string& source) const { return render(all_, source); }

 private:
  std::set<std::pair<std::string, std::string>> seen_;
  std::vector<Problem> all_;
};

}  // namespace

std::string flags_of(const SweepRequest& request, const std::vector<std::string>& values,
                     const std::string& flag) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += fmt::format("{}{} {}={}", i == 0 ? "" : " ", flag, request.axes[i].pointer, values[i]);
  }
  return text;
}

std::optional<Scenario> load_point(const SweepRequest& request,
                                   const std::vector<std::string>& values,
                                   std::vector<Problem>& problems, std::string& error,
                                   const std::string& flag) {
  static const Vocabulary vocabulary = make_vocabulary();
  std::vector<Override> overrides = request.overrides;
  for (std::size_t i = 0; i < values.size(); ++i) {
    overrides.push_back({request.axes[i].pointer, values[i]});
  }
  LoadResult loaded = load_scenario_text(request.scenario_text, request.scenario_path, overrides,
                                         vocabulary, {request.strategy_list});
  problems = std::move(loaded.problems);
  for (Problem& problem : problems) name_the_flag(request, flag, problem);
  if (count(problems, Severity::error) == 0) return std::move(loaded.scenario);
  error = flags_of(request, values, flag) + ": the scenario is not valid\n" +
          render(problems, request.scenario_text);
  return std::nullopt;
}

PlannedSweep make_sweep_plan(SweepRequest request) {
  PlannedSweep planned;
  SweepPlan plan{std::move(request), {}, {}, {}};
  Warnings warnings;
  std::map<std::string, std::size_t> points_by_hash;
  const std::size_t points = grid_points(plan.request.axes);
  for (std::size_t point = 0; point < points; ++point) {
    const std::vector<std::string> values = values_at(plan.request.axes, point);
    std::vector<Problem> problems;
    std::optional<Scenario> scenario = load_point(plan.request, values, problems, planned.error);
    if (!scenario) return planned;
    warnings.add(problems);
    const std::string hash = sha256_hex(scenario->resolved_json);
    const auto [same, is_new] = points_by_hash.emplace(hash, point);
    if (!is_new) {
      planned.error = flags_of(plan.request, values) + " gives the same scenario as " +
                      flags_of(plan.request, plan.points[same->second].values);
      return planned;
    }
    plan.scenario_name = point == 0 ? scenario->name : plan.scenario_name;
    scenario->source_text.clear();  // thousands of points would hold thousands of copies
    scenario->resolved_json.clear();
    plan.points.push_back({values, std::move(*scenario), hash});
    add_cells(plan, point, plan.cells);
  }
  planned.warnings = warnings.text(plan.request.scenario_text);
  planned.plan = std::move(plan);
  return planned;
}

}  // namespace squall
