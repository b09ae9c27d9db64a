// Puts the page together: head, chapters, glossary. One order of parts for every result.
// What stands in a part is written in html_*.cpp.
#include "report/page/html.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/page/charts.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/format.hpp"
#include "report/words/run_label.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

using namespace html;

// The page may fetch nothing at all and run nothing but its own scripts: a reviewer can see that
// it does not phone home.
std::string policy(const Assets& with) {
  std::string scripts;
  for (const std::string_view script : {with.page_script, with.zoom_library, with.zoom_script}) {
    if (!script.empty()) scripts += " " + script_hash(script);
  }
  if (scripts.empty()) scripts = " 'none'";
  return "default-src 'none'; script-src" + scripts +
         "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
}

std::string script_element(std::string_view script) {
  return script.empty() ? "" : "<script>" + std::string(script) + "</script>\n";
}

std::string title_of(std::span<const Result> results) {
  std::string title = "squall: ";
  for (std::size_t i = 0; i < results.size(); ++i) {
    title += (i == 0 ? "" : ", ") + results[i].scenario_name;
  }
  return shortened(title, 120);
}

std::string head(std::span<const Result> results, const Assets& with) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
      "{}\n",
      policy(with), element("title", title_of(results)));
  if (!with.style.empty()) {
    text += fmt::format("<style>\n{}{}\n{}</style>\n", ink_style(), with.zoom_style, with.style);
  }
  return text + "</head>\n<body>\n<main>\n";
}

bool same_scenario(std::span<const Result> results) {
  return std::ranges::all_of(results, [&](const Result& result) {
    return result.scenario_name == results.front().scenario_name;
  });
}

// `whose`: landmarks of one page have different names.
std::string contents(const std::string& prefix, const std::vector<Chart>& charts,
                     const std::string& whose) {
  std::string links;
  for (const Chart& chart : charts) {
    if (chart.svg.empty()) continue;
    links += wrap("a", escaped(chart.title), "href=\"#" + chart.id + "\"") + "\n";
  }
  links += fmt::format(
      "<a href=\"#{0}quality\">Data quality</a>\n<a href=\"#{0}reproduce\">Reproduce</a>\n<a "
      "href=\"#glossary\">Glossary</a>\n",
      prefix);
  return wrap("nav", links, "aria-label=\"Parts of " + whose + "\"") + "\n";
}

std::string chapter(const Result& result, const std::string& prefix, std::string_view made_by,
                    bool alone) {
  const ChartContext context = chart_context(result, prefix);
  std::vector<Chart> charts;
  for (const ChartRow& row : chart_rows()) charts.push_back(draw_chart(row, context));
  if (alone) charts.push_back(matrix_chart(std::span(&result, 1)));

  std::string text = verdict_part(result, prefix);
  text += facts_part(result);
  text += headline_part(context);
  text += advice_part(context);
  text += events_part(context);
  text += contents(prefix, charts,
                   alone ? "this report" : "run " + prefix.substr(1, prefix.size() - 2));
  text += "<div class=\"figures\">\n";
  std::vector<std::string> missing;
  for (const Chart& chart : charts) {
    if (chart.svg.empty()) {
      missing.push_back(chart.title + " " + chart.left_out);
    } else {
      text += figure(chart);
    }
  }
  text += "</div>\n";
  if (!missing.empty()) {
    text += wrap("section", element("h2", "Charts left out") + bullets(missing)) + "\n";
  }
  text += verdict_table(result, prefix);
  text += wrap("section", quality_part(result), "id=\"" + prefix + "quality\"") + "\n";
  text += wrap("section", reproduce_part(result, made_by), "id=\"" + prefix + "reproduce\"") + "\n";
  return wrap("article", text, "id=\"" + prefix + "top\"") + "\n";
}

// Above the chapters of several results: each verdict, and the matrix.
std::string overview(std::span<const Result> results) {
  std::string items;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string link = fmt::format("href=\"#r{}-top\"", i + 1);
    const std::string engine =
        mixes_engines(results) ? std::string(" (") + engine_of(results[i]) + ")" : "";
    items += wrap("li", wrap("a", escaped(results[i].scenario_name + engine), link) + " " +
                            verdict_words(results[i])) +
             "\n";
  }
  const bool one = results.size() > 1 && same_scenario(results);
  std::string text =
      element("h1", one ? fmt::format("{}: {} runs", results.front().scenario_name, results.size())
                        : fmt::format("{} scenarios", results.size())) +
      "\n";
  if (one) text += change_part(results);
  text += wrap("ul", "\n" + items) + "\n";
  return text + wrap("div", figure(matrix_chart(results)), "class=\"figures\"") + "\n";
}

}  // namespace

bool has_zoom_layer() { return !assets().zoom_library.empty(); }

std::string to_html(std::span<const Result> results, const HtmlOptions& options) {
  const Assets with = options.assets ? assets() : Assets{};
  std::string made_by = options.made_by;
  if (made_by.empty()) {
    made_by =
        fmt::format("squall {} ({}, {})", squall_version(), squall_revision(), squall_compiler());
  }
  std::string text = head(results, with);
  const bool alone = results.size() == 1;
  if (!alone) text += overview(results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    text += chapter(results[i], fmt::format("r{}-", i + 1), made_by, alone);
  }
  text += wrap("section", glossary_part(), "id=\"glossary\"") + "\n";
  text += "</main>\n";
  text += wrap("footer", escaped("Made by " + made_by +
                                 ". The page fetches nothing and asks no clock: the same result "
                                 "makes the same page.")) +
          "\n";
  if (!with.zoom_license.empty()) {
    text +=
        folded("Licence of the zoom layer (uPlot)", element("pre", with.zoom_license, kReachable)) +
        "\n";
  }
  text += script_element(with.page_script) + script_element(with.zoom_library) +
          script_element(with.zoom_script);
  return text + "</body>\n</html>\n";
}

}  // namespace squall
