// The block "what one fault costs": time of all traffic, by strategy and fault, and a day of them.
// The numbers are made in report/measure; here is only their table.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/measure/comparison.hpp"
#include "report/words/text_parts.hpp"

namespace squall::text {
namespace {

constexpr std::size_t kFaultsShown = 5;

bool costs(const MetricValues& values) {
  return std::ranges::any_of(values.per_seed,
                             [](const auto& value) { return value.value_or(0) > 0; });
}

// Whether the script says how often any of them happens.
bool has_a_day(const Result& result) {
  return std::ranges::any_of(result.strategies, [](const StrategyResult& strategy) {
    return std::ranges::any_of(strategy.events,
                               [](const EventCost& event) { return event.per_day > 0; });
  });
}

}  // namespace

std::string events_block(const Result& result, const Pen& pen) {
  const std::vector<std::string> titles = event_titles(result);
  bool any = false;
  std::vector<std::vector<std::string>> rows{{"strategy"}};
  const std::size_t shown = std::min(kFaultsShown, titles.size());
  for (std::size_t i = 0; i < shown; ++i) rows[0].push_back(pen.safe(titles[i]));
  for (const StrategyResult* strategy : compare_strategies(result, {}).strategies) {
    std::vector<std::string> row{pen.safe(strategy->strategy)};
    for (const EventCost& event : strategy->events) any = any || costs(event.cost);
    for (std::size_t i = 0; i < shown; ++i) {
      row.push_back(event_cell(*strategy, titles[i], pen.glyphs));
    }
    rows.push_back(std::move(row));
  }
  if (!any) return "";
  const std::string a_day =
      has_a_day(result) ? "; a day: as often as the script says, without what is lost anyway" : "";
  std::string text =
      wrapped("    ", "what one fault costs: seconds of all traffic, whatever measure is" + a_day,
              pen.options.width);
  const std::string table = text_table(rows, 1, "    ");
  if (table.find('\n') <= pen.options.width) {
    text += table;
  } else {
    for (std::size_t row = 1; row < rows.size(); ++row) {
      std::string line;
      for (std::size_t i = 1; i < rows[row].size(); ++i) {
        line += fmt::format("{}{} {}", i > 1 ? ", " : "", rows[0][i], rows[row][i]);
      }
      text += wrapped("    " + rows[row][0] + ": ", line, pen.options.width);
    }
  }
  if (titles.size() > shown) {
    text += fmt::format("    and {} more on the page\n", titles.size() - shown);
  }
  return text + "\n";
}

}  // namespace squall::text
