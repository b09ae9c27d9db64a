// The registry of report formats as one table; a row is all that a new format needs.
// Each renderer lives in the file of its name.
#include "report/export/renderers.hpp"

#include <fmt/core.h>
#include <sstream>

#include "report/export/csv.hpp"
#include "report/export/json.hpp"
#include "report/export/junit.hpp"
#include "report/export/openmetrics.hpp"
#include "report/export/otlp.hpp"
#include "report/page/html.hpp"
#include "report/words/format.hpp"
#include "report/words/markdown.hpp"
#include "report/words/markdown_limit.hpp"
#include "report/words/run_label.hpp"
#include "report/words/text.hpp"

namespace squall {
namespace {

std::string text_all(std::span<const Result> results);
std::string csv_all(std::span<const Result> results);
std::string json_list(std::span<const Result> results);

constexpr RendererRow kRenderers[] = {
    {"text", ".txt", "what a terminal shows, without colour",
     [](const Result& result) { return to_text(result); }, text_all},
    {"markdown", ".md", "for a pull-request comment or a step summary", to_short_markdown,
     to_short_markdown_all},
    {"csv", ".csv", "one value a row, for any data tool", csv, csv_all},
    {"html", ".html", "one page with charts, opens offline",
     [](const Result& result) {
       return to_html({&result, 1});
     },
     [](std::span<const Result> results) { return to_html(results); }},
    {"json", ".json", "everything, schema squall.result/1", to_json, json_list},
    {"junit", ".xml", "expectations as test cases, for CI servers", to_junit, to_junit_all},
    {"openmetrics", ".om", "every metric with scenario, strategy and seed as labels",
     [](const Result& result) {
       return openmetrics({&result, 1});
     },
     openmetrics},
    {"otlp", ".otlp.jsonl", "OpenTelemetry metrics, one request a line", otlp},
};

std::string text_all(std::span<const Result> results) {
  std::string text;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results.size() > 1) {
      text += fmt::format("{}{}, {}\n\n", i == 0 ? "" : "\n", printable(results[i].scenario_name),
                          printable(run_label(results, i)));
    }
    text += to_text(results[i]);
  }
  return text;
}

// The header once, then the rows of all; of several runs with the number of the run before each,
// and where not one engine played them, with the engine.
std::string csv_all(std::span<const Result> results) {
  if (results.size() == 1) return csv(results.front());
  std::string text;
  const bool mixed = mixes_engines(results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string engine = mixed ? std::string(engine_of(results[i])) + "," : "";
    std::istringstream lines(csv(results[i]));
    std::string line;
    std::getline(lines, line);
    if (i == 0) text = (mixed ? "run,engine," : "run,") + line + "\n";
    while (std::getline(lines, line)) text += fmt::format("{},{}{}\n", i + 1, engine, line);
  }
  return text;
}

std::string json_list(std::span<const Result> results) {
  if (results.size() == 1) return to_json(results.front());
  std::string text = "[\n";
  for (const Result& result : results) {
    const std::string one = to_json(result);
    text += (text.size() > 2 ? ",\n" : "") + one.substr(0, one.size() - 1);
  }
  return text + "\n]\n";
}

}  // namespace

std::span<const RendererRow> renderers() { return kRenderers; }

std::string render_all(const RendererRow& row, std::span<const Result> results) {
  if (row.render_all != nullptr) return row.render_all(results);
  std::string text;
  for (const Result& result : results) text += row.render(result);
  return text;
}

const RendererRow* renderer_named(std::string_view name) {
  for (const RendererRow& row : kRenderers) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const RendererRow* renderer_for_path(std::string_view path) {
  for (const RendererRow& row : kRenderers) {
    if (path.ends_with(row.extension)) return &row;
  }
  return nullptr;
}

}  // namespace squall
