// Expectations: the section whose words the caller's vocabulary decides.
// The text of a comparison is taken apart in expectation.cpp.
#include "scenarios/model/expectation.hpp"

#include <fmt/core.h>

#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

bool read_closed_form(Reading& reading, const Json& json, const Comparison& parts,
                      const Vocabulary::Metric& metric) {
  if (parts.value != "closed_form") {
    return reading.fail(json.place, "S0212",
                        "~ compares with closed_form, not with " + in_quotes(parts.value));
  }
  if (metric.has_closed_form) return true;
  std::vector<std::string> having;
  for (const Vocabulary::Metric& other : reading.vocabulary.metrics) {
    if (other.has_closed_form) having.push_back(other.name);
  }
  return reading.fail(json.place, "S0324", in_quotes(metric.name) + " has no closed form",
                      "these have one: " + joined(having));
}

bool read_that(Reading& reading, const Json& json, Expectation& expectation) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a comparison");
  expectation.that = json.text;
  expectation.line = json.place.line;
  expectation.column = json.place.column;
  const Parsed<Comparison> parts = split_comparison(json.text);
  if (!parts.value) {
    return reading.fail(json.place, "S0212",
                        fmt::format("bad comparison {}: {}", in_quotes(json.text), parts.problem));
  }
  expectation.that =
      fmt::format("{} {} {}", parts.value->metric, parts.value->op, parts.value->value);
  expectation.metric = parts.value->metric;
  expectation.op = parts.value->op;
  const Vocabulary::Metric* metric = metric_named(reading.vocabulary, parts.value->metric);
  if (metric == nullptr) {
    std::string suggestion = did_you_mean(parts.value->metric, metric_names(reading.vocabulary));
    if (suggestion.empty()) suggestion = "all metrics: squall list metrics";
    return reading.fail(json.place, "S0322", "unknown metric " + in_quotes(parts.value->metric),
                        std::move(suggestion));
  }
  if (expectation.op == "~") return read_closed_form(reading, json, *parts.value, *metric);
  const Parsed<double> limit = parse_bound(parts.value->value, metric->name, metric->unit);
  if (!limit.value) {
    return reading.fail(
        json.place, "S0213",
        fmt::format("bad value {} for {} [{}]: {}", in_quotes(parts.value->value), metric->name,
                    metric->unit, limit.problem),
        limit.suggestion.empty() ? "" : "did you mean \"" + limit.suggestion + "\"?");
  }
  expectation.value = *limit.value;
  return true;
}

// A label of a fault: only those have a span.
Codec<std::string> span_label() {
  Codec<std::string> codec = free_text();
  codec.read = [](Reading& reading, const Json& json, std::string& label) {
    if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a label of the script");
    label = json.text;
    std::vector<std::string> spans;
    for (const ScriptStep& step : reading.scenario.script) {
      if (step.label == json.text && row(step.verb).has_span) return true;
      if (step.label == json.text) {
        return reading.fail(json.place, "S0310",
                            fmt::format("{} is a {}: it has no span of time", in_quotes(json.text),
                                        row(step.verb).name));
      }
      if (row(step.verb).has_span) spans.push_back(step.label);
    }
    return reading.fail(json.place, "S0310",
                        in_quotes(json.text) + " is not a label in script; " +
                            (spans.empty() ? "there are none" : "labels: " + joined(spans)),
                        did_you_mean(json.text, spans));
  };
  return codec;
}

Codec<std::string> traffic_class() {
  Codec<std::string> codec = free_text();
  codec.read = [](Reading& reading, const Json& json, std::string& name) {
    if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a traffic class");
    name = json.text;
    return known_name(reading, json, "S0313", "traffic class", reading.scenario.traffic,
                      &Traffic::name);
  };
  return codec;
}

bool read_filters(Reading& reading, const Json& json, const Expectation& expectation) {
  const Vocabulary::Metric* metric = metric_named(reading.vocabulary, expectation.metric);
  if (metric == nullptr) return false;  // complained about already
  bool good = true;
  for (const std::string_view key : {"of", "during", "outside"}) {
    const Member* member = json.find(key);
    if (member == nullptr || (key == "of" ? metric->per_traffic : metric->per_span)) continue;
    const Inside inside(reading, key);
    good = reading.fail(member->key_place, "S0323",
                        metric->name + " cannot be asked for " +
                            (key == "of" ? "one traffic class" : "one span of the script"));
  }
  const bool both = !expectation.during.empty() && expectation.during == expectation.outside;
  if (!both) return good;
  return reading.fail(json.find("outside")->value.place, "S0323",
                      "nothing is both during and outside of " + in_quotes(expectation.during));
}

Codec<Expectation> expectation_codec() {
  Codec<Expectation> codec = object(expectation_table());
  codec.read = [plain = codec.read](Reading& reading, const Json& json, Expectation& value) {
    const bool good = plain(reading, json, value);
    return json.kind == Json::Kind::object && read_filters(reading, json, value) && good;
  };
  return codec;
}

Field<Expectation> that_field() {
  return {"that",
          std::string(kRequired),
          "metric op value: == != < <= > >=, or ~ closed_form. The value has the metric's unit.",
          read_that,
          [](const Expectation& expectation) { return std::optional(Json::of(expectation.that)); },
          [](const Vocabulary&) {
            return schema_pattern("\\s*[^=!<>~]+(==|!=|<=|>=|<|>|~)\\s*\\S.*");
          }};
}

}  // namespace

const Vocabulary::Metric* metric_named(const Vocabulary& vocabulary, std::string_view name) {
  const auto found = std::ranges::find(vocabulary.metrics, name, &Vocabulary::Metric::name);
  return found == vocabulary.metrics.end() ? nullptr : &*found;
}

std::vector<std::string> metric_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const Vocabulary::Metric& metric : vocabulary.metrics) names.push_back(metric.name);
  return names;
}

Codec<std::vector<std::string>> globs_codec() {
  const Codec<std::vector<std::string>> list = list_of(free_text(), "strategy names", 1000);
  Codec<std::vector<std::string>> codec = list;
  codec.read = [list](Reading& reading, const Json& json, std::vector<std::string>& globs) {
    if (json.kind != Json::Kind::string) return list.read(reading, json, globs);
    globs = {json.text};
    return true;
  };
  codec.schema = [list](const Vocabulary& vocabulary) {
    Json choice = Json::object();
    return choice.set("anyOf",
                      Json::array().push(schema_type("string")).push(list.schema(vocabulary)));
  };
  return codec;
}

const Table<Expectation>& expectation_table() {
  static const Table<Expectation> table{
      "an expectation",
      {
          that_field(),
          optional_field("during", &Expectation::during, span_label(),
                         "Only messages born inside this fault of the script."),
          optional_field("outside", &Expectation::outside, span_label(),
                         "Only messages born outside of this fault of the script."),
          optional_field("of", &Expectation::of, traffic_class(), "Only this traffic class."),
          optional_field("for", &Expectation::strategies, globs_codec(),
                         "Only strategies that match one of these; * stands for any text."),
          field("seeds", &Expectation::seeds,
                one_word_of<SeedRule>("rule", {{"all", SeedRule::all}, {"mean", SeedRule::mean}}),
                "", "Whether every seed must meet it, or their mean. Default mean."),
          field("on_no_data", &Expectation::pass_without_data,
                one_word_of<bool>("verdict", {{"fail", false}, {"pass", true}}),
                "nothing measured proves nothing", "The verdict when there is no data."),
      }};
  return table;
}

Codec<std::vector<Expectation>> expectations_codec() {
  return list_of(expectation_codec(), "expectations", 1000);
}

}  // namespace squall::language
