// A comparison as Markdown for a pull-request comment or a step summary, below GitHub's limits.
// The hidden first line lets a later run find and edit its own comment.
#include <fmt/core.h>
#include <algorithm>

#include "report/compare/change.hpp"
#include "report/words/format.hpp"
#include "report/words/markdown.hpp"

namespace squall {
namespace {

using Rows = std::vector<const GateVerdict*>;

constexpr std::string_view kHead =
    "| verdict | strategy | metric | base | new | change | margin | seeds worse | why |\n"
    "| --- | --- | --- | ---: | ---: | --- | --- | ---: | --- |\n";

// A comment ends at "-->": only plain characters of a name stay.
std::string comment_name(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool dash = c == '-' && !safe.empty() && safe.back() != '-';
    safe.push_back(plain || dash || c == '.' ? c : '_');
  }
  return safe;
}

std::string value(const std::optional<double>& number, const std::string& unit) {
  return number ? with_unit(*number, unit, unicode_glyphs()) : "-";
}

std::string row(const GateVerdict& verdict) {
  const std::string cells[] = {std::string(label(verdict)),
                               markdown_text(verdict.strategy),
                               verdict.metric,
                               value(verdict.base_mean, verdict.unit),
                               value(verdict.new_mean, verdict.unit),
                               markdown_text(change_words(verdict)),
                               verdict.declared ? margin_words(verdict).substr(7) : "",
                               fmt::format("{}/{}", verdict.worse, verdict.seeds),
                               markdown_text(verdict.why)};
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + cell + " |";
  return text + "\n";
}

std::string verdict_line(const ChangeReport& report) {
  std::string line = "**" + markdown_text(report.scenario) + "**: ";
  if (!report.not_comparable.empty()) {
    return fmt::format("{}not comparable: {}\n\n", line, markdown_text(report.not_comparable));
  }
  line += report.identical ? "identical, the result hash is equal" : tally(report);
  return fmt::format("{} ({} → {}, {} paired seeds)\n\n", line, markdown_text(report.base_name),
                     markdown_text(report.new_name), report.seeds.size());
}

std::string bullets(const ChangeReport& report) {
  std::string text;
  for (const ScenarioDifference& difference : report.scenario_differences) {
    text += "- scenario: " + markdown_text(difference.pointer + "  " + difference.what) + "\n";
  }
  if (!report.first_difference.empty()) {
    text += "- first difference: " + markdown_text(report.first_difference) + "\n";
  }
  for (const std::string& note : report.notes) text += "- " + markdown_text(note) + "\n";
  return text.empty() ? text : text + "\n";
}

// A code block whose fence no content can close.
std::string commands(const ChangeReport& report) {
  if (report.identical || report.reproduce.empty()) return "";
  std::string text = "````\n" + printable(report.reproduce) + "\n";
  if (!report.accept.empty()) text += printable(report.accept) + "\n";
  for (std::size_t at = 4; (at = text.find("```", at)) != std::string::npos;) text[at] = '\'';
  return text + "````\n";
}

// As many whole rows as fit; the rest is counted.
std::string table(const Rows& rows, std::size_t room, std::string_view what) {
  if (rows.empty()) return "";
  std::string text(kHead);
  std::size_t shown = 0;
  for (const GateVerdict* verdict : rows) {
    const std::string line = row(*verdict);
    if (text.size() + line.size() + 100 > room) break;
    text += line;
    ++shown;
  }
  const std::string cut = fmt::format("{} {} rows left out for size\n", rows.size() - shown, what);
  if (shown == 0) return cut + "\n";
  return text + "\n" + (shown < rows.size() ? cut + "\n" : "");
}

}  // namespace

std::string change_markdown(const ChangeReport& report, std::size_t limit) {
  Rows urgent;
  Rows others;
  for (const GateVerdict& verdict : report.gates) {
    (severity(verdict) <= 4 ? urgent : others).push_back(&verdict);
  }
  std::ranges::stable_sort(urgent, {}, [](const GateVerdict* row) { return severity(*row); });
  for (const GateVerdict& verdict : report.information) others.push_back(&verdict);

  const std::string head = fmt::format("<!-- squall:gate {} -->\n{}", comment_name(report.scenario),
                                       verdict_line(report));
  const std::string tail = bullets(report) + commands(report);
  const std::string open = "<details>\n<summary>Everything else</summary>\n\n";
  const std::string close = "</details>\n\n";
  std::size_t room =
      limit - std::min(limit, head.size() + tail.size() + open.size() + close.size());
  const std::string first = table(urgent, room, "changed");
  room -= std::min(room, first.size());
  std::string text = head + first;
  if (!others.empty()) text += open + table(others, room, "other") + close;
  return text + tail;
}

}  // namespace squall
