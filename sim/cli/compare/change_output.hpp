// A comparison on standard output, in report files and on GitHub: picks renderers, writes files.
// How it looks is report/change_*.cpp.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "report/compare/change.hpp"
#include "sim/cli/flags/options.hpp"

namespace squall {

struct ChangeFormatRow {
  std::string_view name;       // as in --format
  std::string_view extension;  // as in --report FILE
  std::string (*render)(const ChangeReport& report);
};
std::span<const ChangeFormatRow> change_formats();
const ChangeFormatRow* change_format_named(std::string_view name);  // nullptr when unknown

// A sentence when no format has the ending of a file, else empty.
std::string check_change_reports(const std::vector<std::string>& files);

// The --report files; a sentence on failure, else empty.
std::string write_change(const ChangeReport& report, const std::vector<std::string>& files);

// On GitHub: the step summary, and annotations to `err`.
void tell_github(const ChangeReport& report, const Options& options, std::ostream& err);

}  // namespace squall
