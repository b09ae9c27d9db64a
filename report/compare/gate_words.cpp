// A gate written on the command line: METRIC or METRIC=MARGIN.
// Gates of scenario files are read in scenarios/model/tables_gates.cpp.
#include "report/compare/gate.hpp"

#include <fmt/core.h>

#include "report/measure/metrics.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall {

std::vector<InterimLook> looks_for(std::size_t base_reps) {
  std::vector<InterimLook> looks;
  double left = 1;
  for (const InterimLook& look : kInterimLooks) {
    if (!looks.empty() && look.reps > base_reps) break;
    looks.push_back(look);
    left -= look.alpha_share;
  }
  looks.back().alpha_share += left;
  return looks;
}

std::optional<Gate> parse_gate(const std::string& word, std::string& error) {
  const std::size_t equals = word.find('=');
  Gate gate;
  gate.metric = word.substr(0, equals);
  const MetricRow* metric = metric_named(gate.metric);
  if (metric == nullptr) {
    std::vector<std::string> names;
    for (const MetricRow& row : metric_rows()) names.emplace_back(row.name);
    const std::string near = language::did_you_mean(gate.metric, names);
    error = fmt::format("unknown metric {}; {}", language::in_quotes(gate.metric),
                        near.empty() ? "all metrics: squall list metrics" : near);
    return std::nullopt;
  }
  if (equals == std::string::npos) return gate;
  const std::string margin = word.substr(equals + 1);
  const bool share = margin.ends_with('%') && metric->unit != "ratio";
  const auto value = share ? language::parse_limit(margin, "ratio")
                           : language::parse_bound(margin, metric->name, metric->unit);
  if (!value.value) {
    error = fmt::format("bad margin {} for {}: {}", language::in_quotes(margin), gate.metric,
                        value.problem);
    return std::nullopt;
  }
  (share ? gate.margin : gate.margin_abs) = margin;
  (share ? gate.margin_share : gate.margin_value) = *value.value;
  return gate;
}

}  // namespace squall
