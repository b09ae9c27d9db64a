// squall fit FILE: a scenario of the traffic, sessions and rooms in a CSV file or an access log.
//
// Lines are added up as they come (recorder.hpp), so a log of any length fits into memory; the sums
// become a scenario (scenario_of.hpp), which is loaded once before anybody sees it. Plays nothing.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "report/words/format.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/fit/access_log.hpp"
#include "sim/cli/fit/csv_record.hpp"
#include "sim/cli/fit/scenario_of.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

constexpr const char* kNothing = "bad command line or record; nothing was fitted";

struct Read {
  fit::Observed observed;
  fit::Source source = fit::Source::csv;
  std::uint64_t others = 0;  // lines of a log that were no connection
  fit::Mistake mistake;
};

class Reading {
 public:
  explicit Reading(const Invocation& invocation)
      : options_(invocation.options),
        console_(invocation.console),
        csv_(recorder_),
        log_(recorder_, {options_.room_argument, options_.user_argument}) {}

  Read of(std::istream& in) {
    Read read;
    std::optional<fit::Source> source;
    std::size_t lines = 0;
    read.mistake = fit::each_line(
        in,
        [&](std::string_view line, std::size_t number) {
          ++lines;
          if (!source) {
            source = fit::AccessLog::looks_like(line) ? fit::Source::access_log : fit::Source::csv;
          }
          return *source == fit::Source::csv ? csv_.read(line, number) : log_.read(line, number);
        },
        [&](std::uint64_t bytes) {
          tell(bytes);
          return received_signal() == 0;
        });
    read.source = source.value_or(fit::Source::csv);
    read.others = log_.others();
    if (read.mistake.none() && recorder_.empty()) {
      read.mistake.message = read.others > 0 ? "there is no connection in it: no answer is 101"
                             : lines > 0     ? "there is no line behind its header"
                                             : "there is nothing in it";
      read.mistake.fix = lines > 0 && read.others == 0
                             ? "give it a line for each connect, disconnect and message"
                             : "give it a CSV file that begins with time,user,event,room,bytes, or "
                               "an access log";
    }
    if (read.mistake.none()) read.observed = recorder_.finish();
    return read;
  }

 private:
  void tell(std::uint64_t bytes) {
    constexpr std::uint64_t kEvery = std::uint64_t{256} << 20;
    if (options_.quiet || bytes - told_ < kEvery) return;
    told_ = bytes;
    console_.err << "read " << with_unit(static_cast<double>(bytes), "bytes", unicode_glyphs())
                 << std::endl;
  }

  const Options& options_;
  const Console& console_;
  fit::Recorder recorder_;
  fit::CsvRecord csv_;
  fit::AccessLog log_;
  std::uint64_t told_ = 0;
};

std::string as_json(const fit::FittedScenario& fitted, const Read& read) {
  nlohmann::ordered_json document{
      {"schema", "squall.fit/1"},
      {"source", read.source == fit::Source::csv ? "csv" : "access_log"},
      {"lines", read.observed.lines},
      {"passed_over", read.others},
      {"found", nlohmann::ordered_json::array()},
      {"unknown", fitted.unknown}};
  for (const fit::Finding& finding : fitted.findings) {
    document["found"].push_back({{"what", finding.what},
                                 {"as", finding.as},
                                 {"value", finding.value},
                                 {"ci95", {finding.low, finding.high}},
                                 {"unit", finding.unit},
                                 {"from", finding.from}});
  }
  document["scenario"] = nlohmann::ordered_json::parse(fitted.text);
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void say_what_was_found(const Console& console, const fit::FittedScenario& fitted,
                        const Read& read) {
  for (const fit::Finding& finding : fitted.findings) {
    console.err << fit::text_of(finding) << '\n';
  }
  for (const std::string& sentence : fitted.unknown)
    console.err << "not known: " << sentence << '\n';
  if (read.others == 0) return;
  console.err << grouped(read.others) << " lines were no connection (another status than 101)\n";
}

}  // namespace

Exit fit_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Console& console = invocation.console;
  const std::string& path = options.inputs.front();
  std::error_code unknown;
  if (path != "-" && std::filesystem::is_directory(path, unknown)) {
    return usage_error(console, path + ": is a folder", kNothing);
  }
  std::ifstream file(path == "-" ? "/dev/stdin" : path, std::ios::binary);
  if (!file)
    return usage_error(console, path + ": cannot be read; is there such a file?", kNothing);
  if (!options.found_file.empty()) {
    const std::string complaint = check_writable(options.found_file);
    if (!complaint.empty()) return usage_error(console, "--out: " + complaint, kNothing);
  }
  install_signal_handlers();
  const Read read = Reading(invocation).of(file);
  if (received_signal() != 0) {
    return {static_cast<ExitCode>(128 + received_signal()), "stopped; nothing was stored"};
  }
  const std::string name = path == "-" ? "<stdin>" : path;
  if (!read.mistake.none()) {
    return usage_error(console, fit::text_of(read.mistake, name), kNothing);
  }

  const fit::FittedScenario fitted = fit::scenario_of(read.observed, read.source, path);
  const LoadResult loaded = load_scenario_text(fitted.text, name, {}, make_vocabulary());
  if (!loaded.scenario) {  // more users or rooms than a scenario may have, say
    console.err << render(loaded.problems, fitted.text);
    return {ExitCode::usage, "what was fitted is not a valid scenario"};
  }
  if (!options.quiet && !options.json) say_what_was_found(console, fitted, read);
  if (!options.found_file.empty()) {
    const std::string complaint = write_whole_file(options.found_file, fitted.text);
    if (!complaint.empty()) {
      console.err << "error: " << complaint << '\n';
      return {ExitCode::broken, complaint};
    }
  }
  if (options.json) console.out << as_json(fitted, read);
  if (!options.json && options.found_file.empty()) console.out << fitted.text;
  return {};
}

}  // namespace squall
