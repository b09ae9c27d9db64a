// RunRecord -> line -> CellResult. Metrics stand in the order of the journal's header.
// Numbers are rounded before they are written, and JSON gives back the same double.
#include "sim/cli/sweep/sweep_cell.hpp"

#include <fmt/core.h>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "report/measure/measure.hpp"
#include "report/measure/metrics.hpp"
#include "report/measure/sha256.hpp"
#include "report/words/format.hpp"
#include "sim/cli/sweep/sweep_spreads.hpp"
#include "sim/kernel/engine.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

Json value_json(const std::optional<double>& value) {
  if (!value) return nullptr;
  if (std::isinf(*value)) return *value < 0 ? "-infinity" : "infinity";
  return *value;
}

std::optional<double> value_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (!json.is_string()) return json.get<double>();
  const double infinity = std::numeric_limits<double>::infinity();
  return json.get<std::string>().starts_with('-') ? -infinity : infinity;
}

std::string line_of(const SweepPlan& plan, std::size_t number, const RunRecord& record,
                    const Result& result) {
  const SweepCell& cell = plan.cells[number];
  Json metrics = Json::array();
  const std::vector<MetricValues>& measured = result.strategies.front().metrics;
  for (std::size_t i = 0; i < metric_rows().size(); ++i) {  // what some scenarios have comes after
    metrics.push_back(value_json(measured.at(i).per_seed.front()));
  }
  nlohmann::ordered_json line;
  line["cell"] = number;
  line["scenario"] = plan.points[cell.point].sha256;
  line["strategy"] = record.strategy;
  line["seed"] = record.seed;
  line["fingerprint"] = hex16(record.fingerprint);
  line["arrivals"] = hex16(record.arrivals_hash);
  line["unstable"] = record.unstable;
  line["problems"] = result.problems;
  line["metrics"] = metrics;
  line["spreads"] = spread_texts(record);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::optional<std::string> play_cell(const SweepPlan& plan, std::size_t cell,
                                     const std::atomic<bool>* stop) {
  const SweepCell& which = plan.cells.at(cell);
  const Scenario& scenario = plan.points[which.point].scenario;
  const StrategySpec& spec = scenario.strategies[which.strategy];
  const std::uint64_t seed = plan.request.seeds[which.seed];
  PlayOptions options;
  options.max_events = plan.request.max_events;
  options.stop = stop;
  std::vector<std::vector<RunRecord>> records(1);
  records[0].push_back(play(scenario, spec, seed, options));
  if (stop != nullptr && stop->load(std::memory_order_relaxed)) return std::nullopt;
  const Result result = make_result(scenario, {spec}, {seed}, records);
  return line_of(plan, cell, records[0][0], result);
}

std::optional<CellResult> read_cell(const SweepPlan& plan, const std::string& line,
                                    std::string& error) {
  try {
    const Json json = Json::parse(line);
    CellResult result;
    json.at("cell").get_to(result.cell);
    if (result.cell >= plan.cells.size()) {
      error = fmt::format("the sweep has no cell {}", result.cell);
      return std::nullopt;
    }
    const SweepCell& cell = plan.cells[result.cell];
    const SweepPoint& point = plan.points[cell.point];
    if (json.at("scenario") != point.sha256 ||
        json.at("strategy") != point.scenario.strategies[cell.strategy].name ||
        json.at("seed") != plan.request.seeds[cell.seed] ||
        json.at("metrics").size() != metric_rows().size()) {
      error = fmt::format("cell {} is of another scenario, strategy or seed", result.cell);
      return std::nullopt;
    }
    json.at("fingerprint").get_to(result.fingerprint);
    json.at("arrivals").get_to(result.arrivals);
    json.at("unstable").get_to(result.unstable);
    json.at("problems").get_to(result.problems);
    json.at("spreads").get_to(result.spreads);
    for (const Json& value : json.at("metrics")) result.metrics.push_back(value_of(value));
    return result;
  } catch (const Json::exception& problem) {
    error = std::string("it is not a line of a sweep: ") + problem.what();
    return std::nullopt;
  }
}

std::string journal_header(const SweepRequest& request) {
  nlohmann::ordered_json header;
  header["schema"] = "squall.sweep-journal/1";
  header["squall"] = fmt::format("{} ({})", squall_version(), squall_revision());
  header["request_sha256"] = sha256_hex(to_json(request));
  header["metrics"] = Json::array();
  for (const MetricRow& row : metric_rows()) header["metrics"].push_back(std::string(row.name));
  return header.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace squall
