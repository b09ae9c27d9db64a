// Gates: how much worse than a baseline a metric may get.
// Judged by report/compare/gate.hpp; this file only reads them and complains.
#include "scenarios/model/expectation.hpp"

#include <fmt/core.h>

#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

bool read_metric(Reading& reading, const Json& json, Gate& gate) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "the name of a metric");
  gate.line = json.place.line;
  gate.column = json.place.column;
  if (metric_named(reading.vocabulary, json.text) != nullptr) {
    gate.metric = json.text;
    return true;
  }
  std::string suggestion = did_you_mean(json.text, metric_names(reading.vocabulary));
  if (suggestion.empty()) suggestion = "all metrics: squall list metrics";
  return reading.fail(json.place, "S0322", "unknown metric " + in_quotes(json.text),
                      std::move(suggestion));
}

bool read_margin(Reading& reading, const Json& json, Gate& gate) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a percentage");
  const bool percent = json.text.ends_with('%');
  const Parsed<double> share = parse_limit(json.text, "ratio");
  if (!percent || !share.value) {
    return reading.fail(
        json.place, "S0213",
        "bad margin " + in_quotes(json.text) + ": must be a percentage of the base value, like 5%");
  }
  gate.margin = json.text;
  gate.margin_share = *share.value;
  return true;
}

bool read_margin_abs(Reading& reading, const Json& json, Gate& gate) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a value with its unit");
  const Vocabulary::Metric* metric = metric_named(reading.vocabulary, gate.metric);
  if (metric == nullptr) return false;  // complained about already
  const Parsed<double> value = parse_bound(json.text, metric->name, metric->unit);
  if (!value.value) {
    return reading.fail(
        json.place, "S0213",
        fmt::format("bad value {} for {} [{}]: {}", in_quotes(json.text), metric->name,
                    metric->unit, value.problem),
        value.suggestion.empty() ? "" : "did you mean \"" + value.suggestion + "\"?");
  }
  gate.margin_abs = json.text;
  gate.margin_value = *value.value;
  return true;
}

using ReadGate = bool (*)(Reading&, const Json&, Gate&);

Field<Gate> text_field(std::string key, std::string source, std::string doc, ReadGate read,
                       std::string Gate::*text) {
  return {std::move(key),
          std::move(source),
          std::move(doc),
          read,
          [text](const Gate& gate) {
            return (gate.*text).empty() ? std::nullopt : std::optional(Json::of(gate.*text));
          },
          [](const Vocabulary&) { return schema_type("string"); }};
}

Codec<Gate> gate_codec() {
  Codec<Gate> codec = object(gate_table());
  codec.read = [plain = codec.read](Reading& reading, const Json& json, Gate& gate) {
    const bool good = plain(reading, json, gate);
    if (gate.margin.empty() || gate.margin_abs.empty()) return good;
    return reading.fail(json.find("margin_abs")->key_place, "S0103",
                        "a gate has \"margin\" or \"margin_abs\", not both");
  };
  return codec;
}

}  // namespace

const Table<Gate>& gate_table() {
  static const Table<Gate> table{
      "a gate",
      {
          text_field("metric", std::string(kRequired), "What must not get worse.", read_metric,
                     &Gate::metric),
          optional_field("for", &Gate::strategies, globs_codec(),
                         "Only strategies that match one of these; * stands for any text."),
          optional_field(
              "worse", &Gate::worse,
              one_word_of<Worse>("direction", {{"higher", Worse::higher}, {"lower", Worse::lower}}),
              "Which direction is worse. Default: as the metric says, else higher."),
          text_field("margin", "",
                     "How much worse is still accepted, as a share of the base value: 5%. Default "
                     "2%; of shares (loss ...) 0.02% absolute.",
                     read_margin, &Gate::margin),
          text_field("margin_abs", "",
                     "How much worse is still accepted, in the unit of the metric: 5ms, 0.02%.",
                     read_margin_abs, &Gate::margin_abs),
          field("on_no_data", &Gate::pass_without_data,
                one_word_of<bool>("verdict", {{"fail", false}, {"pass", true}}),
                "nothing measured proves nothing", "The verdict when there is no data."),
      }};
  return table;
}

Codec<std::vector<Gate>> gates_codec() { return list_of(gate_codec(), "gates", 1000); }

}  // namespace squall::language
