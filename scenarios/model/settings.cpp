// The settings of a strategy: read from the key "with", written, held against the file, and put
// into a scenario. A setting is a piece of a scenario file like any other: the tables read it.
#include "scenarios/model/settings.hpp"

#include <algorithm>
#include <utility>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/tables.hpp"
#include "strategies/core/check.hpp"
#include "strategies/core/placement.hpp"

namespace squall {
namespace {

using language::Json;
using language::Member;
using language::Reading;

// All strategies of a comparison have the same people, machines and faults.
const std::vector<std::string>& may_differ() {
  static const std::vector<std::string> kPointers{"/client", "/cluster/broker", "/cluster/registry",
                                                  "/cluster/nodes/egress_queue"};
  return kPointers;
}

bool is_inside(std::string_view pointer, std::string_view around) {
  return pointer.starts_with(around) &&
         (pointer.size() == around.size() || pointer[around.size()] == '/');
}

Json parsed(const std::string& text) {
  std::vector<Problem> problems;
  const std::optional<Json> value = language::parse_json(text, "", problems);
  SQUALL_CHECK(value && problems.empty());
  return *value;
}

void collect_leaves(const Json& json, const std::string& pointer, std::vector<std::string>& said) {
  if (json.kind != Json::Kind::object) said.push_back(pointer);
  for (const Member& member : json.members) {
    collect_leaves(member.value, pointer + "/" + language::pointer_token(member.key), said);
  }
}

bool read_setting(Reading& reading, const Member& member, StrategySpec& spec) {
  const language::Inside inside(reading, member.key);
  const auto allowed = [&](const std::string& part) { return is_inside(member.key, part); };
  if (std::ranges::none_of(may_differ(), allowed)) {
    return reading.fail(member.key_place, "S0328",
                        language::in_quotes(member.key) +
                            " is the same for all strategies; one may play otherwise what is in " +
                            language::joined(may_differ()));
  }
  Scenario scratch;
  const Json piece = language::around(member.key, member.value, member.key_place);
  if (!language::read_fields(reading, language::scenario_table(), piece, scratch)) return false;
  std::erase_if(spec.settings, [&](const Setting& old) { return old.pointer == member.key; });
  std::string text = language::dump(member.value);
  text.pop_back();  // the line end
  spec.settings.push_back({member.key, std::move(text), "", false, true});
  return true;
}

bool read_settings(Reading& reading, const Json& json, StrategySpec& spec) {
  if (json.kind != Json::Kind::object) {
    return language::wrong_type(reading, json, "an object of JSON pointers and values");
  }
  bool good = true;
  for (const Member& member : json.members) good = read_setting(reading, member, spec) && good;
  return good;
}

// What has yielded is not written: read again, it yields again.
std::optional<Json> write_settings(const StrategySpec& spec) {
  Json json = Json::object();
  for (const Setting& setting : spec.settings) {
    if (setting.played) json.set(setting.pointer, parsed(setting.value));
  }
  return json.members.empty() ? std::nullopt : std::optional(json);
}

Json describe_settings(const Vocabulary&) {
  std::string pattern;
  for (const std::string& one : may_differ()) pattern += (pattern.empty() ? "^(" : "|") + one;
  return language::schema_type("object").set(
      "propertyNames", Json::object().set("pattern", Json::of(pattern + ")(/|$)")));
}

}  // namespace

Scenario with_settings(Scenario scenario, const StrategySpec& spec) {
  for (const Setting& setting : spec.settings) {
    if (setting.played) apply_setting(scenario, setting.pointer, setting.value);
  }
  return scenario;
}

void apply_setting(Scenario& scenario, const std::string& pointer, const std::string& value) {
  static const Vocabulary kNames = [] {
    Vocabulary names;  // of all that can be set
    for (const PlacementRow& row : placements()) names.placements.emplace_back(row.name);
    return names;
  }();
  Reading reading(kNames, "");
  const Json piece = language::around(pointer, parsed(value), {});
  SQUALL_CHECK(language::read_fields(reading, language::scenario_table(), piece, scenario));
}

void let_settings_yield(Scenario& scenario) {
  for (StrategySpec& spec : scenario.strategies) {
    for (Setting& setting : spec.settings) {
      const auto meant = [&](const std::string& said) { return is_inside(said, setting.pointer); };
      setting.played = !setting.yields || std::ranges::none_of(scenario.said, meant);
    }
  }
}

namespace language {

std::vector<std::string> said_in(const Json& root) {
  std::vector<std::string> said;
  for (const char* const section : {"client", "cluster"}) {
    const Member* const member = root.find(section);
    if (member != nullptr) collect_leaves(member->value, std::string("/") + section, said);
  }
  return said;
}

Field<StrategySpec> settings_field() {
  return {"with",
          "",
          "What this strategy plays otherwise than the scenario says, by JSON pointer: of client, "
          "cluster.broker, cluster.registry, cluster.nodes.egress_queue.",
          read_settings,
          write_settings,
          describe_settings};
}

}  // namespace language
}  // namespace squall
