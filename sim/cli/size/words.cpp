// One table of what was found, and one of the trials that show it. See words.hpp.
// In a pipe each trial is one line, for grep.
#include "sim/cli/size/words.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/words/markdown.hpp"

namespace squall {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string number(const Sized& sized, const Fewest& found) {
  if (!sized.asked) return "-";
  return found.number ? std::to_string(*found.number) : found.ended ? "?" : "none";
}

std::string cost_of(const Sized& sized) {
  const Trial* const trial = sized.chosen();
  return trial == nullptr || !trial->month ? "-" : decimal(*trial->month, 2);
}

std::vector<Row> found_rows(const SizeReport& report) {
  std::vector<Row> rows{{"strategy", "nodes", "with one lost"}};
  if (report.prices) rows.front().push_back(printable(report.currency) + " a month");
  for (const Sized& sized : report.strategies) {
    rows.push_back(
        {printable(sized.strategy), number(sized, sized.as_it_is), number(sized, sized.one_lost)});
    if (report.prices) rows.back().push_back(cost_of(sized));
  }
  return rows;
}

std::string outcome(const Trial& trial) {
  return trial.meets ? "meets the expectations" : printable(trial.why);
}

std::string circumstances(const Trial& trial) {
  if (!trial.one_lost) return "as it is";
  return trial.lost.empty() ? "one lost" : trial.lost + " lost";
}

std::vector<Row> trial_rows(const SizeReport& report) {
  std::vector<Row> rows{{"strategy", "nodes", "with", "outcome"}};
  for (const Sized& sized : report.strategies) {
    for (const Trial& trial : sized.trials) {
      rows.push_back({printable(sized.strategy), std::to_string(trial.nodes), circumstances(trial),
                      outcome(trial)});
    }
  }
  return rows;
}

std::string said_of(const Sized& sized, const NodeRange& range) {
  const std::string who = printable(sized.strategy) + ": ";
  if (!sized.asked) return who + "nothing is expected of it, so any number of nodes would do.\n";
  if (sized.as_it_is.ended || sized.one_lost.ended) return who + "the search was not finished.\n";
  if (!sized.one_lost.number) {
    return fmt::format(
        "{}no number of nodes up to {} meets the expectations{}; the trials below say what "
        "fails.\n",
        who, range.high, sized.as_it_is.number ? " with one lost" : "");
  }
  if (sized.as_it_is.confirmed && sized.one_lost.confirmed) return {};
  return who +
         "one node more meets them no longer: it is not true here that more is better, and "
         "the numbers are not the fewest for sure.\n";
}

std::string markdown_table(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    for (const std::string& cell : row) text += "| " + markdown_text(cell) + " ";
    text += "|\n";
    if (&row != &rows.front()) continue;
    for (std::size_t i = 0; i < row.size(); ++i) text += "| --- ";
    text += "|\n";
  }
  return text;
}

Json number_json(const Fewest& found) { return found.number ? Json(*found.number) : Json(nullptr); }

Json trial_json(const Trial& trial) {
  Json json{{"nodes", trial.nodes},
            {"lost", trial.lost.empty() ? Json(nullptr) : Json(trial.lost)},
            {"one_lost", trial.one_lost},
            {"meets", trial.meets},
            {"played", trial.played}};
  if (!trial.why.empty()) json["why"] = trial.why;
  if (trial.month) json["cost_month"] = *trial.month;
  return json;
}

}  // namespace

const Trial* Sized::chosen() const {
  if (!one_lost.number) return nullptr;
  const auto found = std::ranges::find_if(trials, [this](const Trial& trial) {
    return trial.nodes == *one_lost.number && !trial.one_lost;
  });
  return found == trials.end() ? nullptr : &*found;
}

std::string as_text(const SizeReport& report, const Glyphs& glyphs) {
  const std::string dot = " " + std::string(glyphs.dot) + " ";
  std::string text =
      fmt::format("\n  SIZE   {}{}{} seeds{}from {} to {} nodes\n\n", printable(report.scenario),
                  dot, report.seeds.size(), dot, report.range.low, report.range.high);
  text += text_table(found_rows(report), 1, "    ") + "\n";
  for (const Sized& sized : report.strategies) {
    const std::string said = said_of(sized, report.range);
    if (!said.empty()) text += "  " + said;
  }
  text += "  What was tried, the number before and after the one found included:\n\n" +
          text_table(trial_rows(report), 4, "    ") +
          "\n  lost: crashes in the middle of measure, and stays away.\n";
  return text;
}

std::string as_markdown(const SizeReport& report) {
  std::string text = fmt::format("### Size of {}\n\n{}\n", markdown_text(report.scenario),
                                 markdown_table(found_rows(report)));
  for (const Sized& sized : report.strategies) {
    const std::string said = said_of(sized, report.range);
    if (!said.empty()) text += markdown_text(said) + "\n";
  }
  return text + fmt::format("<details>\n<summary>What was tried</summary>\n\n{}\n</details>\n",
                            markdown_table(trial_rows(report)));
}

std::string as_json(const SizeReport& report) {
  Json document{{"schema", "squall.size/1"},
                {"scenario", report.scenario},
                {"seeds", report.seeds},
                {"range", {report.range.low, report.range.high}},
                {"results", Json::array()}};
  if (report.prices) document["currency"] = report.currency;
  for (const Sized& sized : report.strategies) {
    Json entry{{"strategy", sized.strategy},
               {"asked", sized.asked},
               {"nodes", number_json(sized.as_it_is)},
               {"nodes_with_one_lost", number_json(sized.one_lost)},
               {"confirmed", sized.as_it_is.confirmed && sized.one_lost.confirmed},
               {"trials", Json::array()}};
    const Trial* const chosen = sized.chosen();
    if (chosen != nullptr && chosen->month) entry["cost_month"] = *chosen->month;
    for (const Trial& trial : sized.trials) entry["trials"].push_back(trial_json(trial));
    document["results"].push_back(std::move(entry));
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace squall
