// Maps flags to renderers. The text form knows the terminal; all others are the same everywhere.
// A new format is a row in report/export/renderers.cpp and needs nothing here.
#include "sim/cli/screen/presentation.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/export/junit.hpp"
#include "report/export/renderers.hpp"
#include "report/words/run_label.hpp"
#include "report/words/text.hpp"
#include "sim/cli/store/files.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

TextOptions text_options(const Options& options, const Console& console) {
  TextOptions text;
  text.width = static_cast<std::size_t>(std::min(console.out_columns, 100));
  text.color = console.out_color;
  text.ascii = options.ascii;
  text.unit = unit_named(options.units);
  return text;
}

std::string without_last_line_break(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

using JoinedDocuments = std::string (*)(const std::vector<std::string>& documents);

std::string one_after_another(const std::vector<std::string>& documents) {
  std::string text;
  for (const std::string& document : documents) text += without_last_line_break(document) + "\n";
  return text;
}

std::string json_list(const std::vector<std::string>& documents) {
  std::string text = "[\n";
  for (const std::string& document : documents) {
    text += (text.size() > 2 ? ",\n" : "") + without_last_line_break(document);
  }
  return text + "\n]\n";
}

// The header once.
std::string csv_rows(const std::vector<std::string>& documents) {
  std::string text;
  for (const std::string& document : documents) {
    text += text.empty() ? document : document.substr(document.find('\n') + 1);
  }
  return text;
}

JoinedDocuments joined_as(const std::string& format) {
  if (format == "json") return json_list;
  if (format == "csv") return csv_rows;
  return format == "junit" ? joined_junit : one_after_another;
}

}  // namespace

std::string shown(const Result& result, const std::string& format, const Options& options,
                  const Console& console) {
  if (format == "text") return to_text(result, text_options(options, console));
  const RendererRow* row = renderer_named(format);
  SQUALL_CHECK(row != nullptr);  // the parser only lets names of renderers pass
  return row->render(result);
}

void print_documents(const std::vector<std::string>& documents, const std::string& format,
                     std::ostream& out) {
  const JoinedDocuments joined = joined_as(format);
  out << (documents.size() == 1 ? without_last_line_break(documents.front()) + "\n"
                                : joined(documents));
}

std::string check_report_files(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (renderer_for_path(file) != nullptr) {
      const std::string error = check_writable(file);
      if (!error.empty()) return fmt::format("--report {}: {}", file, error);
      continue;
    }
    std::string known;
    for (const RendererRow& row : renderers()) {
      known += (known.empty() ? "" : ", ") + std::string(row.extension);
    }
    return fmt::format("--report {}: no report has this extension; there is: {}", file, known);
  }
  return {};
}

std::string shown_together(std::span<const Result> results, const std::string& format) {
  const RendererRow* row = renderer_named(format);
  SQUALL_CHECK(row != nullptr);
  return render_all(*row, results);
}

std::string write_report(const std::string& file, std::span<const Result> results,
                         const Options& options) {
  const RendererRow* row = renderer_for_path(file);
  SQUALL_CHECK(row != nullptr);  // check_report_files() came first
  if (row->name != "text") return write_whole_file(file, render_all(*row, results));
  TextOptions text;
  text.ascii = options.ascii;
  text.unit = unit_named(options.units);
  std::string all;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results.size() > 1) all += (i == 0 ? "" : "\n") + run_label(results, i) + "\n\n";
    all += to_text(results[i], text);
  }
  return write_whole_file(file, all);
}

}  // namespace squall
