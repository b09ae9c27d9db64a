// The published schema says what the loader does: same keys, same words, same patterns.
//
// The loader also checks references and times, which a schema cannot say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "scenarios/model/tables.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/place.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall {
namespace {

using nlohmann::json;
using testing::vocabulary;

const json& schema() {
  static const json parsed = json::parse(scenario_schema(vocabulary()));
  return parsed;
}

// A validator for the keywords the schema uses; enough to hold files against it.
class Validator {
 public:
  bool accepts(const json& rule, const json& value) const {
    if (rule.contains("$ref")) return accepts(schema()["definitions"]["param"], value);
    if (rule.contains("const") && rule["const"] != value) return false;
    if (rule.contains("enum") && !among(rule["enum"], value)) return false;
    if (rule.contains("type") && !has_type(rule["type"], value)) return false;
    if (rule.contains("anyOf") && !any(rule["anyOf"], value)) return false;
    if (rule.contains("allOf") && !all(rule["allOf"], value)) return false;
    if (rule.contains("if") && accepts(rule["if"], value) && !accepts(rule["then"], value)) {
      return false;
    }
    if (value.is_string() && rule.contains("pattern")) {
      return std::regex_search(value.get<std::string>(), std::regex(std::string(rule["pattern"])));
    }
    if (value.is_number()) return in_range(rule, value.get<double>());
    if (value.is_array()) return accepts_items(rule, value);
    return !value.is_object() || accepts_members(rule, value);
  }

 private:
  static bool among(const json& words, const json& value) {
    return std::ranges::find(words, value) != words.end();
  }
  static bool has_type(const json& types, const json& value) {
    if (types.is_array()) {
      return std::ranges::any_of(types, [&](const json& type) { return has_type(type, value); });
    }
    if (types == "integer") {
      return value.is_number() && value.get<double>() == static_cast<double>(value.get<long>());
    }
    return types == value.type_name();
  }
  bool any(const json& rules, const json& value) const {
    return std::ranges::any_of(rules, [&](const json& rule) { return accepts(rule, value); });
  }
  bool all(const json& rules, const json& value) const {
    return std::ranges::all_of(rules, [&](const json& rule) { return accepts(rule, value); });
  }
  static bool in_range(const json& rule, double value) {
    return value >= rule.value("minimum", -1e300) && value <= rule.value("maximum", 1e300);
  }
  bool accepts_items(const json& rule, const json& list) const {
    if (list.size() < rule.value("minItems", 0U)) return false;
    if (list.size() > rule.value("maxItems", 1000000U)) return false;
    return !rule.contains("items") || std::ranges::all_of(list, [&](const json& item) {
      return accepts(rule["items"], item);
    });
  }
  bool accepts_members(const json& rule, const json& object) const {
    for (const json& key : rule.value("required", json::array())) {
      if (!object.contains(std::string(key))) return false;
    }
    const json properties = rule.value("properties", json::object());
    const json others = rule.value("additionalProperties", json(true));
    for (const auto& [key, value] : object.items()) {
      if (rule.contains("propertyNames") && !accepts(rule["propertyNames"], key)) return false;
      if (properties.contains(key)) {
        if (!accepts(properties[key], value)) return false;
      } else if (others.is_boolean() ? !others.get<bool>() : !accepts(others, value)) {
        return false;
      }
    }
    return true;
  }
};

json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return json::parse(file, nullptr, false);
}

bool schema_accepts(const json& scenario) { return Validator().accepts(schema(), scenario); }

TEST(TheSchema, IsThePublishedFile) {
  EXPECT_TRUE(
      testing::equals_golden_file(scenario_schema(vocabulary()), "../../scenarios/schema.json"));
}

TEST(TheSchema, AcceptsEveryBuiltInScenarioAndItsResolvedForm) {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(testing::source_path("scenarios"))) {
    if (entry.path().extension() != ".json" || entry.path().filename() == "schema.json") continue;

    const LoadResult result = load_scenario(entry.path(), {}, vocabulary());

    EXPECT_TRUE(schema_accepts(read_json(entry.path()))) << entry.path();
    ASSERT_TRUE(result.scenario) << entry.path();
    EXPECT_TRUE(schema_accepts(json::parse(result.scenario->resolved_json))) << entry.path();
  }
}

TEST(TheSchema, RejectsTheMistakesItCanSee) {
  for (const char* name :
       {"unknown-key", "unknown-section", "bad-duration", "a-list", "no-version", "newer-version",
        "unknown-names", "rates-and-sizes", "distributions", "wrong-types", "out-of-range",
        "script-keys", "selectors", "unknown-strategy", "bad-names", "knobs-of-later",
        "huge-integer", "params", "expectation-values"}) {
    const json broken = read_json(testing::source_path("tests/golden/broken/") + name + ".json");

    EXPECT_FALSE(schema_accepts(broken)) << name;
  }
}

TEST(TheSchema, RefusesUnknownKeysInEveryObject) {
  json scenario =
      json::parse(load_scenario(testing::source_path("scenarios/faults/rolling-deploy-storm.json"),
                                {}, vocabulary())
                      .scenario->resolved_json);
  ASSERT_TRUE(schema_accepts(scenario));

  for (const char* place :
       {"", "/time", "/cluster", "/cluster/nodes", "/cluster/nodes/egress_queue", "/cluster/lb",
        "/cluster/broker", "/cluster/registry", "/cluster/net", "/people/desktop", "/client",
        "/client/heartbeat", "/client/backoff", "/rooms/live", "/traffic/0", "/script/0",
        "/strategies/0", "/expect/0"}) {
    json changed = scenario;
    changed[json::json_pointer(place)]["surprise"] = 1;

    EXPECT_FALSE(schema_accepts(changed)) << place;
    EXPECT_FALSE(testing::load(changed.dump()).scenario) << place;
  }
}

TEST(TheSchema, HasADescriptionForEveryKeyOfTheFile) {
  for (const auto& [key, rule] : schema()["properties"].items()) {
    EXPECT_FALSE(rule.value("description", "").empty()) << key;
  }
  const json& people = schema()["properties"]["people"]["additionalProperties"]["properties"];
  for (const auto& [key, rule] : people.items()) {
    EXPECT_FALSE(rule.value("description", "").empty()) << key;
  }
}

TEST(TheSchema, GivesEveryVerbItsOwnKeys) {
  const json& rules = schema()["properties"]["script"]["items"]["allOf"];

  ASSERT_EQ(rules.size(), language::verbs().size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const json& names = rules[i]["then"]["propertyNames"]["enum"];
    const language::VerbRow& verb = language::verbs()[i];
    const std::size_t common = verb.has_span ? 4 : 3;  // do, at, as; of a fault: per
    EXPECT_EQ(names.size(), common + verb.required.size() + verb.optional.size()) << verb.name;
  }
}

TEST(TheVerbs, AreEveryVerbOfTheModelOnce) {
  std::set<Verb> seen;

  for (const language::VerbRow& verb : language::verbs()) seen.insert(verb.verb);

  EXPECT_EQ(seen.size(), language::verbs().size());
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(Verb::send) + 1);
}

}  // namespace
}  // namespace squall
