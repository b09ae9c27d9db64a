// Looks a word up in the four registries. See words.hpp.
// The scenario that shows a metric is the first of the library that expects something of it.
#include "sim/cli/explain/words.hpp"

#include <fmt/core.h>

#include "report/measure/metrics.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/library.hpp"
#include "sim/cli/explain/beliefs.hpp"
#include "sim/cli/explain/codes.hpp"
#include "sim/cli/explore/property.hpp"

namespace squall {
namespace {

std::string line(const std::string& what, std::string_view text) {
  return fmt::format("  {}{}\n", pad_right(what, 10), text);
}

std::string code_explained(const CodeRow& row) {
  std::string text =
      std::string(row.code) + "\n" + line("means", row.meaning) + line("cure", row.cure);
  const std::string example = example_of(row);
  return text + line("shown by", example.empty() ? row.shown_by : example);
}

std::string cause_explained(const MechanismRow& row) {
  const Belief& why = belief(row.mechanism);
  std::string text = fmt::format("{}, a cause of loss ({})\n", row.name, row.family) +
                     line("means", row.meaning) + line("hop", why.where) +
                     line("believed", why.believed) + line("true", why.was_true) +
                     line("saved by", why.saved_by);
  if (row.mechanism == Mechanism::unattributed) {
    return text + line("shown by", "nothing: a run in which it is not 0 has failed");
  }
  const std::string shown_by =
      row.family == "foreign"
          ? "squall attach, and the servers of tests/products"
          : fmt::format("tests/planted/{}.json in the sources: squall run FILE", row.name);
  return text + line("shown by", shown_by) +
         line("", "then: squall explain latest --lost " + std::string(row.name));
}

std::string_view better(Better better) {
  switch (better) {
    case Better::lower: return "lower is better";
    case Better::higher: return "higher is better";
    case Better::neither: break;
  }
  return "neither more nor less is better";
}

std::string scenario_that_expects(std::string_view metric) {
  for (const LibraryFile& file : scenario_library()) {
    const std::string expected = "\"that\": \"" + std::string(metric) + " ";
    if (file.text.find(expected) != std::string_view::npos) return std::string(file.name);
  }
  return "steady-zipf";
}

std::string metric_explained(const MetricRow& row) {
  std::string text = fmt::format("{}, a metric\n", row.name) + line("means", row.meaning) +
                     line("unit", row.unit) + line("", better(row.better));
  if (row.per_traffic) text += line("", "may be asked of one traffic class: \"of\"");
  if (row.per_span) text += line("", "may be asked during or outside one fault");
  if (row.has_closed_form) text += line("", "has a closed form: ~ closed_form");
  return text + line("shown by", "squall run " + scenario_that_expects(row.name));
}

std::string property_explained(const explore::PropertyRow& row) {
  return fmt::format("{}, a property of squall explore\n", row.name) + line("means", row.meaning) +
         line("expects", row.that) +
         line("shown by",
              fmt::format("squall explore wifi-to-lte -s routed --property {}", row.name));
}

}  // namespace

std::optional<std::string> word_explained(const std::string& word) {
  const std::vector<CodeRow> codes = code_rows();
  if (const CodeRow* code = code_named(codes, word)) return code_explained(*code);
  if (const auto mechanism = mechanism_named(word)) return cause_explained(row(*mechanism));
  if (const MetricRow* metric = metric_named(word)) return metric_explained(*metric);
  for (const explore::PropertyRow& row : explore::properties()) {
    if (row.name == word) return property_explained(row);
  }
  return std::nullopt;
}

}  // namespace squall
