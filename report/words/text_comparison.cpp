// The COMPARISON block of the terminal output: a table, or one block per strategy when narrow.
//
// The table is made as informative as the width allows: first with intervals and wide gaps, then
// with narrow gaps, without reasons, without predictions, without intervals, at last as blocks.
#include <fmt/core.h>
#include <algorithm>

#include "report/measure/comparison.hpp"
#include "report/words/advice.hpp"
#include "report/words/text_parts.hpp"

namespace squall::text {
namespace {

std::size_t cells_width(const ComparisonColumn& column) {
  std::size_t width = display_width(column.title);
  for (const std::string& cell : column.cells) width = std::max(width, display_width(cell));
  return width;
}

// A group's title spans its columns; the last one grows when the title is longer than all.
std::vector<std::size_t> widths_of(const std::vector<ComparisonColumn>& columns, std::size_t gap) {
  std::vector<std::size_t> widths;
  for (const ComparisonColumn& column : columns) widths.push_back(cells_width(column));
  for (std::size_t from = 0; from < columns.size();) {
    std::size_t to = from;
    std::size_t span = 0;
    for (; to < columns.size() && columns[to].group == columns[from].group; ++to) {
      span += widths[to] + (to > from ? gap : 0);
    }
    const std::size_t title = display_width(columns[from].group);
    if (title > span) widths[to - 1] += title - span;
    from = to;
  }
  return widths;
}

struct Table {
  std::vector<std::string> lines;
  std::size_t width = 0;
};

void end_line(std::string line, Table& table) {
  line.erase(line.find_last_not_of(' ') + 1);
  table.width = std::max(table.width, display_width(line));
  table.lines.push_back(std::move(line));
}

Table draw(const Comparison& comparison, std::size_t gap, const Pen& pen) {
  std::size_t names = display_width("strategy");
  for (const StrategyResult* strategy : comparison.strategies) {
    names = std::max(names, display_width(pen.safe(strategy->strategy)));
  }
  const auto& columns = comparison.columns;
  const std::vector<std::size_t> widths = widths_of(columns, gap);
  const std::string space(gap, ' ');
  const std::size_t mark = display_width(pen.glyphs.mark);

  Table table;
  std::string groups = "    " + pad_right("strategy", names + 1 + mark);
  std::string titles = "    " + pad_right("", names + 1 + mark);
  std::size_t column_at = display_width(groups);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool first = i == 0 || columns[i].group != columns[i - 1].group;
    column_at += gap;
    if (first) groups = pad_right(groups, column_at) + columns[i].group;
    column_at += widths[i];
    titles += space + pad_right(columns[i].title, widths[i]);
  }
  end_line(std::move(groups), table);
  end_line(std::move(titles), table);
  for (std::size_t row = 0; row < comparison.strategies.size(); ++row) {
    std::string line = "    " + pad_right(pen.safe(comparison.strategies[row]->strategy), names);
    line += " " + pad_right(comparison.unbeaten[row] ? pen.glyphs.mark : "", mark);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      line += space + pad_right(columns[i].cells[row], widths[i]);
    }
    end_line(std::move(line), table);
  }
  return table;
}

std::string blocks(const Comparison& comparison, const Pen& pen) {
  std::size_t label = 0;
  for (const ComparisonColumn& column : comparison.columns) {
    label = std::max(label, display_width(column.spoken));
  }
  std::string text;
  for (std::size_t row = 0; row < comparison.strategies.size(); ++row) {
    const std::string strategy = pen.safe(comparison.strategies[row]->strategy);
    text += "    " + pen.ink(Ink::bold, shortened(strategy, pen.options.width - 8));
    if (comparison.unbeaten[row]) text += " " + std::string(pen.glyphs.mark);
    text += "\n";
    for (const ComparisonColumn& column : comparison.columns) {
      text += fmt::format("      {}  {}\n", pad_right(column.spoken, label), column.cells[row]);
    }
  }
  return text;
}

std::string table_or_blocks(const Result& result, const Pen& pen) {
  struct Attempt {
    std::size_t gap;
    bool reasons, intervals, predicted;
  };
  constexpr Attempt kAttempts[] = {
      {3, true, true, true},   {2, true, true, true},    {1, true, true, true},
      {2, false, true, true},  {1, false, true, true},   {3, true, true, false},
      {2, true, true, false},  {1, true, true, false},   {2, false, true, false},
      {1, false, true, false}, {2, false, false, false}, {1, false, false, false}};
  ComparisonOptions options{&pen.glyphs, pen.options.unit};
  for (const Attempt& attempt : kAttempts) {
    if (pen.narrow()) break;
    options.reasons = attempt.reasons;
    options.intervals = attempt.intervals;
    options.predicted = attempt.predicted;
    const Table table = draw(compare_strategies(result, options), attempt.gap, pen);
    if (table.width > pen.options.width) continue;
    std::string text;
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
      text += pen.ink(i < 2 ? Ink::faint : Ink::plain, table.lines[i]) + "\n";
    }
    return text;
  }
  options.reasons = options.intervals = options.predicted = true;
  return blocks(compare_strategies(result, options), pen);
}

}  // namespace

std::string comparison_block(const Result& result, const Pen& pen) {
  if (result.strategies.empty()) return "";
  const std::string dot = " " + std::string(pen.glyphs.dot) + " ";
  const std::size_t reps = result.seeds.size();
  const std::size_t room = pen.options.width > 50 ? pen.options.width - 40 : 10;
  std::string about = shortened(pen.safe(result.scenario_name), std::min<std::size_t>(room, 40));
  about += dot + how_many(reps, reps == 1 ? "replication" : "paired replication");
  std::string text;
  if (pen.narrow()) {
    text = pen.heading("COMPARISON", "") + wrapped("    ", about, pen.options.width);
  } else {
    if (reps > 1) about += dot + std::string(pen.glyphs.plus_minus) + " 95 % interval";
    text = pen.heading("COMPARISON", about);
  }
  const Comparison comparison = compare_strategies(result, {});
  if (comparison.columns.empty()) {
    return text + "\n    nothing was measured, so there is nothing to compare\n\n";
  }
  text += "\n" + table_or_blocks(result, pen);
  if (comparison.marked()) {
    text += wrapped("    " + std::string(pen.glyphs.mark) + " ", kMarkMeaning, pen.options.width);
  }
  const std::string advice = advice_line(result, pen.glyphs);
  if (!advice.empty()) {
    text += "\n" + wrapped("    advice: ", pen.safe(advice), pen.options.width);
  }
  return text + "\n";
}

}  // namespace squall::text
