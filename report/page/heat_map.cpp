// Draws the maps of one metric: fields of cells with the value written in each.
// Which metrics are drawn, and the page around them, is heat_map_page.cpp.
#include "report/page/heat_map.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <optional>

#include "report/measure/metrics.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kCellWidth = 74, kCellHeight = 24;
constexpr double kFaintest = 0.06;        // the opacity of the least value
constexpr double kDarkText = 0.63;        // up to this opacity dark text on white reads better
constexpr double kDecadesFromRatio = 50;  // largest / smallest, above which shades are decades
constexpr std::size_t kLongestLabel = 20;

using Mean = std::optional<double>;

// One plane of cells, [row][column].
struct Field {
  std::string title;
  std::vector<std::string> rows;
  std::vector<std::vector<Mean>> cells;
};

struct Maps {
  std::vector<std::string> columns;
  std::string across, down;  // what columns and rows mean
  std::vector<Field> fields;
  std::string unit;
  double least = std::numeric_limits<double>::infinity(), most = 0;  // of finite values
  bool any = false, varies = false;
};

Mean mean_at(const SweepPointResult& point, const std::string& strategy, const std::string& metric,
             Maps& maps) {
  const SweepStrategy* found = strategy_at(point, strategy);
  const MetricValues* values = found == nullptr ? nullptr : metric_of(*found, metric);
  if (values == nullptr) return std::nullopt;
  maps.unit = values->unit;
  const Summary summary = summarize(*values);
  return summary.no_data ? Mean() : Mean(summary.mean);
}

void note_range(Maps& maps) {
  Mean first;
  for (const Field& field : maps.fields) {
    for (const auto& row : field.cells) {
      for (const Mean& mean : row) {
        if (!mean) continue;
        maps.varies = maps.varies || (first && *first != *mean);
        first = first ? first : mean;
        maps.any = true;
        if (std::isinf(*mean)) continue;
        maps.least = std::min(maps.least, *mean);
        maps.most = std::max(maps.most, *mean);
      }
    }
  }
}

// One parameter: strategies by values. Two: a field per strategy, the second by the first.
Maps maps_of(const SweepResult& result, const std::string& metric) {
  Maps maps;
  const bool plane = result.parameters.size() == 2;
  maps.columns = result.parameters[plane ? 1 : 0].values;
  maps.across = result.parameters[plane ? 1 : 0].pointer;
  maps.down = plane ? result.parameters[0].pointer : "strategy";
  if (!plane) maps.fields.push_back({"", {}, {}});
  for (const std::string& strategy : result.strategies) {
    if (plane) maps.fields.push_back({strategy, {}, {}});
    Field& field = maps.fields.back();
    const std::size_t rows = plane ? result.parameters[0].values.size() : 1;
    for (std::size_t row = 0; row < rows; ++row) {
      field.rows.push_back(plane ? result.parameters[0].values[row] : strategy);
      auto& cells = field.cells.emplace_back();
      for (std::size_t column = 0; column < maps.columns.size(); ++column) {
        const SweepPointResult& point = result.points[row * maps.columns.size() + column];
        cells.push_back(mean_at(point, strategy, metric, maps));
      }
    }
  }
  note_range(maps);
  return maps;
}

double opacity_of(double value, const Maps& maps) {
  double share = maps.most > maps.least ? (value - maps.least) / (maps.most - maps.least) : 0;
  if (maps.least > 0 && maps.most / maps.least > kDecadesFromRatio) {
    share = std::log(value / maps.least) / std::log(maps.most / maps.least);
  } else if (maps.least <= 0 && maps.most > 0) {
    share = std::sqrt(std::max(0.0, share));  // small and not zero must be seen
  }
  return kFaintest + (1 - kFaintest) * share;
}

void draw_cell(Svg& svg, const Box& box, const Mean& mean, const Maps& maps) {
  const Box inner{box.x + 1, box.y + 1, box.width - 2, box.height - 2};
  const Point middle{box.x + box.width / 2, box.y + box.height / 2 + 4};
  if (!mean) {
    svg.frame(inner, {"grid", 1});
    return svg.text(middle, "-", {Anchor::middle, 11, false, "muted"});
  }
  const bool infinite = std::isinf(*mean);
  const double opacity = infinite ? 1 : opacity_of(*mean, maps);
  svg.rect(inner, infinite ? "bad" : "heat", opacity);
  svg.text(middle, shown(mean, maps.unit),
           {Anchor::middle, 11, false, opacity > kDarkText ? "bg" : "fg"});
}

double label_width(const Maps& maps) {
  double width = text_width(maps.down, 11);
  for (const Field& field : maps.fields) {
    for (const std::string& row : field.rows) {
      width = std::max(width, text_width(shortened(row, kLongestLabel), 11));
    }
  }
  return width + 10;
}

std::string draw(const Maps& maps, const std::string& id, const std::string& title,
                 const std::string& finding) {
  const double left = label_width(maps);
  const double width = std::max(left + kCellWidth * static_cast<double>(maps.columns.size()),
                                left + text_width(maps.across, 11));
  double height = 18;
  for (const Field& field : maps.fields) {
    height += 44 + kCellHeight * static_cast<double>(field.rows.size());
  }
  Svg svg(id, width, height);
  svg.text({left, 12}, maps.across, {Anchor::start, 11, false, "muted"});
  double y = 18;
  for (const Field& field : maps.fields) {
    if (!field.title.empty()) svg.text({left, y + 14}, field.title, {Anchor::start, 12, true});
    y += 34;
    svg.text({left - 6, y - 4}, maps.down, {Anchor::end, 11, false, "muted"});
    for (std::size_t column = 0; column < maps.columns.size(); ++column) {
      svg.text({left + kCellWidth * (static_cast<double>(column) + 0.5), y - 4},
               shortened(maps.columns[column], 11), {Anchor::middle, 11});
    }
    for (std::size_t row = 0; row < field.rows.size(); ++row) {
      svg.text({left - 6, y + kCellHeight / 2 + 4}, shortened(field.rows[row], kLongestLabel),
               {Anchor::end, 11});
      for (std::size_t column = 0; column < maps.columns.size(); ++column) {
        draw_cell(svg,
                  {left + kCellWidth * static_cast<double>(column), y, kCellWidth, kCellHeight},
                  field.cells[row][column], maps);
      }
      y += kCellHeight;
    }
    y += 10;
  }
  return svg.element(title, finding);
}

// Where the value is best and worst, over everything.
std::string finding_of(const SweepResult& result, const std::string& metric, Better better) {
  struct Spot {
    double value = 0;
    std::string where;
  };
  std::optional<Spot> low, high;
  std::string unit;
  for (const SweepPointResult& point : result.points) {
    for (const SweepStrategy& strategy : point.strategies) {
      const MetricValues* values = metric_of(strategy, metric);
      if (values == nullptr) continue;
      const Summary summary = summarize(*values);
      if (summary.no_data) continue;
      unit = values->unit;
      std::string where = strategy.strategy + " at ";
      for (std::size_t i = 0; i < point.values.size(); ++i) {
        where += (i == 0 ? "" : ", ") + point.values[i];
      }
      if (!low || summary.mean < low->value) low = {summary.mean, where};
      if (!high || summary.mean > high->value) high = {summary.mean, where};
    }
  }
  if (!low) return "";
  const Spot& best = better == Better::higher ? *high : *low;
  const Spot& worst = better == Better::higher ? *low : *high;
  const bool judged = better != Better::neither;
  return fmt::format("{}: {} with {}. {}: {} with {}.", judged ? "Best" : "Least",
                     shown(best.value, unit), best.where, judged ? "Worst" : "Most",
                     shown(worst.value, unit), worst.where);
}

DataTable table_of(const SweepResult& result, const std::string& metric) {
  DataTable table;
  for (const SweepParameter& parameter : result.parameters) {
    table.head.push_back(parameter.pointer);
  }
  table.words = table.head.size() + 1;
  for (const char* title : {"strategy", "mean", "95 % low", "95 % high"}) {
    table.head.push_back(title);
  }
  for (const SweepPointResult& point : result.points) {
    for (const SweepStrategy& strategy : point.strategies) {
      const MetricValues* values = metric_of(strategy, metric);
      if (values == nullptr) continue;
      const Summary summary = summarize(*values);
      std::vector<std::string> row = point.values;
      row.push_back(strategy.strategy);
      row.push_back(shown(summary.no_data ? Mean() : Mean(summary.mean), values->unit));
      row.push_back(summary.low ? shown(summary.low, values->unit) : "");
      row.push_back(summary.high ? shown(summary.high, values->unit) : "");
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace

Chart sweep_heat_map(const SweepResult& result, const std::string& metric) {
  const MetricRow* row = metric_named(metric);
  Chart chart;
  chart.id = "map-" + metric;
  std::ranges::replace(chart.id, '.', '-');
  chart.title = metric;
  if (row != nullptr) chart.notes.push_back(std::string(row->meaning) + ".");
  if (result.parameters.empty() || result.parameters.size() > 2) {
    chart.left_out = "maps are drawn for one or two swept parameters";
    return chart;
  }
  const Maps maps = maps_of(result, metric);
  if (!maps.any || !maps.varies) {
    chart.left_out = maps.any ? "the same everywhere" : "no data";
    return chart;
  }
  chart.finding = finding_of(result, metric, row == nullptr ? Better::neither : row->better);
  chart.svg = draw(maps, chart.id + "-svg", metric, chart.finding);
  chart.table = table_of(result, metric);
  return chart;
}

}  // namespace squall
