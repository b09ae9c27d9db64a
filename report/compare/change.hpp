// Two results held against each other: may they be compared, what is identical, what the gates
// say, and how it ends. The value behind `squall compare`; renderers are change_*.cpp.
//
// Pure: who the sides are and what was looked up about them is told by the caller.
#pragma once

#include <string>
#include <vector>

#include "report/compare/gate.hpp"
#include "report/measure/result.hpp"

namespace squall {

// One side. What is not known stays empty.
struct ChangeSide {
  std::string name;     // as typed: a baseline, a run
  std::string version;  // of squall, with its revision
  std::string engine = "sim";
  std::string started;        // UTC
  std::string result_sha256;  // of result.json
  std::string scenario_path;
  Result result;
};

struct ChangeRequest {
  std::vector<Gate> gates;
  GateOptions options;
  bool accept_scenario = false;  // compare although the stimuli differ
};

// A name and a value for the eyes: "/client/backoff/base", "1s -> 5s".
struct ScenarioDifference {
  std::string pointer, what;
  bool stimulus = false;  // what happens to the system, not the system: breaks the pairing
};

struct ChangeReport {
  std::string scenario;
  std::string base_name, new_name, base_about, new_about;  // about: version, replications
  std::string scenario_path;                               // of the new side
  std::vector<std::uint64_t> seeds;                        // common to both
  double alpha = 0.05;
  bool identical = false;      // equal result hashes
  bool advisory = false;       // wall-clock numbers
  std::string not_comparable;  // why; empty: they are comparable
  std::vector<std::string> identical_strategies, changed_strategies;
  std::vector<ScenarioDifference> scenario_differences;
  std::vector<GateVerdict> gates;
  std::vector<GateVerdict> information;
  std::size_t tested = 0;  // gates in Holm's correction
  std::vector<std::string> notes;
  std::string first_difference;   // filled by who can play the runs again
  std::string reproduce, accept;  // commands; filled by who knows the command line
};

ChangeReport compare_results(const ChangeSide& base, const ChangeSide& fresh,
                             const ChangeRequest& request);

// Resolved scenarios, key by key; expectations, gates and words are left out. At most 20.
std::vector<ScenarioDifference> scenario_differences(const std::string& base,
                                                     const std::string& fresh);

// How it ended.
enum class ChangeEnd : std::uint8_t { passed, failed, inconclusive };
struct FailOn {
  bool regression = true;
  bool inconclusive = true;
  bool any_change = false;
};
struct ChangeConclusion {
  ChangeEnd end = ChangeEnd::passed;
  std::string sentence;  // "1 of 6 gates failed"
};
ChangeConclusion conclusion(const ChangeReport& report, const FailOn& fail_on);

std::size_t count(const ChangeReport& report, GateOutcome outcome);

// "1 failed, 2 passed, 1 inconclusive, 6 identical"
std::string tally(const ChangeReport& report);

// ---- Renderers; each file of this name has one ----

std::string change_text(const ChangeReport& report);  // ASCII-safe layout, no colour
// At most `limit` bytes: whole rows are cut, and it says how many. GitHub takes 65,536 characters
// of a comment and 1 MiB of a step summary.
inline constexpr std::size_t kCommentLimit = 60'000;
inline constexpr std::size_t kSummaryLimit = 1'000'000;
std::string change_markdown(const ChangeReport& report, std::size_t limit = kCommentLimit);
std::string change_json(const ChangeReport& report);  // schema squall.change/1
std::string change_junit(const ChangeReport& report);
// `::error file=...` lines: at most 10, worst first, then a count.
std::string change_github(const ChangeReport& report);

// ---- Words the renderers share ----

// "+12.9 % [+11.6 %, +14.2 %]", or "" without numbers.
std::string change_words(const GateVerdict& verdict);
std::string margin_words(const GateVerdict& verdict);  // "margin 5 %"
// "FAIL", "PASS", "WARN" (changed inside the margin), "INCONCLUSIVE", "IDENTICAL", "INFO".
std::string_view label(const GateVerdict& verdict);
// By what a reader must see first: failures, then inconclusive, then changed ones.
int severity(const GateVerdict& verdict);

}  // namespace squall
