// Puts the blocks of the terminal output in order, and writes expectations and notes.
// The comparison is in text_comparison.cpp, the losses in text_losses.cpp.
#include "report/words/text.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/measure/comparison.hpp"
#include "report/measure/verdict_groups.hpp"
#include "report/words/measured.hpp"
#include "report/words/text_parts.hpp"

namespace squall::text {
namespace {

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::plain: return "";
    case Ink::bold: return "\x1b[1m";
    case Ink::good: return "\x1b[32m";
    case Ink::bad: return "\x1b[31m";
    case Ink::faint: return "\x1b[2m";
  }
  return "";
}

std::string outcome_line(const VerdictGroup& group, std::size_t that_width, const Pen& pen) {
  const bool passed = group.failed.empty();
  const std::string_view sign = passed ? pen.glyphs.pass : pen.glyphs.fail;
  const std::size_t sign_width =
      std::max(display_width(pen.glyphs.pass), display_width(pen.glyphs.fail));
  std::string line = "    " + pen.ink(passed ? Ink::good : Ink::bad, pad_right(sign, sign_width));
  if (pen.narrow()) {
    line += " " + pen.safe(group.that) + "\n      ";  // the value on its own line
  } else {
    line += " " + pad_right(shortened(pen.safe(group.that), that_width), that_width);
  }
  line += "  " + pad_right(measured_text(*group.worst, pen.glyphs), 9);
  if (group.differ) line += "  worst: " + pen.safe(group.worst->strategy);
  if (!group.differ && group.strategies > 1) {
    line += fmt::format("  {} strategies", group.strategies);
  }
  if (group.strategies == 1) line += "  " + pen.safe(group.worst->strategy);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// The scenario's own check of squall: that every owed pair has an end, and every loss a cause.
bool about_the_books(const VerdictGroup& group) {
  return group.failed.empty() && group.that.starts_with("ledger.");
}

std::string books_line(const std::vector<VerdictGroup>& groups, const Pen& pen) {
  std::size_t strategies = 0;
  for (const VerdictGroup& group : groups) {
    if (about_the_books(group)) strategies = std::max(strategies, group.strategies);
  }
  if (strategies == 0) return "";
  const std::size_t indent = 4 + display_width(pen.glyphs.pass) + 1;
  const std::string sentence =
      fmt::format("the books balance: every owed pair has one end, every loss a cause ({} {})",
                  strategies, strategies == 1 ? "strategy" : "strategies");
  const std::string lines = wrapped(std::string(indent, ' '), sentence, pen.options.width);
  return fmt::format("    {} {}", pen.ink(Ink::good, pen.glyphs.pass), lines.substr(indent));
}

std::string problems_block(const Result& result, const Pen& pen) {
  if (const std::string why = why_invalid(result); result.complete && !why.empty()) {
    return pen.heading("INVALID", "this live run may not be believed") +
           wrapped("    ", pen.safe(why), pen.options.width) + "\n";
  }
  if (result.complete) return "";
  std::string text = pen.heading("NOT COMPLETE", "these numbers must not be used");
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < std::min(kShown, result.problems.size()); ++i) {
    text += wrapped("    ", pen.safe(result.problems[i]), pen.options.width);
  }
  if (result.problems.size() > kShown) {
    text += fmt::format("    and {} more\n", result.problems.size() - kShown);
  }
  return text + "\n";
}

}  // namespace

std::string Pen::ink(Ink ink, std::string_view text) const {
  if (!options.color || ink == Ink::plain) return std::string(text);
  return std::string(code_of(ink)) + std::string(text) + "\x1b[0m";
}

std::string Pen::safe(std::string_view name) const {
  return options.ascii ? printable_ascii(name) : printable(name);
}

std::string Pen::heading(std::string_view title, std::string_view right) const {
  const std::string left = std::string(glyphs.heading) + " " + std::string(title);
  std::string line = "  " + ink(Ink::bold, left);
  if (!right.empty()) line += "   " + std::string(right);
  return line + "\n";
}

std::string wrapped(std::string_view lead, std::string_view text, std::size_t width) {
  std::string lines;
  std::string line(lead);
  const std::string indent(display_width(lead), ' ');
  bool empty = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!empty && display_width(line) + 1 + display_width(word) > width) {
      lines += line + "\n";
      line = indent;
      empty = true;
    }
    line += (empty ? "" : " ") + std::string(word);
    empty = false;
  }
  return lines + line + "\n";
}

std::string expectations_block(const Result& result, const Pen& pen) {
  if (result.verdicts.empty()) return "";
  const std::vector<VerdictGroup> groups = group_verdicts(result);
  std::size_t failed = 0;
  std::size_t that_width = 0;
  for (const VerdictGroup& group : groups) {
    if (!group.failed.empty()) ++failed;
    if (about_the_books(group)) continue;
    that_width = std::max(that_width, display_width(pen.safe(group.that)));
  }
  const std::size_t rest = 44;  // sign, value and strategy
  that_width = std::min(that_width, pen.options.width > rest + 20 ? pen.options.width - rest : 20);
  std::string counts = fmt::format("{} passed", groups.size() - failed);
  if (failed > 0) counts += ", " + pen.ink(Ink::bad, fmt::format("{} failed", failed));
  std::string text = pen.heading("EXPECTATIONS", counts);
  text += books_line(groups, pen);
  for (const VerdictGroup& group : groups) {
    if (about_the_books(group)) continue;
    text += outcome_line(group, that_width, pen);
    for (const Verdict* verdict : group.failed) {
      text += wrapped("        ", pen.safe(verdict->strategy) + ": " + pen.safe(verdict->detail),
                      pen.options.width);
    }
  }
  return text + "\n";
}

std::string gates_block(const Result& result, const Pen& pen) {
  if (!result.gates) return "";
  const JudgedGates& judged = *result.gates;
  std::string text =
      pen.heading("GATES", fmt::format("against {}: {}", pen.safe(judged.baseline),
                                       pen.ink(judged.end == GateEnd::passed ? Ink::good : Ink::bad,
                                               pen.safe(judged.sentence))));
  for (const JudgedGate& gate : judged.gates) {
    const Ink ink = gate.end == GateEnd::passed ? Ink::good : Ink::bad;
    text += fmt::format("    {}  {}: {}\n", pen.ink(ink, gate.label), pen.safe(gate.strategy),
                        pen.safe(gate.that));
    text += wrapped("        ", pen.safe(gate.detail), pen.options.width);
  }
  return text + "\n";
}

std::string notes_block(const Result& result, const Pen& pen) {
  std::string text;
  for (const Said& said : notes_of(result, pen.glyphs)) {
    const std::string before = std::string("  ") + severity_name(said.severity) + ": ";
    text += wrapped(before, pen.safe(said.text), pen.options.width);
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace squall::text

namespace squall {

std::string to_text(const Result& result, const TextOptions& options) {
  const text::Pen pen{options, options.ascii ? ascii_glyphs() : unicode_glyphs()};
  std::string all = text::problems_block(result, pen);
  all += text::expectations_block(result, pen);
  all += text::gates_block(result, pen);
  all += text::comparison_block(result, pen);
  all += text::losses_block(result, pen);
  all += text::events_block(result, pen);
  all += text::notes_block(result, pen);
  for (const std::string& line : options.next) all += "  " + pen.safe(line) + "\n";
  return all;
}

}  // namespace squall
