// The first screen: the verdict, one table, and every expectation behind the verdict.
// The sentences of the advice are in report/words/advice.cpp.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "report/measure/expectation.hpp"
#include "report/measure/money.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/verdict_groups.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/advice.hpp"
#include "report/words/format.hpp"
#include "report/words/measured.hpp"

namespace squall::html {
namespace {

enum class Place : std::uint8_t { first_table, folded_table };

struct HeadlineRow {
  std::string_view title, unit, metric;
  double scale;  // value * scale is printed
  bool interval;
  std::string_view no_data;  // what a cell says when this strategy has no data
  Place place = Place::first_table;
};

// The registry of the headline's columns: what a team decides by, in the order of the advice; then
// what it may look up. One without data for any strategy is left out.
constexpr HeadlineRow kHeadline[] = {
    {"lost", "% of owed", "loss.intent", 100, true, "nothing owed"},
    {"a day of faults", "s of all traffic", "loss.per_day", 1e-9, true, "no fault is so often"},
    {"broken promises", "% of owed", "loss.broken_promises", 100, false, "nothing owed"},
    {"p50", "ms", "latency.obliged.p50", 1e-6, false, "nothing owed"},
    {"p99", "ms", "latency.obliged.p99", 1e-6, true, "too few"},
    {"ready again p99", "s", "ready_again.p99", 1e-9, false, "none cut off"},
    {"clients", "MB/s", "bytes.client.rate", 1e-6, false, "nothing sent"},
    {"cluster", "MB/s", "bytes.cluster.rate", 1e-6, false, "nothing sent"},
    {"busiest node", "% CPU", "node.cpu.max", 100, false, "no node"},
    {"a month", "", "cost.month", 1, false, "no prices"},
    {"1M deliveries", "", "cost.per_million", 1, false, "nothing delivered"},
    {"duplicates", "% of delivered", "dup.surfaced", 100, false, "nothing delivered",
     Place::folded_table},
    {"deaf while connected", "% of time", "deaf.share", 100, false, "nobody online",
     Place::folded_table},
    {"unluckiest 1\u00a0%", "% of all losses", "loss.worst_1pct_share", 100, false, "no loss",
     Place::folded_table},
    {"amplification", "bytes / useful byte", "bytes.amplification", 1, false, "nothing useful",
     Place::folded_table},
};

// What is money has the scenario's currency.
std::string unit_text(const Result& result, const HeadlineRow& row) {
  if (!row.metric.starts_with("cost.")) return std::string(row.unit);
  const std::string currency = with_currency(result, "");
  return currency.empty() ? "as priced" : currency.substr(1);
}

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
  if (const std::string why = why_invalid(result); !why.empty()) {
    return {"INVALID", "This live run may not be believed: " + why + ".", false};
  }
  if (groups.empty()) return {"NOT JUDGED", "The scenario expects nothing.", true};
  const std::string count = std::to_string(groups.size());
  if (failed == 0) {
    return {"PASS",
            groups.size() == 1 ? "The expectation holds." : "All " + count + " expectations hold.",
            true};
  }
  std::string text = fmt::format("{} of {} expectations failed: ", failed, count);
  bool first = true;
  for (const VerdictGroup& group : groups) {
    if (group.failed.empty()) continue;
    text += fmt::format("{}{} ({}", first ? "" : "; ", group.that, group.failed.front()->strategy);
    if (group.failed.size() > 1) {
      text += fmt::format(" and {} more", group.failed.size() - 1);
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
  verdict.text += fmt::format(" Against {}: {}.", result.gates->baseline, result.gates->sentence);
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
                         gate.line > 0 ? fmt::format("line {}", gate.line) : "as set"});
  }
  return wrap("section", element("h2", "Gates") + "\n" +
                             folded(fmt::format("{} gates against {}", data.rows.size(),
                                                result.gates->baseline),
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

namespace {

// The columns of one of the two tables, with `mark` behind the names that no other beats.
class HeadlineTable {
 public:
  HeadlineTable(const ChartContext& context, Place place) : context_(context) {
    for (const HeadlineRow& row : kHeadline) {
      if (row.place == place && measured(context, row)) rows_.push_back(&row);
    }
    const bool first = place == Place::first_table;
    causes_ = first && std::ranges::any_of(context.looks, [](const Look& look) {
                return !look.strategy->loss.empty();
              });
    live_ = first && std::ranges::any_of(context.looks, [](const Look& look) {
              return !look.strategy->live.empty();
            });
  }

  bool empty() const { return rows_.empty(); }
  std::string text(std::string_view kind) const {
    const Comparison comparison = compare_strategies(context_.result, {});
    std::string rows;
    for (std::size_t i = 0; i < context_.looks.size(); ++i) {
      rows += line(context_.looks[i], comparison.unbeaten[i]) + "\n";
    }
    return wrap(
        "table",
        fmt::format("<thead>{}</thead>\n<tbody>\n{}</tbody>\n", wrap("tr", titles()), rows),
        "border=\"1\" cellspacing=\"0\" cellpadding=\"6\" class=\"" + std::string(kind) + "\"");
  }

 private:
  std::string titles() const {
    std::string titles = "<th scope=\"col\">strategy</th>";
    for (const HeadlineRow* const row : rows_) {
      titles += wrap(
          "th", escaped(row->title) + "<br/>" + element("small", unit_text(context_.result, *row)),
          "scope=\"col\" data-metric=\"" + std::string(row->metric) + "\"");
      if (row == kHeadline && causes_) {
        titles += wrap("th", "mostly to<br/>" + element("small", "cause of loss"), "scope=\"col\"");
      }
    }
    if (!live_) return titles;
    return titles + wrap("th",
                         "generator late<br/>" + element("small", "ms, p99, within each latency"),
                         "scope=\"col\"");
  }
  std::string line(const Look& look, bool unbeaten) const {
    std::string cells =
        wrap("th", sample_of(look) + escaped(look.strategy->strategy) + (unbeaten ? " ◆" : ""),
             "scope=\"row\" align=\"left\"");
    for (const HeadlineRow* const row : rows_) {
      cells += element(
          "td", cell_text(*look.strategy, *row),
          "align=\"right\" nowrap=\"nowrap\" data-metric=\"" + std::string(row->metric) + "\"");
      if (row == kHeadline && causes_) cells += element("td", main_cause(*look.strategy));
    }
    if (live_) cells += element("td", lateness_text(*look.strategy), "align=\"right\"");
    return wrap("tr", cells);
  }

  const ChartContext& context_;
  std::vector<const HeadlineRow*> rows_;
  bool causes_ = false, live_ = false;
};

}  // namespace

std::string headline_part(const ChartContext& context) {
  if (context.looks.empty()) return element("p", "No strategy was run.") + "\n";
  const bool marked = compare_strategies(context.result, {}).marked();
  const std::size_t reps = context.result.seeds.size();
  const bool a_day = std::ranges::any_of(context.looks, [](const Look& look) {
    const MetricValues* values = find_metric(*look.strategy, "loss.per_day");
    return values != nullptr && !summarize(*values).no_data;
  });
  const std::string caption = fmt::format(
      "{}{}, {}. ∞: too many of the owed pairs never arrived for this percentile to be finite.{}",
      marked ? fmt::format("◆ {}. ", kMarkMeaning) : "",
      how_many(reps, reps == 1 ? "replication" : "paired replication"),
      reps > 1 ? "± 95 % interval" : "no interval",
      a_day ? " A day of faults: what they took, and nothing that is lost without them." : "");
  const std::string line = advice_line(context.result, unicode_glyphs());
  const std::string answer =
      line.empty()
          ? ""
          : wrap("p", "<b>In short</b>: " + escaped(line) + ".", "class=\"answer\"") + "\n";
  return answer +
         scroller("The comparison of strategies",
                  HeadlineTable(context, Place::first_table).text("headline")) +
         "\n" + element("p", caption, "class=\"note\"") + "\n";
}

// What the first table leaves out; below the advice.
std::string more_numbers(const ChartContext& context) {
  const HeadlineTable table(context, Place::folded_table);
  if (table.empty()) return "";
  return folded("Duplicates, deafness, the unluckiest, amplification",
                scroller("More numbers of each strategy", table.text("data more"))) +
         "\n";
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
  const std::string text = wrap("ul", "\n" + items, "class=\"advice\"") + "\n";
  return text + more_numbers(context) +
         folded("When a difference counts", element("p", advice_rules()));
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
                         verdict.that, verdict.strategy, measured_text(verdict, unicode_glyphs()),
                         shown(verdict.limit, unit), verdict.detail,
                         verdict.line > 0 ? fmt::format("line {}", verdict.line) : "as set"});
  }
  return gates_table(result) +
         wrap("section",
              element("h2", "Expectations") + "\n" +
                  folded(fmt::format("{} judgements", result.verdicts.size()), table(data), failed),
              "id=\"" + prefix + "verdicts\"") +
         "\n";
}

}  // namespace squall::html
