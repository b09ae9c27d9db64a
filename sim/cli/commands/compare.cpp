// squall compare BASE NEW [MORE...]: did it get worse? Reads, compares, shows; plays runs again
// only to name the first event that differs.
// Where to go next: compare/compare_input.cpp (what the words mean), report/compare/change.hpp (the
// comparison).
#include <fmt/core.h>
#include <algorithm>
#include <iterator>

#include "report/compare/change.hpp"
#include "report/page/html.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/compare/change_output.hpp"
#include "sim/cli/compare/compare_input.hpp"
#include "sim/cli/compare/first_event.hpp"
#include "sim/cli/screen/presentation.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

constexpr const char* kNothingCompared = "bad command line; nothing was compared";

// The side, or how to end without it.
std::optional<ComparedRun> read_side(const Invocation& invocation, const std::string& word,
                                     bool is_base, Exit& exit) {
  bool missing = false;
  std::string error;
  std::optional<ComparedRun> run = read_compared(invocation.options, word, missing, error);
  if (run) return run;
  if (!missing || !is_base) {
    exit = usage_error(invocation.console, error, kNothingCompared);
    return std::nullopt;
  }
  const std::string create = accept_command(invocation.options, word, "latest");
  invocation.console.err << "error: " << error << '\n';
  if (!create.empty()) invocation.console.err << "  create it: " << create << '\n';
  invocation.console.err << "  known:     squall baseline list"
                         << baselines_flag(invocation.options, word) << '\n';
  exit = {ExitCode::inconclusive, "nothing to compare with"};
  return std::nullopt;
}

ChangeReport compare_pair(const ComparedRun& base, const ComparedRun& fresh,
                          const ChangeFlags& flags, const Options& options) {
  const ChangeRequest request{gates_for(fresh, flags), flags.gate_options, options.accept_scenario};
  ChangeReport report = compare_results(base.side, fresh.side, request);
  if (!fresh.scenario) report.notes.push_back(fresh.scenario_problem + ": its gates are not known");
  note_dropped_gates(base, fresh, report);
  if (!report.identical && report.not_comparable.empty()) {
    report.first_difference = first_differing_event(base, fresh, report);
  }
  report.reproduce = reproduce_command(fresh, report);
  report.accept = accept_command(options, base.side.name, fresh.side.name);
  return report;
}

// Failures outrank inconclusive ones, which outrank passes.
void keep_worst(const ChangeConclusion& end, ExitCode& code, std::string& sentence) {
  const ExitCode one = end.end == ChangeEnd::failed         ? ExitCode::failed
                       : end.end == ChangeEnd::inconclusive ? ExitCode::inconclusive
                                                            : ExitCode::ok;
  if (one == ExitCode::ok || code == ExitCode::failed) return;
  if (code == ExitCode::inconclusive && one != ExitCode::failed) return;
  code = one;
  sentence = end.sentence;
}

bool is_page(const std::string& file) { return file.ends_with(".html"); }

// A page holds both results with their charts, so it is no form of the comparison's own numbers.
std::string write_pages(const std::vector<std::string>& files, const ComparedRun& base,
                        const ComparedRun& fresh) {
  const std::vector<Result> both = {base.side.result, fresh.side.result};
  for (const std::string& file : files) {
    const std::string error = write_whole_file(file, to_html(both));
    if (!error.empty()) return error;
  }
  return {};
}

std::string check_pages(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const std::string error = check_writable(file);
    if (!error.empty()) return fmt::format("--report {}: {}", file, error);
  }
  return {};
}

}  // namespace

Exit compare_command(const Invocation& invocation) {
  Options options = invocation.options;
  std::vector<std::string> pages;
  std::ranges::copy_if(options.report, std::back_inserter(pages), is_page);
  std::erase_if(options.report, is_page);
  std::string error = check_pages(pages);
  if (!error.empty()) return usage_error(invocation.console, error, kNothingCompared);
  const std::optional<ChangeFlags> flags = check_change_flags(options, error);
  if (!flags) return usage_error(invocation.console, error, kNothingCompared);
  error = check_change_reports(options.report);
  if (error.empty() && options.inputs.size() > 2 && !invocation.options.report.empty()) {
    error = "--report takes one new run: a file cannot hold several comparisons";
  }
  if (!error.empty()) return usage_error(invocation.console, error, kNothingCompared);

  Exit exit;
  const auto base = read_side(invocation, options.inputs.front(), true, exit);
  if (!base) return exit;
  std::vector<ComparedRun> news;
  for (std::size_t i = 1; i < options.inputs.size(); ++i) {
    auto fresh = read_side(invocation, options.inputs[i], false, exit);
    if (!fresh) return exit;
    error = check_strategies(*flags, *base, *fresh);
    if (!error.empty()) return usage_error(invocation.console, error, kNothingCompared);
    news.push_back(std::move(*fresh));
  }
  const std::string format = options.json ? "json" : options.format;
  std::vector<std::string> documents;
  std::string broken;
  for (const ComparedRun& fresh : news) {
    const ChangeReport report = compare_pair(*base, fresh, *flags, options);
    documents.push_back(change_format_named(format)->render(report));
    error = write_change(report, options.report);
    tell_github(report, options, invocation.console.screen);
    if (error.empty()) error = write_pages(pages, *base, fresh);
    if (!error.empty()) broken = error;
    keep_worst(conclusion(report, flags->fail_on), exit.code, exit.meaning);
  }
  print_documents(documents, format, invocation.console.out);
  if (broken.empty()) return exit;
  invocation.console.err << "error: " << broken << '\n';
  return {ExitCode::broken, broken};
}

}  // namespace squall
