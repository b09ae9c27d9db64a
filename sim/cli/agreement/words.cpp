// The agreement as a table for people and as a document for programs. See judgement.hpp.
// Judges nothing.
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "sim/cli/agreement/judgement.hpp"

namespace squall {
namespace {

using Json = nlohmann::ordered_json;
using Ruling = JudgedQuantity::Ruling;

std::string_view word_of(Ruling verdict) {
  return verdict == Ruling::holds ? "holds" : verdict == Ruling::misses ? "MISSES" : "not judged";
}

std::string shown(const std::optional<double>& value, const JudgedQuantity& of) {
  return value ? with_unit(*value, of.unit, ascii_glyphs()) : "-";
}

std::string percent(const std::optional<double>& error) {
  if (!error) return "-";
  return (*error < 0 ? "" : "+") + decimal(*error * 100, 1) + " %";
}

std::string title_of(const AgreementPair& pair) {
  std::string title = pair.scenario + ", " + pair.strategy;
  if (pair.measured_by != pair.strategy) title += " / " + pair.measured_by;
  if (!pair.not_counted.empty()) title += "   (not counted: " + pair.not_counted + ")";
  return title + "\n";
}

std::string pair_text(const AgreementPair& pair) {
  std::vector<std::vector<std::string>> table{
      {"", "closed form", "simulated", "measured", "error", "allowed", ""}};
  std::string reasons;
  for (const JudgedQuantity& one : pair.quantities) {
    const bool cause = one.name == "top cause";
    std::string verdict(word_of(one.verdict));
    table.push_back({one.name, shown(one.closed_form, one),
                     cause ? pair.cause_simulated : shown(one.simulated, one),
                     cause ? pair.cause_measured : shown(one.measured, one),
                     cause ? "-" : percent(one.error()), one.limit.empty() ? "-" : one.limit,
                     verdict});
    if (!one.why.empty()) reasons += fmt::format("    {}: {}\n", one.name, one.why);
  }
  std::string text = title_of(pair) + text_table(table, 1, "  ") + reasons;
  if (!pair.invalid.empty()) text += "    INVALID: " + pair.invalid + "\n";
  for (const std::string& remark : pair.remarks) text += "    " + remark + "\n";
  return text + "\n";
}

// Misses that count, then what holds, then what does not count.
int rank(const AgreementPair& pair) {
  return !pair.not_counted.empty() ? 2 : pair.misses() ? 0 : 1;
}

Json as_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json as_json(const AgreementPair& pair) {
  Json quantities = Json::array();
  for (const JudgedQuantity& one : pair.quantities) {
    quantities.push_back({{"quantity", one.name},
                          {"unit", one.unit},
                          {"closed_form", as_json(one.closed_form)},
                          {"simulated", as_json(one.simulated)},
                          {"measured", as_json(one.measured)},
                          {"error", as_json(one.error())},
                          {"interval", one.interval},
                          {"allowed", one.limit},
                          {"verdict", word_of(one.verdict)},
                          {"why", one.why}});
  }
  return {{"scenario", pair.scenario},
          {"strategy", pair.strategy},
          {"measured", pair.measured_by},
          {"counts", pair.not_counted.empty()},
          {"not_counted", pair.not_counted},
          {"invalid", pair.invalid},
          {"cause_simulated", pair.cause_simulated},
          {"cause_measured", pair.cause_measured},
          {"remarks", pair.remarks},
          {"quantities", quantities}};
}

}  // namespace

std::string agreement_text(std::vector<AgreementPair> pairs, const std::string& costs) {
  const Tally tally = tally_of(pairs);
  std::ranges::stable_sort(pairs, {}, rank);
  std::string text = "costs: " + costs + "\n\n";
  for (const AgreementPair& pair : pairs) text += pair_text(pair);
  const auto of = [](std::size_t part, std::size_t all) {
    return fmt::format("{} of {}", part, all);
  };
  text += fmt::format("{} counted pairs hold loss, cause, bytes and CPU; {} hold p50 and p99",
                      of(tally.hold, tally.counted), of(tally.latency_hold, tally.latency_judged));
  if (tally.invalid > 0) text += fmt::format("; {} INVALID", tally.invalid);
  return text + "\n";
}

std::string agreement_json(const std::vector<AgreementPair>& pairs, const std::string& costs) {
  const Tally tally = tally_of(pairs);
  Json document{{"agreement", 1},
                {"costs", costs},
                {"counted", tally.counted},
                {"hold", tally.hold},
                {"latency_judged", tally.latency_judged},
                {"latency_hold", tally.latency_hold},
                {"invalid", tally.invalid},
                {"pairs", Json::array()}};
  for (const AgreementPair& pair : pairs) document["pairs"].push_back(as_json(pair));
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace squall
