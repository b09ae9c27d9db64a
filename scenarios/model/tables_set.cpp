// A path of a closed list, and a value that the tables read as they would read it in the file.
// See tables_set.hpp.
#include "scenarios/model/tables_set.hpp"

#include <array>

#include "scenarios/model/load_parse.hpp"

namespace squall::language {
namespace {

constexpr std::array<std::string_view, 16> kPaths{
    "/cluster/net/client_node",          "/cluster/net/node_node",
    "/cluster/net/node_broker",          "/cluster/net/node_registry",
    "/cluster/net/node_bandwidth",       "/cluster/net/peer_queue",
    "/cluster/nodes/egress_queue/limit", "/cluster/nodes/egress_queue/on_full",
    "/cluster/nodes/work_queue",         "/cluster/broker/output_hard",
    "/cluster/broker/output_soft",       "/cluster/broker/output_soft_for",
    "/cluster/broker/publisher_buffer",  "/cluster/lb/connect_timeout",
    "/cluster/lb/next_upstream",         "/cluster/lb/max_connections",
};

std::vector<std::string> paths() { return {kPaths.begin(), kPaths.end()}; }

bool read_path(Reading& reading, const Json& json, ScriptStep& step) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a JSON pointer");
  step.path = json.text;
  if (std::ranges::find(kPaths, step.path) != kPaths.end()) return true;
  return reading.fail(json.place, "S0334",
                      in_quotes(step.path) + " cannot be set while a run plays; what can: " +
                          joined(paths(), kPaths.size()),
                      did_you_mean(step.path, paths()));
}

// The members around a value, as they would stand in a file.
Json around(const std::string& pointer, const Json& value) {
  Json piece = value;
  const std::vector<std::string> keys = pointer_keys(pointer);
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Json object = Json::object();
    object.place = value.place;
    object.members.push_back({*key, value.place, std::move(piece)});
    piece = std::move(object);
  }
  return piece;
}

}  // namespace

std::span<const std::string_view> settable_paths() { return kPaths; }

Field<ScriptStep> path_field() {
  return {"path",
          "",
          "set: the JSON pointer of what changes.",
          read_path,
          [](const ScriptStep& step) { return std::optional(Json::of(step.path)); },
          [](const Vocabulary&) { return schema_words(paths()); }};
}

// The path was read before: its key comes first in the table.
bool read_set_to(Reading& reading, const Json& json, ScriptStep& step) {
  if (std::ranges::find(kPaths, step.path) == kPaths.end()) return false;  // complained about
  Scenario scratch;
  if (!read_fields(reading, scenario_table(), around(step.path, json), scratch)) return false;
  step.value = dump(json);
  step.value.pop_back();  // the line end
  return true;
}

Json write_set_to(const ScriptStep& step) {
  std::vector<Problem> nothing;
  return parse_json(step.value, "", nothing).value_or(Json{});
}

}  // namespace squall::language
