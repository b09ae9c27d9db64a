// Markdown renderer: one verdict line, failures, the comparison, losses folded away, notes.
// What the comparison shows is decided in comparison.cpp.
#include "report/words/markdown.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <span>

#include "report/measure/comparison.hpp"
#include "report/measure/expectation.hpp"
#include "report/measure/verdict_groups.hpp"
#include "report/words/advice.hpp"
#include "report/words/format.hpp"
#include "report/words/measured.hpp"

namespace squall {
namespace {

using Cells = std::vector<std::string>;  // escaped already

std::string table_row(const Cells& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

// The first `words` columns hold words, the others numbers.
std::string table_head(const Cells& titles, std::size_t words) {
  std::string rule = "|";
  for (std::size_t i = 0; i < titles.size(); ++i) rule += i < words ? " --- |" : " ---: |";
  return table_row(titles) + rule + "\n";
}

// A comment ends at "-->" and may not hold "--": only plain name characters stay.
std::string comment_name(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool dash = c == '-' && !safe.empty() && safe.back() != '-';
    safe.push_back(plain || dash || c == '.' ? c : '_');
  }
  return safe;
}

std::string verdict_line(const Result& result, const std::vector<VerdictGroup>& groups) {
  const auto failed = static_cast<std::size_t>(
      std::count_if(groups.begin(), groups.end(),
                    [](const VerdictGroup& group) { return !group.failed.empty(); }));
  std::string line = "**" + markdown_text(result.scenario_name) + "**: ";
  if (!result.complete) {
    line += "not complete, these numbers must not be used";
  } else if (const std::string why = why_invalid(result); !why.empty()) {
    line += "INVALID, this live run may not be believed: " + markdown_text(why);
  } else if (groups.empty()) {
    line += "nothing was expected";
  } else if (failed == 0) {
    line += groups.size() == 1 ? "the expectation holds"
                               : fmt::format("all {} expectations hold", groups.size());
  } else {
    line += fmt::format("{} of {} expectations failed", failed, groups.size());
  }
  if (result.gates) line += "; " + markdown_text(result.gates->sentence);
  const std::size_t reps = result.seeds.size();
  return fmt::format("{} ({})\n\n", line, how_many(reps, "replication"));
}

std::string failures(const std::vector<VerdictGroup>& groups) {
  std::string rows;
  for (const VerdictGroup& group : groups) {
    for (const Verdict* verdict : group.failed) {
      rows +=
          table_row({"✗ " + markdown_text(verdict->that), markdown_text(verdict->strategy),
                     measured_text(*verdict, unicode_glyphs()), markdown_text(verdict->detail)});
    }
  }
  if (rows.empty()) return "";
  return table_head({"expectation", "strategy", "measured", "why"}, 4) + rows + "\n";
}

std::string gates_table(const Result& result) {
  if (!result.gates) return "";
  std::string rows;
  for (const JudgedGate& gate : result.gates->gates) {
    rows += table_row({gate.label, markdown_text(gate.that), markdown_text(gate.strategy),
                       markdown_text(gate.detail)});
  }
  const std::string about = fmt::format("Against {}: {}\n\n", markdown_text(result.gates->baseline),
                                        markdown_text(result.gates->sentence));
  if (rows.empty()) return about;
  return fmt::format("{}{}{}\n", about, table_head({"verdict", "gate", "strategy", "change"}, 4),
                     rows);
}

std::string comparison_table(const Result& result) {
  if (result.strategies.empty()) return "";
  const Comparison comparison = compare_strategies(result, {.predicted = true});
  if (comparison.columns.empty()) {
    return "Nothing was measured, so there is nothing to compare.\n\n";
  }
  Cells titles = {"strategy"};
  for (const ComparisonColumn& column : comparison.columns) titles.push_back(column.spoken);
  std::string text = table_head(titles, 1);
  for (std::size_t row = 0; row < comparison.strategies.size(); ++row) {
    Cells cells = {markdown_text(comparison.strategies[row]->strategy) +
                   (comparison.unbeaten[row] ? " ◆" : "")};
    for (const ComparisonColumn& column : comparison.columns) cells.push_back(column.cells[row]);
    text += table_row(cells);
  }
  text += comparison.marked() ? "\n◆ " + std::string(kMarkMeaning) + "\n\n" : "\n";
  const std::string advice = advice_line(result, unicode_glyphs());
  return advice.empty() ? text : fmt::format("{}Advice: {}\n\n", text, markdown_text(advice));
}

std::string losses(const Result& result) {
  constexpr std::size_t kRowsPerStrategy = 20;  // a comment must stay below 60 000 characters
  std::string rows;
  std::size_t left_out = 0;
  for (const StrategyResult& strategy : result.strategies) {
    const double owed = total_of(strategy, "pairs.owed");
    const std::size_t shown = std::min(kRowsPerStrategy, strategy.loss.size());
    left_out += strategy.loss.size() - shown;
    for (const LossShare& loss : std::span(strategy.loss).first(shown)) {
      const double percent = owed > 0 ? 100.0 * static_cast<double>(loss.pairs) / owed : 0;
      rows += table_row({markdown_text(strategy.strategy), markdown_text(loss.mechanism),
                         markdown_text(loss.trigger), markdown_text(loss.reason),
                         std::to_string(loss.pairs), sensible(percent, unicode_glyphs()) + " %",
                         std::to_string(loss.broken_promises)});
    }
  }
  if (rows.empty()) return "";
  return fmt::format(
      "<details>\n<summary>Why pairs were lost</summary>\n\n{}{}{}\n</details>\n\n",
      table_head(
          {"strategy", "mechanism", "trigger", "reason", "pairs", "of owed", "broken promises"}, 4),
      rows, left_out > 0 ? fmt::format("\n{} smaller rows left out\n", left_out) : "");
}

std::string bullets(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += "- " + markdown_text(sentence) + "\n";
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      case '|': safe += "\\|"; break;
      case '@': safe += "&#64;"; break;  // else it would notify somebody
      case '\\':
      case '`':
      case '*':
      case '[':
      case ']':
      case '#':
      case '~':
      case '$': safe.push_back('\\'); [[fallthrough]];
      default: safe.push_back(c);
    }
  }
  return safe;
}

std::string to_markdown(const Result& result) {
  const std::vector<VerdictGroup> groups = group_verdicts(result);
  std::string text = "<!-- squall:run " + comment_name(result.scenario_name) + " -->\n";
  text += verdict_line(result, groups);
  text += bullets(result.problems);
  text += failures(groups);
  text += gates_table(result);
  text += comparison_table(result);
  text += losses(result);
  text += bullets(in_words(notes_of(result, unicode_glyphs())));
  return text;
}

}  // namespace squall
