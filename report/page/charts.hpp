// The charts of a report: one row per question, static SVG each, with the same numbers as a table.
//
// A chart whose data is missing says so in a sentence instead of drawing nothing. Layout of the
// page is not here (html.cpp); the points come from the Result (charts_data.hpp).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/measure/comparison.hpp"
#include "report/measure/result.hpp"
#include "report/page/svg_axes.hpp"

namespace squall {

struct DataTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;  // as long as the head; text, not escaped
  std::size_t words = 1;                       // so many columns hold words, the others numbers
};

struct Chart {
  std::string id;                  // unique within one result
  std::string title;               // the question it answers
  std::string finding;             // what it shows, one or two sentences
  std::string svg;                 // empty: left out
  std::string left_out;            // why
  std::vector<std::string> notes;  // how to read it, what was reduced
  DataTable table;
  std::string zoom;  // JSON for the zoom layer (assets/zoom.js); empty: none
};

// How a strategy looks in every chart of a page.
struct Look {
  const StrategyResult* strategy;
  std::string_view ink;
  std::string_view dash;
  std::size_t marker = 0;
};

struct ChartContext {
  const Result& result;
  std::string prefix;       // of every id of this result
  std::vector<Look> looks;  // ascending by loss, as in the comparison
};
ChartContext chart_context(const Result& result, std::string prefix);

struct ChartRow {
  std::string_view id;
  std::string_view question;
  Chart (*draw)(const ChartContext& context);
};
// In the order of the page. They are asked one result; the matrix below is asked all.
std::span<const ChartRow> chart_rows();
Chart draw_chart(const ChartRow& row, const ChartContext& context);
// Strategy by scenario.
Chart matrix_chart(std::span<const Result> results);

// ---- Shared by the charts_*.cpp ----------------------------------------------------------------

inline constexpr double kChartWidth = 560;
inline constexpr double kNamesWidth = 118;  // where plots begin, right of the strategies' names
Chart left_out(std::string why);
// A scale for values that may be zero or spread over decades; the plainest one that shows all.
// Negative and infinite values are ignored. Empty `values` give 0 to 1.
Scale fitting_scale(std::span<const double> values, Bounds pixels);
// "1.93 %", "41.9 ms", "∞", "no data".
std::string shown(const std::optional<double>& value, std::string_view unit);
// Replications of the strategy that were run; at least 1.
double runs_of(const StrategyResult& strategy);
// The bands and names of faults, over a plot whose x axis is in seconds.
void draw_fault_bands(Svg& svg, const PlotArea& area, const Scale& time, const Timeline& timeline,
                      bool named);

Chart tradeoff_chart(const ChartContext& context);
Chart loss_chart(const ChartContext& context);
Chart percentile_chart(const ChartContext& context);
Chart heatmap_chart(const ChartContext& context);
Chart bytes_chart(const ChartContext& context);
Chart timeline_chart(const ChartContext& context);
Chart causes_chart(const ChartContext& context);
Chart classes_chart(const ChartContext& context);
Chart nodes_chart(const ChartContext& context);
Chart forest_chart(const ChartContext& context);
// Two runs of one scenario: each strategy of the newer one against itself in `base`.
Chart change_forest_chart(const ChartContext& fresh, const Result& base);

}  // namespace squall
