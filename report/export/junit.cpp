// Writes the few elements of JUnit XML that every reader knows.
// The schema that CI servers agree on has no namespace and no version; `time` is always there.
#include "report/export/junit.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/compare/change.hpp"
#include "report/measure/expectation.hpp"
#include "report/measure/verdict_groups.hpp"
#include "report/words/format.hpp"
#include "report/words/run_label.hpp"
#include "report/words/utf8.hpp"

namespace squall {
namespace {

constexpr std::string_view kBegin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
constexpr std::string_view kEnd = "</testsuites>\n";

// What XML 1.0 can carry at all.
bool is_xml(std::uint32_t value) {
  if (value < 0x20) return value == '\t' || value == '\n' || value == '\r';
  return value != 0xFFFE && value != 0xFFFF && !(value >= 0x7F && value <= 0x9F);
}

std::string outcome(const JunitCase& entry) {
  if (entry.end == CaseEnd::passed) {
    return entry.output.empty() ? "" : "<system-out>" + xml_text(entry.output) + "</system-out>";
  }
  const std::string element = entry.end == CaseEnd::failed ? "failure" : "error";
  return fmt::format("<{0} message=\"{1}\">{1}</{0}>", element, xml_text(entry.message));
}

std::string suite_text(const JunitSuite& suite) {
  const auto counted = [&](CaseEnd end) {
    return std::ranges::count(suite.cases, end, &JunitCase::end);
  };
  std::string text = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n",
      xml_text(suite.name), suite.cases.size(), counted(CaseEnd::failed), counted(CaseEnd::error));
  for (const JunitCase& entry : suite.cases) {
    text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">{}</testcase>\n",
                        xml_text(entry.class_name), xml_text(entry.name), outcome(entry));
  }
  return text + "  </testsuite>\n";
}

std::string class_of(const std::string& scenario, const std::string& strategy) {
  return fmt::format("squall.{}.{}", scenario, strategy);
}

JunitCase case_of(const Result& result, const Verdict& verdict) {
  JunitCase entry{class_of(result.scenario_name, verdict.strategy), verdict.that, CaseEnd::passed,
                  "", verdict.detail};
  if (verdict.outcome == Outcome::pass) return entry;
  entry.end = CaseEnd::failed;
  entry.message = verdict.detail;
  if (verdict.line > 0) {
    entry.message += fmt::format("; expected at {}:{}", verdict.line, verdict.column);
  }
  return entry;
}

JunitSuite suite_of(const Result& result) {
  JunitSuite suite{"squall." + result.scenario_name, {}};
  for (const Verdict& verdict : result.verdicts) suite.cases.push_back(case_of(result, verdict));
  const std::string whole = "squall." + result.scenario_name;
  for (const std::string& problem : result.problems) {
    suite.cases.push_back({whole, "the run is complete", CaseEnd::error, problem, ""});
  }
  if (const std::string why = why_invalid(result); !why.empty()) {
    suite.cases.push_back({whole, "the live run can be believed", CaseEnd::error, why, ""});
  }
  if (suite.cases.empty() && !result.gates) {
    suite.cases.push_back({whole, "expectations", CaseEnd::error,
                           "the scenario expects nothing: nothing was judged", ""});
  }
  return suite;
}

// The gates of a run that was held against a baseline.
JunitSuite gates_suite_of(const Result& result) {
  JunitSuite suite{"squall.gate." + result.scenario_name, {}};
  const auto kind = [](GateEnd end) {
    if (end == GateEnd::passed) return CaseEnd::passed;
    return end == GateEnd::failed ? CaseEnd::failed : CaseEnd::error;
  };
  for (const JudgedGate& gate : result.gates->gates) {
    JunitCase entry{class_of(result.scenario_name, gate.strategy), gate.that, kind(gate.end), "",
                    ""};
    (entry.end == CaseEnd::passed ? entry.output : entry.message) = gate.detail;
    suite.cases.push_back(std::move(entry));
  }
  // What is true of all of them, and of no single one: not comparable, nothing to judge.
  const bool told = std::ranges::any_of(
      result.gates->gates, [&](const JudgedGate& gate) { return gate.end == result.gates->end; });
  if (!told) {
    const std::string& sentence = result.gates->sentence;
    JunitCase entry{"squall." + result.scenario_name, "against " + result.gates->baseline,
                    kind(result.gates->end), "", ""};
    (entry.end == CaseEnd::passed ? entry.output : entry.message) = sentence;
    suite.cases.push_back(std::move(entry));
  }
  return suite;
}

std::vector<JunitSuite> suites_of(const Result& result) {
  std::vector<JunitSuite> suites;
  JunitSuite expectations = suite_of(result);
  if (!expectations.cases.empty()) suites.push_back(std::move(expectations));
  if (result.gates) suites.push_back(gates_suite_of(result));
  return suites;
}

JunitCase case_of(const ChangeReport& report, const GateVerdict& verdict) {
  const std::string margin = margin_words(verdict);
  JunitCase entry{class_of(report.scenario, verdict.strategy), verdict.metric + " " + margin,
                  CaseEnd::passed, "", ""};
  std::string text = change_words(verdict);
  text += fmt::format("{}{}, {} seeds", text.empty() ? "" : ", ", margin, verdict.seeds);
  if (!verdict.why.empty()) text += "; " + verdict.why;
  switch (verdict.outcome) {
    case GateOutcome::regressed:
    case GateOutcome::no_data: entry.end = CaseEnd::failed; break;
    case GateOutcome::inconclusive: entry.end = CaseEnd::error; break;
    case GateOutcome::identical: text = "identical"; break;
    case GateOutcome::pass:
    case GateOutcome::advisory: break;
  }
  if (entry.end != CaseEnd::passed && !report.reproduce.empty()) {
    text += "; reproduce: " + report.reproduce;
  }
  (entry.end == CaseEnd::passed ? entry.output : entry.message) = text;
  return entry;
}

}  // namespace

std::string xml_text(std::string_view text) {
  return rewritten_utf8(text, [](std::string& safe, std::uint32_t value, std::string_view bytes) {
    switch (value) {
      case '<': safe += "&lt;"; return;
      case '>': safe += "&gt;"; return;
      case '&': safe += "&amp;"; return;
      case '"': safe += "&quot;"; return;
      case '\'': safe += "&apos;"; return;
    }
    if (!is_xml(value))
      safe += kReplacementCharacter;
    else if (value < 0x20)
      safe += fmt::format("&#{};", value);  // else an attribute loses it
    else
      safe += bytes;
  });
}

std::string junit(const std::vector<JunitSuite>& suites) {
  std::string text(kBegin);
  for (const JunitSuite& suite : suites) text += suite_text(suite);
  return text.append(kEnd);
}

std::string joined_junit(const std::vector<std::string>& documents) {
  std::string text(kBegin);
  for (const std::string& document : documents) {
    if (!document.starts_with(kBegin) || !document.ends_with(kEnd)) return document;
    text += document.substr(kBegin.size(), document.size() - kBegin.size() - kEnd.size());
  }
  return text.append(kEnd);
}

std::string to_junit(const Result& result) { return junit(suites_of(result)); }

std::string to_junit_all(std::span<const Result> results) {
  std::vector<JunitSuite> suites;
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (JunitSuite& suite : suites_of(results[i])) {
      if (results.size() > 1) suite.name += ", " + run_label(results, i);
      suites.push_back(std::move(suite));
    }
  }
  return junit(suites);
}

std::string change_junit(const ChangeReport& report) {
  JunitSuite suite{"squall.gate." + report.scenario, {}};
  for (const GateVerdict& verdict : report.gates) suite.cases.push_back(case_of(report, verdict));
  const std::string whole = "squall." + report.scenario;
  if (!report.not_comparable.empty()) {
    suite.cases.push_back({whole, "comparable", CaseEnd::error, report.not_comparable, ""});
  } else if (suite.cases.empty() && !report.changed_strategies.empty()) {
    suite.cases.push_back({whole, "gates", CaseEnd::error, "no gate is declared", ""});
  } else if (suite.cases.empty()) {
    suite.cases.push_back({whole, "result", CaseEnd::passed, "", "identical"});
  }
  return junit({suite});
}

}  // namespace squall
