// The table of forms of a comparison.
// GitHub's step summary is appended to, as other steps may have written to it.
#include "sim/cli/compare/change_output.hpp"

#include <cstdlib>
#include <fstream>

#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

constexpr ChangeFormatRow kFormats[] = {
    {"text", ".txt", change_text},
    {"markdown", ".md", [](const ChangeReport& report) { return change_markdown(report); }},
    {"json", ".json", change_json},
    {"junit", ".xml", change_junit},
};

const ChangeFormatRow* format_for(std::string_view path) {
  for (const ChangeFormatRow& row : kFormats) {
    if (path.ends_with(row.extension)) return &row;
  }
  return nullptr;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string append_summary(const ChangeReport& report) {
  const std::string path = variable("GITHUB_STEP_SUMMARY");
  if (path.empty()) return {};
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << change_markdown(report, kSummaryLimit) << '\n';
  file.close();
  return file ? std::string() : "cannot write the step summary " + path;
}

}  // namespace

std::span<const ChangeFormatRow> change_formats() { return kFormats; }

const ChangeFormatRow* change_format_named(std::string_view name) {
  for (const ChangeFormatRow& row : kFormats) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string check_change_reports(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (format_for(file) != nullptr) {
      const std::string error = check_writable(file);
      if (!error.empty()) return "--report " + file + ": " + error;
      continue;
    }
    std::string known;
    for (const ChangeFormatRow& row : kFormats) {
      known += (known.empty() ? "" : ", ") + std::string(row.extension);
    }
    known += ", .html";
    return "--report " + file + ": no report of a comparison has this ending; there is: " + known;
  }
  return {};
}

std::string publish_change(const ChangeReport& report, const Options& options, std::ostream& err) {
  for (const std::string& file : options.report) {
    std::string error = write_whole_file(file, format_for(file)->render(report));
    if (!error.empty()) return error;
  }
  if (!options.github && variable("GITHUB_ACTIONS") != "true") return {};
  err << change_github(report);
  return append_summary(report);
}

}  // namespace squall
