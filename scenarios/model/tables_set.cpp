// A path of a closed list, and a value that the tables read as they would read it in the file.
// See tables_set.hpp.
#include "scenarios/model/tables_set.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/model/load_parse.hpp"
#include "strategies/core/placement.hpp"

namespace squall::language {
namespace {

using namespace std::string_view_literals;

constexpr std::array kPaths{
    "/cluster/net/client_node"sv,
    "/cluster/net/node_node"sv,
    "/cluster/net/node_broker"sv,
    "/cluster/net/node_registry"sv,
    "/cluster/net/node_bandwidth"sv,
    "/cluster/net/client_bandwidth"sv,
    "/cluster/net/broker_bandwidth"sv,
    "/cluster/net/peer_queue"sv,
    "/cluster/nodes/egress_queue/limit"sv,
    "/cluster/nodes/egress_queue/on_full"sv,
    "/cluster/nodes/work_queue"sv,
    "/cluster/nodes/costs/handshake"sv,
    "/cluster/nodes/costs/subscribe"sv,
    "/cluster/nodes/costs/frame_read"sv,
    "/cluster/nodes/costs/push"sv,
    "/cluster/nodes/costs/heartbeat"sv,
    "/cluster/nodes/costs/close"sv,
    "/cluster/nodes/costs/publish"sv,
    "/cluster/nodes/costs/broker_receive"sv,
    "/cluster/nodes/costs/peer_send"sv,
    "/cluster/nodes/costs/peer_receive"sv,
    "/cluster/nodes/costs/registry_call"sv,
    "/cluster/nodes/costs/per_kib"sv,
    "/cluster/broker/output_hard"sv,
    "/cluster/broker/output_soft"sv,
    "/cluster/broker/output_soft_for"sv,
    "/cluster/broker/publisher_buffer"sv,
    "/cluster/lb/policy"sv,
    "/cluster/lb/connect_timeout"sv,
    "/cluster/lb/next_upstream"sv,
    "/cluster/lb/max_connections"sv,
};

// The rate of a class is said by its place in the list, as for --set.
constexpr std::string_view kTraffic = "/traffic/", kRate = "/rate";

std::vector<std::string> paths() { return {kPaths.begin(), kPaths.end()}; }

// As the message says them: costs are many.
std::string words_for_paths() {
  std::string words;
  for (const std::string_view path : kPaths) {
    if (path.starts_with("/cluster/nodes/costs/")) continue;
    words += std::string(path) + ", ";
  }
  return words + "/cluster/nodes/costs/<cost>, /traffic/<number>/rate";
}

std::optional<std::size_t> class_in(std::string_view path) {
  if (!path.starts_with(kTraffic) || !path.ends_with(kRate)) return std::nullopt;
  if (path.size() <= kTraffic.size() + kRate.size()) return std::nullopt;
  path.remove_prefix(kTraffic.size());
  path.remove_suffix(kRate.size());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
  const bool whole = error == std::errc{} && end == path.data() + path.size();
  return whole ? std::optional(number) : std::nullopt;
}

bool read_class(Reading& reading, const Json& json, std::size_t number, ScriptStep& step) {
  const std::vector<Traffic>& classes = reading.scenario.traffic;
  if (number < classes.size()) {
    step.traffic = classes[number].name;
    return true;
  }
  if (!reading.clean("/traffic")) return false;  // a consequence
  return reading.fail(json.place, "S0313",
                      fmt::format("there is no class {} in traffic, which has {}, counted from 0",
                                  number, classes.size()));
}

bool read_path(Reading& reading, const Json& json, ScriptStep& step) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a JSON pointer");
  step.path = json.text;
  if (std::ranges::find(kPaths, step.path) != kPaths.end()) return true;
  if (const auto number = class_in(step.path)) return read_class(reading, json, *number, step);
  return reading.fail(
      json.place, "S0334",
      in_quotes(step.path) + " cannot be set while a run plays; what can: " + words_for_paths(),
      did_you_mean(step.path, paths()));
}

// Where people belong, and whose fault it is that they are elsewhere, is asked of one policy.
bool keeps_its_key(Reading& reading, const Json& json, const ScriptStep& step) {
  if (step.path != "/cluster/lb/policy") return true;
  for (const std::string& policy : {json.text, reading.scenario.cluster.lb.policy}) {
    const PlacementRow* const row = placement_named(policy);
    if (row == nullptr || !row->keyed) continue;
    return reading.fail(json.place, "S0334",
                        in_quotes(policy) +
                            " looks at a key, and who belongs where cannot change "
                            "while a run plays",
                        "a policy without a key, from the start and now: squall list placements");
  }
  return true;
}

}  // namespace

std::span<const std::string_view> settable_paths() { return kPaths; }

Field<ScriptStep> path_field() {
  return {"path",
          "",
          "set: the JSON pointer of what changes.",
          read_path,
          [](const ScriptStep& step) { return std::optional(Json::of(step.path)); },
          [](const Vocabulary&) {
            Json choices = Json::array();
            choices.push(schema_words(paths()));
            choices.push(schema_pattern("/traffic/[0-9]{1,6}/rate"));
            return Json::object().set("anyOf", std::move(choices));
          }};
}

// The path was read before: its key comes first in the table.
bool read_set_to(Reading& reading, const Json& json, ScriptStep& step) {
  if (!step.traffic.empty()) {
    std::int64_t rate = 0;
    if (!rate_nano().read(reading, json, rate)) return false;
  } else {
    if (std::ranges::find(kPaths, step.path) == kPaths.end()) return false;  // complained about
    Scenario scratch;
    if (!read_fields(reading, scenario_table(), around(step.path, json, json.place), scratch))
      return false;
    if (!keeps_its_key(reading, json, step)) return false;
  }
  step.value = dump(json);
  step.value.pop_back();  // the line end
  return true;
}

Json write_set_to(const ScriptStep& step) {
  std::vector<Problem> nothing;
  return parse_json(step.value, "", nothing).value_or(Json{});
}

}  // namespace squall::language
