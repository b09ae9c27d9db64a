// Adding up, and the cells of a row. See so_far.hpp.
// A quantile is taken of all samples together, never averaged over seeds.
#include "sim/cli/screen/so_far.hpp"

#include <cmath>
#include <optional>

#include "report/measure/statistics.hpp"

namespace squall {

SoFar::SoFar() {
  for (const ColumnRow& column : column_rows()) {
    if (column.early) figures_.push_back({&column, metric_named(column.metric), 0, 0, {}});
  }
}

void SoFar::add(const RunRecord& record) {
  for (Figure& figure : figures_) {
    if (figure.metric->quantile != 0) {
      if (const auto spread = spread_of(*figure.metric, record)) figure.spread.merge(*spread);
    } else if (const auto value = measure(*figure.metric, record)) {
      figure.sum += *value;
      ++figure.runs;
    }
  }
}

std::vector<std::string> SoFar::cells(TimeUnit unit, const Glyphs& glyphs) const {
  std::vector<std::string> texts;
  for (const Figure& figure : figures_) {
    std::optional<double> value;
    const Quantile quantile = figure.metric->quantile;
    if (quantile == 0) {
      if (figure.runs > 0) value = figure.sum / static_cast<double>(figure.runs);
    } else if (supported(static_cast<double>(quantile) / kWhole, figure.spread.samples())) {
      value = figure.spread.at(quantile);
    }
    if (!value)
      texts.emplace_back("-");
    else if (std::isinf(*value))
      texts.emplace_back(glyphs.infinity);
    else
      texts.push_back(sensible(scaled(*value, figure.column->shown, unit), glyphs));
  }
  return texts;
}

std::vector<std::string> so_far_titles(TimeUnit unit, const Glyphs& glyphs) {
  std::vector<std::string> titles;
  for (const ColumnRow& column : column_rows()) {
    if (!column.early) continue;
    const std::string group = column.shown == Shown::latency ? std::string(name(unit, glyphs))
                                                             : std::string(column.group);
    titles.push_back(column.shown == Shown::percent ? group + " " + std::string(column.title)
                                                    : std::string(column.title) + " " + group);
  }
  return titles;
}

}  // namespace squall
