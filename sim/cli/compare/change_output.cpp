// The table of forms of a comparison.
// What a step of GitHub is told is github_step.hpp.
#include "sim/cli/compare/change_output.hpp"

#include <fmt/core.h>

#include "sim/cli/screen/github_step.hpp"
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
      if (!error.empty()) return fmt::format("--report {}: {}", file, error);
      continue;
    }
    std::string known;
    for (const ChangeFormatRow& row : kFormats) {
      known += (known.empty() ? "" : ", ") + std::string(row.extension);
    }
    known += ", .html";
    return fmt::format("--report {}: no report of a comparison has this ending; there is: {}", file,
                       known);
  }
  return {};
}

std::string write_change(const ChangeReport& report, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::string error = write_whole_file(file, format_for(file)->render(report));
    if (!error.empty()) return error;
  }
  return {};
}

void tell_github(const ChangeReport& report, const Options& options, std::ostream& err) {
  if (!in_github_step(options)) return;
  err << change_github(report);
  append_step_summary(change_markdown(report, kSummaryLimit), err);
}

}  // namespace squall
