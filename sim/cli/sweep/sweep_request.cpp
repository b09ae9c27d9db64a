// Flags -> request <-> JSON. Files are not touched here.
// The words of a grid are taken apart in sim/farm/sweep_grid.cpp.
#include "sim/cli/sweep/sweep_request.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/seeds.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

constexpr const char* kDefaultReps = "10";

bool read_axes(const Options& options, SweepRequest& request, std::string& error) {
  for (const std::string& word : options.grid) {
    std::optional<SweepAxis> axis = parse_axis(word, error);
    if (!axis) return false;
    const auto same = [&](const auto& other) { return other.pointer == axis->pointer; };
    if (std::any_of(request.axes.begin(), request.axes.end(), same)) {
      error = fmt::format("--grid {}: {} is swept twice; list all its values once", word,
                          axis->pointer);
      return false;
    }
    if (std::any_of(request.overrides.begin(), request.overrides.end(), same)) {
      error = fmt::format("--grid {}: {} is also given by --set", word, axis->pointer);
      return false;
    }
    request.axes.push_back(std::move(*axis));
  }
  if (grid_points(request.axes) <= kMostGridPoints) return true;
  error = fmt::format("--grid: more than {} points", kMostGridPoints);
  return false;
}

Json request_json(const SweepRequest& request) {
  Json overrides = Json::array();
  for (const Override& entry : request.overrides) {
    overrides.push_back({{"pointer", entry.pointer}, {"value", entry.value}});
  }
  Json grid = Json::array();
  for (const SweepAxis& axis : request.axes) {
    grid.push_back({{"pointer", axis.pointer}, {"values", axis.values}});
  }
  return {{"scenario_path", request.scenario_path},
          {"scenario", request.scenario_text},
          {"overrides", overrides},
          {"grid", grid},
          {"strategy_list", request.strategy_list},
          {"seeds", request.seeds},
          {"max_events", request.max_events}};
}

}  // namespace

std::optional<SweepRequest> check_sweep_flags(const Options& options, std::string& error) {
  SweepRequest request;
  if (options.inputs.empty()) {
    error = "a scenario is missing: squall sweep SCENARIO --grid PTR=VALUES, or --resume DIR";
    return std::nullopt;
  }
  request.scenario_path = options.inputs.front();
  request.strategy_list = options.strategy;
  request.max_events = options.max_events;
  request.overrides = asked_overrides(options, error);
  if (!error.empty()) return std::nullopt;
  const std::string reps = options.reps.empty() ? kDefaultReps : options.reps;
  const auto count = static_cast<std::uint32_t>(std::stoul(reps));  // CLI11 checked the range
  request.seeds = make_seeds(options.seed, count, error);
  if (!error.empty() || !read_axes(options, request, error)) return std::nullopt;
  return request;
}

std::string to_json(const SweepRequest& request) {
  return request_json(request).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<SweepRequest> sweep_request_from_json(const std::string& text, std::string& error) {
  try {
    const Json json = Json::parse(text);
    SweepRequest request;
    json.at("scenario_path").get_to(request.scenario_path);
    json.at("scenario").get_to(request.scenario_text);
    for (const Json& entry : json.at("overrides")) {
      request.overrides.push_back({entry.at("pointer"), entry.at("value")});
    }
    for (const Json& entry : json.at("grid")) {
      request.axes.push_back({entry.at("pointer"), entry.at("values")});
    }
    json.at("strategy_list").get_to(request.strategy_list);
    json.at("seeds").get_to(request.seeds);
    json.at("max_events").get_to(request.max_events);
    if (grid_points(request.axes) <= kMostGridPoints) return request;
    error = "its grid is too large";
  } catch (const Json::exception& problem) {
    error = problem.what();
  }
  return std::nullopt;
}

std::string first_difference(const SweepRequest& a, const SweepRequest& b) {
  const Json one = request_json(a), other = request_json(b);
  for (const auto& [key, value] : one.items()) {
    if (key != "scenario_path" && other.at(key) != value) return key;
  }
  return {};
}

}  // namespace squall
