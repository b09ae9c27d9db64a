// The first screen: the verdict, one table, and every expectation behind the verdict.
// The sentences of the advice are in report/words/advice.cpp.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "report/measure/expectation.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/verdict_groups.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/advice.hpp"
#include "report/words/format.hpp"

namespace squall::html {
namespace {

struct HeadlineRow {
  std::string_view title, unit, metric;
  double scale;  // value * scale is printed
  bool interval;
  std::string_view no_data;  // what a cell says when this strategy has no data
};

// The registry of the headline's columns. One without data for any strategy is left out.
constexpr HeadlineRow kHeadline[] = {
    {"lost", "% of owed", "loss.intent", 100, true, "nothing owed"},
    {"broken promises", "% of owed", "loss.broken_promises", 100, false, "nothing owed"},
    {"a day of faults", "s of all traffic", "loss.per_day", 1e-9, true, "no fault is so often"},
    {"duplicates", "% of delivered", "dup.surfaced", 100, false, "nothing delivered"},
    {"p50", "ms, owed pairs", "latency.obliged.p50", 1e-6, false, "nothing owed"},
    {"p99", "ms, owed pairs", "latency.obliged.p99", 1e-6, true, "too few"},
    {"deaf while connected", "% of time", "deaf.share", 100, false, "nobody online"},
    {"unluckiest 1\u00a0%", "% of all losses", "loss.worst_1pct_share", 100, false, "no loss"},
    {"ready again p99", "s", "ready_again.p99", 1e-9, false, "none cut off"},
    {"amplification", "bytes / useful byte", "bytes.amplification", 1, false, "nothing useful"},
    {"busiest node", "% CPU", "node.cpu.max", 100, false, "no node"},
    {"cost of a month", "see the note", "cost.month", 1, false, "no prices"},
    {"cost of a million", "deliveries", "cost.per_million", 1, false, "nothing delivered"},
};

std::string cell_text(const StrategyResult& strategy, const HeadlineRow& row) {
  if (strategy.fingerprints.empty()) return "not run";
  const MetricValues* values = find_metric(strategy, row.metric);
  if (values == nullptr) return std::string(row.no_data);
  const Summary summary = summarize(*values);
  if (summary.no_data) return summary.too_few ? "too few" : std::string(row.no_data);
  const double mean = summary.mean * row.scale;
  if (row.interval && summary.high && !std::isinf(mean)) {
    const double low = *summary.low * row.scale, high = *summary.high * row.scale;
    if (summary.pooled) return with_ends(mean, low, high, unicode_glyphs());
    return with_half_width(mean, high - mean, unicode_glyphs());
  }
  return sensible(mean, unicode_glyphs());
}

// What most of its lost pairs were lost to.
std::string main_cause(const StrategyResult& strategy) {
  std::map<std::string, std::uint64_t> pairs;
  for (const LossShare& loss : strategy.loss) pairs[loss.mechanism] += loss.pairs;
  const auto most = std::ranges::max_element(pairs, {}, [](const auto& one) { return one.second; });
  return most == pairs.end() ? "nothing" : most->first;
}

bool measured(const ChartContext& context, const HeadlineRow& row) {
  return std::any_of(context.looks.begin(), context.looks.end(), [&](const Look& look) {
    const MetricValues* values = find_metric(*look.strategy, row.metric);
    return values != nullptr && !summarize(*values).no_data;
  });
}

// How late the generator of a live run was: as large a part of every latency beside it.
std::string lateness_text(const StrategyResult& strategy) {
  std::int64_t late = 0;
  for (const LiveShare& live : strategy.live) late = std::max(late, live.lateness_p99_ns);
  return strategy.live.empty() ? "" : sensible(static_cast<double>(late) / 1e6, unicode_glyphs());
}

// The colour, dash and marker of a strategy, beside its name.
std::string sample_of(const Look& look) {
  Svg svg("", 34, 14);
  svg.line({1, 7}, {33, 7}, {look.ink, 2, look.dash});
  svg.marker({17, 7}, look.marker, look.ink);
  return svg.ornament();
}

std::string why_of(const Result& result) {
  const auto json = nlohmann::json::parse(result.resolved_scenario, nullptr, false);
  if (!json.is_object() || !json.contains("why") || !json["why"].is_string()) return "";
  return json["why"].get<std::string>();
}

struct Judged {
  std::string word;  // PASS, FAIL, INCONCLUSIVE, NOT COMPLETE, NOT JUDGED
  std::string text;
  bool good;
};

Judged judged_expectations(const Result& result) {
  const std::vector<VerdictGroup> groups = group_verdicts(result);
  const auto failed = std::count_if(groups.begin(), groups.end(), [](const VerdictGroup& group) {
    return !group.failed.empty();
  });
  if (!result.complete) {
    return {"NOT COMPLETE", "These numbers must not be used.", false};
  }
  if (groups.empty()) return {"NOT JUDGED", "The scenario expects nothing.", true};
  const std::string count = std::to_string(groups.size());
  if (failed == 0) {
    return {"PASS",
            groups.size() == 1 ? "The expectation holds." : "All " + count + " expectations hold.",
            true};
  }
  std::string text = std::to_string(failed) + " of " + count + " expectations failed: ";
  bool first = true;
  for (const VerdictGroup& group : groups) {
    if (group.failed.empty()) continue;
    text += (first ? "" : "; ") + group.that + " (" + group.failed.front()->strategy;
    if (group.failed.size() > 1) {
      text += " and " + std::to_string(group.failed.size() - 1) + " more";
    }
    text += ")";
    first = false;
  }
  return {"FAIL", text + ".", false};
}

// With what the gates said, where there was a baseline: the worse of both leads.
Judged judged(const Result& result) {
  Judged verdict = judged_expectations(result);
  if (!result.gates || !result.complete) return verdict;
  const GateEnd end = result.gates->end;
  verdict.text += " Against " + result.gates->baseline + ": " + result.gates->sentence + ".";
  if (!verdict.good) return verdict;
  if (end == GateEnd::failed) verdict.word = "FAIL";
  if (end == GateEnd::open) verdict.word = "INCONCLUSIVE";
  if (end == GateEnd::passed && verdict.word == "NOT JUDGED") verdict.word = "PASS";
  verdict.good = end == GateEnd::passed;
  return verdict;
}

std::string gates_table(const Result& result) {
  if (!result.gates || result.gates->gates.empty()) return "";
  DataTable data{{"verdict", "gate", "strategy", "change", "at"}, {}, 5};
  for (const JudgedGate& gate : result.gates->gates) {
    data.rows.push_back({gate.label, gate.that, gate.strategy, gate.detail,
                         gate.line > 0 ? "line " + std::to_string(gate.line) : "as set"});
  }
  return wrap("section", element("h2", "Gates") + "\n" +
                             folded(std::to_string(data.rows.size()) + " gates against " +
                                        result.gates->baseline,
                                    table(data), result.gates->end != GateEnd::passed)) +
         "\n";
}

}  // namespace

std::string verdict_words(const Result& result) {
  const Judged verdict = judged(result);
  return element("strong", verdict.word) + " " + escaped(verdict.text);
}

std::string verdict_part(const Result& result, const std::string& prefix) {
  const Judged verdict = judged(result);
  std::string text = element("h1", result.scenario_name) + "\n";
  std::string line = verdict_words(result);
  if (!result.verdicts.empty()) {
    line += " <a href=\"#" + prefix + "verdicts\">All expectations</a>";
  }
  text +=
      wrap("p", line, std::string("class=\"verdict ") + (verdict.good ? "good" : "bad") + "\"") +
      "\n";
  text += bullets(result.problems);
  const std::string why = why_of(result);
  if (why.empty()) return text;
  const std::string whose =
      result.overrides.empty() ? "" : "As it stands in its file, before the overrides below: ";
  text += element("p", whose + why, "class=\"why\"") + "\n";
  return text;
}

std::string headline_part(const ChartContext& context) {
  if (context.looks.empty()) return element("p", "No strategy was run.") + "\n";
  const Comparison comparison = compare_strategies(context.result, {});
  std::string titles = "<th scope=\"col\">strategy</th>";
  const bool causes = std::ranges::any_of(
      context.looks, [](const Look& look) { return !look.strategy->loss.empty(); });
  for (const HeadlineRow& row : kHeadline) {
    if (!measured(context, row)) continue;
    titles += wrap("th", escaped(row.title) + "<br/>" + element("small", row.unit),
                   "scope=\"col\" data-metric=\"" + std::string(row.metric) + "\"");
    if (&row == kHeadline && causes) {
      titles += wrap("th", "mostly to<br/>" + element("small", "cause of loss"), "scope=\"col\"");
    }
  }
  const bool played_live = std::ranges::any_of(
      context.looks, [](const Look& look) { return !look.strategy->live.empty(); });
  if (played_live) {
    titles += wrap("th", "generator late<br/>" + element("small", "ms, p99, within each latency"),
                   "scope=\"col\"");
  }
  std::string rows;
  for (std::size_t i = 0; i < context.looks.size(); ++i) {
    const Look& look = context.looks[i];
    std::string cells = wrap(
        "th",
        sample_of(look) + escaped(look.strategy->strategy) + (comparison.unbeaten[i] ? " ◆" : ""),
        "scope=\"row\" align=\"left\"");
    for (const HeadlineRow& row : kHeadline) {
      if (!measured(context, row)) continue;
      cells += element(
          "td", cell_text(*look.strategy, row),
          "align=\"right\" nowrap=\"nowrap\" data-metric=\"" + std::string(row.metric) + "\"");
      if (&row == kHeadline && causes) cells += element("td", main_cause(*look.strategy));
    }
    if (played_live) cells += element("td", lateness_text(*look.strategy), "align=\"right\"");
    rows += wrap("tr", cells) + "\n";
  }
  const std::size_t reps = context.result.seeds.size();
  std::string caption =
      (comparison.marked() ? "◆ " + std::string(kMarkMeaning) + ". " : "") + std::to_string(reps) +
      (reps == 1 ? " replication" : " paired replications") +
      (reps > 1 ? ", ± 95 % interval." : ", no interval.") +
      " ∞: too many of the owed pairs never arrived for this percentile to be finite.";
  return scroller("The comparison of strategies",
                  wrap("table",
                       "<thead>" + wrap("tr", titles) + "</thead>\n<tbody>\n" + rows + "</tbody>\n",
                       "border=\"1\" cellspacing=\"0\" cellpadding=\"6\" class=\"headline\"")) +
         "\n" + element("p", caption, "class=\"note\"") + "\n";
}

std::string advice_part(const ChartContext& context) {
  const std::vector<std::string> sentences = advice_of(context.result, unicode_glyphs());
  std::string items;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    items += wrap("li", element("b", context.looks[i].strategy->strategy) + ": " +
                            escaped(sentences[i])) +
             "\n";
  }
  if (items.empty()) return "";
  const std::string line = advice_line(context.result, unicode_glyphs());
  std::string text = line.empty() ? "" : element("p", "In short: " + line + ".") + "\n";
  text += wrap("ul", "\n" + items, "class=\"advice\"") + "\n";
  return text + folded("When a difference counts", element("p", advice_rules()));
}

std::string verdict_table(const Result& result, const std::string& prefix) {
  if (result.verdicts.empty()) return gates_table(result);
  DataTable data{{"outcome", "expectation", "strategy", "measured", "limit", "why", "at"}, {}, 3};
  bool failed = false;
  for (const Verdict& verdict : result.verdicts) {
    const std::string_view unit = unit_of(verdict.that);
    const bool passed = verdict.outcome == Outcome::pass;
    failed = failed || !passed;
    data.rows.push_back({passed                                ? "✓ pass"
                         : verdict.outcome == Outcome::no_data ? "✗ no data"
                                                               : "✗ fail",
                         verdict.that, verdict.strategy, shown(verdict.measured, unit),
                         shown(verdict.limit, unit), verdict.detail,
                         verdict.line > 0 ? "line " + std::to_string(verdict.line) : "as set"});
  }
  return gates_table(result) +
         wrap("section",
              element("h2", "Expectations") + "\n" +
                  folded(std::to_string(result.verdicts.size()) + " judgements", table(data),
                         failed),
              "id=\"" + prefix + "verdicts\"") +
         "\n";
}

}  // namespace squall::html
