// The last parts of the page: how far the data carries, how to get it again, what each word means.
// The glossary is the metric registry and the registry of mechanisms, printed.
#include <fmt/core.h>
#include <algorithm>

#include "report/measure/metrics.hpp"
#include "report/measure/statistics.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "strategies/core/causes.hpp"

namespace squall::html {
namespace {

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
  std::string text;
  const std::size_t shown_seeds = std::min<std::size_t>(seeds.size(), 12);
  for (std::size_t i = 0; i < shown_seeds; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", seeds[i]);
  }
  if (shown_seeds < seeds.size()) {
    text += fmt::format(" ... {} ({} in all)", seeds.back(), seeds.size());
  }
  return text;
}

bool consecutive(const std::vector<std::uint64_t>& seeds) {
  for (std::size_t i = 1; i < seeds.size(); ++i) {
    if (seeds[i] != seeds[i - 1] + 1) return false;
  }
  return !seeds.empty();
}

DataTable sample_table(const Result& result) {
  DataTable data{
      {"strategy", "replications", "owed pairs of all", "last percentile", "warnings"}, {}, 1};
  for (const StrategyResult& strategy : result.strategies) {
    const auto owed = static_cast<std::uint64_t>(total_of(strategy, "pairs.owed"));
    std::string last = "none";
    for (const auto& [text, quantile] : {std::pair{"p50", 0.5},
                                         {"p90", 0.9},
                                         {"p99", 0.99},
                                         {"p99.9", 0.999},
                                         {"p99.99", 0.9999}}) {
      if (supported(quantile, owed)) last = text;
    }
    data.rows.push_back({strategy.strategy,
                         fmt::format("{} of {}", strategy.fingerprints.size(), result.seeds.size()),
                         grouped(owed), last, std::to_string(strategy.warnings.size())});
  }
  return data;
}

// The scenario is the resolved one: what was set is in it, and no strategy but those.
std::string again(const Result& result) {
  return printable(command_of(
      {.scenario = "scenario.json", .seeds = result.seeds, .engine_flags = result.engine_flags}));
}

DataTable fingerprint_table(const Result& result) {
  DataTable data{{"strategy", "seed", "fingerprint"}, {}, 3};
  for (const StrategyResult& strategy : result.strategies) {
    const std::size_t count = std::min(strategy.fingerprints.size(), result.seeds.size());
    for (std::size_t i = 0; i < count; ++i) {
      data.rows.push_back(
          {strategy.strategy, std::to_string(result.seeds[i]), strategy.fingerprints[i]});
    }
  }
  return data;
}

}  // namespace

std::string quality_part(const Result& result) {
  std::string text = element("h2", "Data quality") + "\n";
  std::vector<std::string> sentences = in_words(notes_of(result, unicode_glyphs()));
  if (result.seeds.size() < 10) {
    sentences.push_back(how_many(result.seeds.size(), "replication") +
                        ": a verdict about a difference wants at least 10 (--reps 10)");
  }
  sentences.push_back("warm-up and drain are not counted: only messages born in the " +
                      (result.timeline.measure_s > 0
                           ? seconds_tick(result.timeline.measure_s) + " of measure"
                           : std::string("measured time")) +
                      " are owed");
  sentences.push_back(
      "latency counts from the intended send, so a stalled sender cannot hide a delay; offered and "
      "sent are compared by the law of messages, which holds for every run shown as complete");
  sentences.push_back(
      fmt::format("charts are reduced: at most {} points of time, quarter octaves of latency, "
                  "eight quantiles per decade; histograms are exact to 0.8 %; no value is clipped",
                  kSlicesMax));
  if (!result.complete) sentences.insert(sentences.begin(), "NOT COMPLETE, see the top");
  text += bullets(sentences);
  return text + table(sample_table(result));
}

std::string reproduce_part(const Result& result, std::string_view made_by) {
  std::string text = element("h2", "Reproduce") + "\n";
  text += element("p",
                  "Save the scenario below as scenario.json and run this; equal fingerprints are "
                  "equal runs, to the last event.") +
          "\n";
  text += element("pre", again(result), kReachable) + "\n";
  std::vector<std::string> facts = {
      "seeds: " + seeds_text(result.seeds), "scenario file, SHA-256: " + result.scenario_sha256,
      "result schema: squall.result/1", "report by " + std::string(made_by),
      "command line, machine and duration of the run are in "
      "manifest.json of its folder"};
  if (!consecutive(result.seeds)) {
    facts.push_back("the seeds are not consecutive: run them one by one with --seed");
  }
  text += bullets(facts);
  text += folded("The scenario, with every default filled in",
                 element("pre", result.resolved_scenario, kReachable));
  return text + folded("Fingerprints", table(fingerprint_table(result)));
}

std::string glossary_part() {
  DataTable metrics{{"metric", "unit", "better", "meaning"}, {}, 4};
  for (const MetricRow& row : metric_rows()) {
    const std::string_view better = row.better == Better::lower    ? "lower"
                                    : row.better == Better::higher ? "higher"
                                                                   : "neither";
    metrics.rows.push_back({std::string(row.name), std::string(row.unit), std::string(better),
                            std::string(row.meaning)});
  }
  DataTable causes{{"mechanism", "where", "meaning"}, {}, 3};
  for (const MechanismRow& row : mechanisms()) {
    causes.rows.push_back(
        {std::string(row.name), std::string(row.family), std::string(row.meaning)});
  }
  return element("h2", "Glossary") + "\n" +
         element(
             "p",
             "One quantile definition everywhere: the ceil(q · n)-th smallest sample. Means and "
             "intervals are over replications, by Student's t.") +
         "\n" + folded("Every metric", table(metrics)) +
         folded("Every mechanism of loss", table(causes));
}

}  // namespace squall::html
