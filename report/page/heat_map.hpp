// Heat maps of a sweep: one per metric and strategy, drawn as static SVG with the same numbers as
// a table, and the page that holds them.
//
// One swept parameter gives one map per metric with the strategies as rows; two give one map per
// metric and strategy. More cannot be drawn on a plane and are told as a table only. All maps of a
// metric share one scale of colours. Pure: no file, no clock.
#pragma once

#include <string>

#include "report/page/charts.hpp"
#include "report/sweep/sweep_result.hpp"

namespace squall {

// The maps of one metric. Left out, with the reason, when there is nothing to see: no data, the
// same value everywhere, or more than two parameters.
Chart sweep_heat_map(const SweepResult& result, const std::string& metric);

// The whole page: what was swept, the maps of the metrics that matter most, then all others.
// `made_by` as in html.hpp.
std::string sweep_html(const SweepResult& result, const std::string& made_by = "");

}  // namespace squall
