// A comparison as plain text, worst first: what a CI log shows.
// No colour and no character that a log cannot have; the words carry the verdict.
#include <fmt/core.h>
#include <algorithm>

#include "report/compare/change.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + printable(name);
  return text;
}

std::string seeds_words(const std::vector<std::uint64_t>& seeds) {
  if (seeds.empty()) return "no seed in common";
  const bool counting = seeds.back() - seeds.front() + 1 == seeds.size();
  if (seeds.size() == 1) return fmt::format("paired on seed {}", seeds.front());
  if (counting) {
    return fmt::format("paired on seeds {}-{}", seeds.front(), seeds.back());
  }
  return fmt::format("paired on {} seeds", seeds.size());
}

std::string head(const ChangeReport& report) {
  std::string text = fmt::format("squall compare: {}: {} ({}) -> {} ({}), {}\n",
                                 printable(report.scenario), printable(report.base_name),
                                 printable(report.base_about), printable(report.new_name),
                                 printable(report.new_about), seeds_words(report.seeds));
  if (report.identical && report.not_comparable.empty())
    return text + "IDENTICAL     result hash is equal: nothing changed\n";
  const std::size_t changed = report.changed_strategies.size();
  const std::size_t all = changed + report.identical_strategies.size();
  return fmt::format(
      "{}result hash differs for {} of {} strategies; {} are bit-identical and need no "
      "statistics\n",
      text, changed, all, report.identical_strategies.size());
}

std::string p_words(double p) {
  return p < 0.0001 ? "below 0.0001" : sensible(p, ascii_glyphs(), 2);
}

std::string indented(const std::string& text) { return "      " + text + "\n"; }

std::string first_line(const GateVerdict& verdict, const std::string& scenario) {
  return fmt::format("{}  {} / {} / {}", pad_right(std::string(label(verdict)), 4),
                     printable(scenario), printable(verdict.strategy), verdict.metric);
}

// All that is known, for what a reader must act on.
std::string block(const GateVerdict& verdict, const ChangeReport& report) {
  std::string text = first_line(verdict, report.scenario) + "\n";
  if (verdict.base_mean && verdict.new_mean) {
    text += indented(fmt::format("base {}   new {}   change {}   {}",
                                 with_unit(*verdict.base_mean, verdict.unit, ascii_glyphs()),
                                 with_unit(*verdict.new_mean, verdict.unit, ascii_glyphs()),
                                 change_words(verdict), margin_words(verdict)));
    std::string test = fmt::format("{} % interval over {} paired seeds",
                                   decimal(100 * (1 - verdict.error), 1), verdict.seeds);
    if (verdict.p_holm) {
      test += fmt::format("; one-sided p {}, Holm over {} gates {}, signed rank {}",
                          p_words(*verdict.p), report.tested, p_words(*verdict.p_holm),
                          p_words(verdict.p_rank.value_or(1)));
    }
    text += indented(test);
  }
  if (!verdict.why.empty()) text += indented(printable(verdict.why));
  if (verdict.line > 0 && !report.scenario_path.empty()) {
    text += indented(fmt::format("{}:{}:{}  /gates/{}", printable(report.scenario_path),
                                 verdict.line, verdict.column, verdict.gate));
  }
  return text;
}

std::string line(const GateVerdict& verdict, const std::string& scenario) {
  std::string text = first_line(verdict, scenario);
  const std::string change = change_words(verdict);
  if (!change.empty()) text += "   " + change;
  if (verdict.declared && verdict.outcome != GateOutcome::identical) {
    text += "   " + margin_words(verdict);
  }
  if (!verdict.why.empty()) text += "   " + printable(verdict.why);
  return text + "\n";
}

std::string gates(const ChangeReport& report) {
  std::vector<const GateVerdict*> rows;
  for (const GateVerdict& verdict : report.gates) rows.push_back(&verdict);
  std::ranges::stable_sort(rows, {}, [](const GateVerdict* row) { return severity(*row); });
  std::string text;
  for (const GateVerdict* row : rows) {
    text += severity(*row) <= 2 ? block(*row, report) : line(*row, report.scenario);
  }
  return text;
}

}  // namespace

std::string change_text(const ChangeReport& report) {
  std::string text = head(report);
  for (const ScenarioDifference& difference : report.scenario_differences) {
    text += fmt::format("scenario      {}  {}\n", difference.pointer, difference.what);
  }
  if (!report.not_comparable.empty()) {
    return fmt::format("{}NOT COMPARABLE  {}\n", text, printable(report.not_comparable));
  }
  text += "\n" + gates(report);
  for (const GateVerdict& row : report.information) text += line(row, report.scenario);
  if (!report.identical_strategies.empty()) {
    text += "IDENTICAL     " + joined(report.identical_strategies) + "\n";
  }
  if (!report.first_difference.empty()) {
    text += "first difference: " + printable(report.first_difference) + "\n";
  }
  for (const std::string& note : report.notes) text += "note: " + printable(note) + "\n";
  text += "\n" + tally(report);
  if (report.tested > 0) {
    text += fmt::format("     (Holm's correction over the {} gates that had to be tested)",
                        report.tested);
  }
  text += "\n";
  if (!report.identical && !report.reproduce.empty())
    text += "reproduce: " + printable(report.reproduce) + "\n";
  if (!report.identical && !report.accept.empty())
    text += "accept:    " + printable(report.accept) + "\n";
  return text;
}

}  // namespace squall
