// What single faults cost, as words for whoever prints a table of it: titles, and their cells.
// Made by measure.cpp out of loss.per_event; a day is the metric loss.per_day.
#include <algorithm>

#include "report/measure/comparison.hpp"

namespace squall {
namespace {

constexpr std::string_view kADay = "a day";

std::string cell(const MetricValues& values, const Glyphs& glyphs) {
  const Summary summary = summarize(values);
  if (summary.no_data) return "-";
  const double mean = summary.mean / 1e9;
  if (!summary.high) return sensible(mean, glyphs);
  return with_half_width(mean, *summary.high / 1e9 - mean, glyphs);
}

}  // namespace

std::vector<std::string> event_titles(const Result& result) {
  std::vector<std::string> titles;
  bool a_day = false;
  for (const StrategyResult& strategy : result.strategies) {
    for (const EventCost& event : strategy.events) {
      if (std::ranges::find(titles, event.fault) == titles.end()) titles.push_back(event.fault);
      a_day = a_day || event.per_day > 0;
    }
  }
  if (a_day) titles.insert(titles.begin(), std::string(kADay));
  return titles;
}

std::string event_cell(const StrategyResult& strategy, const std::string& title,
                       const Glyphs& glyphs) {
  if (title == kADay) {
    const MetricValues* day = find_metric(strategy, "loss.per_day");
    return day == nullptr ? "-" : cell(*day, glyphs);
  }
  const auto event = std::ranges::find(strategy.events, title, &EventCost::fault);
  return event == strategy.events.end() ? "-" : cell(event->cost, glyphs);
}

}  // namespace squall
