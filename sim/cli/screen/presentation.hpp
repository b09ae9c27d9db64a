// A result on standard output or in a report file: picks the renderer and its options.
// How a result looks is report/; what is written where else is run_files.hpp.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/screen/console.hpp"

namespace squall {

// The result in one of the forms of --format.
std::string shown(const Result& result, const std::string& format, const Options& options,
                  const Console& console);

// Documents of several scenarios as one: a list of JSON, one <testsuites>, rows under one header;
// everything else follows each other.
void print_documents(const std::vector<std::string>& documents, const std::string& format,
                     std::ostream& out);

// A sentence when no renderer knows the extension of a file, else empty.
std::string check_report_files(const std::vector<std::string>& files);

// Results of one scenario, one for each engine that played it, as one document of that form.
std::string shown_together(std::span<const Result> results, const std::string& format);

// Writes one --report FILE with all of them; a sentence on failure, else empty.
std::string write_report(const std::string& file, std::span<const Result> results,
                         const Options& options);

}  // namespace squall
