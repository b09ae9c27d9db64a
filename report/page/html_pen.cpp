// Elements, tables, figures: how markup is written. What it says is decided by the callers.
// Presentation attributes carry what must survive without a style sheet.
#include "report/page/html_parts.hpp"

#include <fmt/core.h>

#include "report/words/format.hpp"

namespace squall::html {

std::string inside_script(std::string_view json) {
  std::string safe;
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe.push_back(c);
    }
  }
  return safe;
}

std::string wrap(std::string_view name, std::string_view markup, std::string_view attributes) {
  std::string text = "<" + std::string(name);
  if (!attributes.empty()) text += " " + std::string(attributes);
  return fmt::format("{}>{}</{}>", text, markup, name);
}

std::string element(std::string_view name, std::string_view text, std::string_view attributes) {
  if (name != "pre") return wrap(name, escaped(text), attributes);
  std::string lines;  // the one element in which a line end is seen
  while (true) {
    const std::size_t end = text.find('\n');
    lines += escaped(text.substr(0, end));
    if (end == text.npos) return wrap(name, lines, attributes);
    lines += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string bullets(const std::vector<std::string>& sentences) {
  if (sentences.empty()) return "";
  std::string items;
  for (const std::string& sentence : sentences) items += element("li", sentence) + "\n";
  return wrap("ul", "\n" + items) + "\n";
}

std::string scroller(std::string_view about, std::string_view markup,
                     std::string_view more_classes) {
  std::string attributes = "class=\"scroll";
  if (!more_classes.empty()) attributes += " " + std::string(more_classes);
  return wrap("div", markup,
              fmt::format("{}\" {} role=\"group\" aria-label=\"{}\"", attributes, kReachable,
                          escaped(about)));
}

std::string table(const DataTable& data) {
  std::string text;
  for (const std::string& title : data.head) text += element("th", title, "scope=\"col\"");
  text = "<thead>" + wrap("tr", text) + "</thead>\n<tbody>\n";
  for (const auto& row : data.rows) {
    std::string cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells += element("td", row[i], i < data.words ? "" : "align=\"right\"");
    }
    text += wrap("tr", cells) + "\n";
  }
  return scroller("Table: " + (data.head.empty() ? std::string() : data.head.front()) + " ...",
                  wrap("table", text + "</tbody>\n",
                       "border=\"1\" cellspacing=\"0\" cellpadding=\"4\" class=\"data\"")) +
         "\n";
}

std::string folded(std::string_view summary, std::string_view markup, bool open) {
  return wrap("details", element("summary", summary) + "\n" + std::string(markup),
              open ? "open=\"open\"" : "") +
         "\n";
}

std::string figure(const Chart& chart) {
  std::string text = element("h2", chart.title) + "\n";
  text += element("p", chart.finding, "class=\"finding\"") + "\n";
  text += scroller("Chart: " + chart.title, chart.svg, "chart") + "\n";
  std::string caption;
  for (const std::string& note : chart.notes) caption += element("p", note) + "\n";
  text += wrap("figcaption", caption) + "\n";
  if (!chart.table.rows.empty()) text += folded("The numbers", table(chart.table));
  if (!chart.zoom.empty()) {
    text += "<script type=\"application/json\" class=\"zoom\">" + inside_script(chart.zoom) +
            "</script>\n";
  }
  return wrap("figure", text, "id=\"" + chart.id + "\"") + "\n";
}

}  // namespace squall::html
