// The steps of a shape, and how it is written. See shape.hpp.
// A day begins at midnight, when measure begins: -1h is eleven at night.
#include "scenarios/model/shape.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <string>

#include "scenarios/model/grammar.hpp"

namespace squall {
namespace {

constexpr std::size_t kMostSteps = 1000;
constexpr double kMostTimes = 1000;
constexpr Duration kShortestDay = 24s, kLongestDay = 24h * 365;

// By hour; 1 - 0.75 cos, uncalibrated: seven times as much at four in the afternoon as at night.
constexpr std::array<double, 24> kDay{0.54, 0.40, 0.31, 0.26, 0.26, 0.31, 0.40, 0.54,
                                      0.71, 0.90, 1.10, 1.29, 1.46, 1.60, 1.69, 1.74,
                                      1.74, 1.69, 1.60, 1.46, 1.29, 1.10, 0.90, 0.71};

std::vector<RateChange> days(Duration day, Time from, Time to) {
  const Duration hour = day / 24;
  std::int64_t number = from / hour;
  if (number * hour > from) --number;
  std::vector<RateChange> changes;
  for (; number * hour < to; ++number) {
    const auto of_day = static_cast<std::size_t>((number % 24 + 24) % 24);
    changes.push_back(
        {in_nanoseconds(number * hour), in_nanoseconds((number + 1) * hour), kDay[of_day]});
  }
  return changes;
}

}  // namespace

std::vector<RateChange> changes_by_itself(const Shape& shape, Time from, Time to) {
  if (shape.day > Duration{0}) return days(shape.day, from, to);
  std::vector<RateChange> changes;
  for (std::size_t i = 0; i < shape.steps.size(); ++i) {
    const bool last = i + 1 == shape.steps.size();
    const Time end = last ? kNever : shape.steps[i + 1].first;
    changes.push_back(
        {in_nanoseconds(shape.steps[i].first), in_nanoseconds(end), shape.steps[i].second});
  }
  return changes;
}

double busiest(const Shape& shape) {
  if (shape.day > Duration{0}) return *std::ranges::max_element(kDay);
  double most = 1;  // before the first step
  for (const auto& [at, times] : shape.steps) most = std::max(most, times);
  return most;
}

namespace language {
namespace {

constexpr std::string_view kForms =
    R"(const, diurnal(24h), or a list of steps like [["0s", 0.5], ["30s", 2]])";

bool read_day(Reading& reading, const Json& json, Shape& shape) {
  std::string_view text = json.text;
  if (text == "const") return true;
  const bool diurnal = text.starts_with("diurnal(") && text.ends_with(")");
  const auto day = parse_duration(diurnal ? text.substr(8, text.size() - 9) : "");
  if (!diurnal || !day.value) {
    return reading.fail(json.place, "S0203",
                        fmt::format("bad shape {}: must be {}", in_quotes(json.text), kForms));
  }
  if (*day.value < kShortestDay || *day.value > kLongestDay) {
    return reading.fail(
        json.place, "S0202",
        fmt::format("a day of {} is out of range: {} to {}", format_duration(*day.value),
                    format_duration(kShortestDay), format_duration(kLongestDay)));
  }
  shape.day = *day.value;
  return true;
}

bool read_pair(Reading& reading, const Json& json, Shape& shape) {
  if (json.kind != Json::Kind::array || json.items.size() != 2) {
    return reading.fail(json.place, "S0201", "expected a pair [time, factor]");
  }
  Time at{0};
  double times = 1;
  bool good = read_value(reading, point_in_time(), json.items[0], at);
  good = read_value(reading, decimal_between(0, kMostTimes), json.items[1], times) && good;
  if (good && !shape.steps.empty() && at <= shape.steps.back().first) {
    good = reading.fail(json.items[0].place, "S0202",
                        "the steps of a shape must be in order of time, each once");
  }
  if (good) shape.steps.emplace_back(at, times);
  return good;
}

bool read_shape(Reading& reading, const Json& json, Shape& shape) {
  if (json.kind == Json::Kind::string) return read_day(reading, json, shape);
  if (json.kind != Json::Kind::array) return wrong_type(reading, json, kForms);
  if (too_many(reading, json, json.items.size(), kMostSteps, "steps")) return false;
  bool good = true;
  for (std::size_t i = 0; i < json.items.size() && !reading.full(); ++i) {
    const Inside inside(reading, i);
    good = read_pair(reading, json.items[i], shape) && good;
  }
  return good;
}

Json write_shape(const Shape& shape) {
  if (shape.day > Duration{0}) return Json::of("diurnal(" + format_duration(shape.day) + ")");
  if (shape.steps.empty()) return Json::of("const");
  Json list = Json::array();
  for (const auto& [at, times] : shape.steps) {
    list.push(Json::array().push(point_in_time().write(at)).push(Json::of(times)));
  }
  return list;
}

Json schema_of_shape(const Vocabulary&) {
  Json pair = schema_type("array");
  pair.set("minItems", Json::of(2.0)).set("maxItems", Json::of(2.0));
  Json steps = schema_type("array");
  steps.set("items", std::move(pair)).set("maxItems", Json::of(double(kMostSteps)));
  Json choices = Json::array();
  choices.push(schema_pattern("(const|diurnal\\(" + std::string(kDurationPattern) + "\\))"));
  choices.push(std::move(steps));
  return Json::object().set("anyOf", std::move(choices));
}

}  // namespace

Codec<Shape> traffic_shape() { return {read_shape, write_shape, schema_of_shape}; }

}  // namespace language
}  // namespace squall
