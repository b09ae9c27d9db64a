// The tables of the scenario language: every object of a scenario file, described once.
//
// To add a knob: one member in scenario.hpp, one row in tables_*.cpp. Internal to scenarios/model.
#pragma once

#include <fmt/core.h>
#include <span>
#include <string_view>
#include <type_traits>

#include "scenarios/model/table.hpp"
#include "strategies/core/option.hpp"

namespace squall::language {

inline constexpr std::uint32_t kMostNodes = 1000;
inline constexpr std::uint32_t kMostEndpoints = 10'000'000;
inline constexpr std::uint32_t kMostRooms = 10'000'000;
inline constexpr std::uint32_t kMostMemberships = 200'000'000;
inline constexpr double kMostTimes = 1e6;                         // of slow and flash
inline constexpr Duration kLongest = std::chrono::hours{24 * 7};  // of any phase or timer

const Table<Scenario>& scenario_table();  // the whole file; sections in reading order
const Table<TimeWindows>& time_table();
const Table<ClusterConfig>& cluster_table();
const Table<BalancerConfig>& lb_table();
const Table<BrokerConfig>& broker_table();
const Table<CostChanges>& costs_table();
const Table<MemoryConfig>& memory_table();
const Table<LivenessConfig>& liveness_table();
const Table<DeflateConfig>& deflate_table();
const Table<Population>& population_table();
const Table<ScriptedClient>& individual_table();
const Table<ClientConfig>& client_table();
const Table<ProtocolOverhead>& overhead_table();
Codec<Backoff> backoff_codec();  // client.backoff
const Table<RoomSet>& room_table();
Codec<std::vector<std::pair<std::uint32_t, std::uint32_t>>> room_sizes();
const Table<Traffic>& traffic_table();
const Table<ScriptStep>& step_table();  // the keys of all verbs together
Table<StrategySpec> strategy_table();
const Table<Expectation>& expectation_table();
const Table<Gate>& gate_table();
const Table<Prices>& prices_table();

Codec<ScriptStep> step_codec();
Codec<StrategySpec> strategy_codec();
Field<StrategySpec> settings_field();  // "with" (settings.cpp)
std::vector<std::string> said_in(const Json& root);
std::string default_of(const Option& option);  // as it would be written in the file
Codec<std::vector<std::string>> globs_codec();
Codec<std::vector<Expectation>> expectations_codec();
Codec<std::vector<Gate>> gates_codec();

// Which keys belong to which verb, beside `at`, `do` and `as`.
struct VerbRow {
  Verb verb;
  std::string_view name;
  std::vector<std::string> required;
  std::vector<std::string> optional;
  bool has_span;  // a fault: has a trigger, and a label that expectations may use
};
std::span<const VerbRow> verbs();
const VerbRow& row(Verb verb);

// One selector or a list of them.
bool read_nodes(Reading& reading, const Json& json, NodeSet& nodes);
Json write_nodes(const NodeSet& nodes);
Codec<std::optional<std::uint16_t>> one_node();
bool read_side(Reading& reading, const Json& json, PartitionSide& side);
Json write_side(const PartitionSide& side);
Json schema_selectors();

// The metrics that the caller's vocabulary has; nullptr: not this one.
const Vocabulary::Metric* metric_named(const Vocabulary& vocabulary, std::string_view name);
std::vector<std::string> metric_names(const Vocabulary& vocabulary);

// The name of something that was read before: a population, a room set ... or S03xx.
template <typename T>
bool known_name(Reading& reading, const Json& json, std::string_view code, std::string_view what,
                const std::vector<T>& things, std::string T::*name) {
  // What is named by the keys of an object is sorted, see named(), and may be long.
  constexpr bool sorted = !std::is_same_v<T, Traffic>;
  if constexpr (sorted) {
    if (std::ranges::binary_search(things, json.text, {}, name)) return true;
  } else {
    if (std::ranges::find(things, json.text, name) != things.end()) return true;
  }
  constexpr std::size_t kMostCompared = 1000;
  std::vector<std::string> known;
  for (const T& thing : things) {
    if (known.size() < kMostCompared) known.push_back(thing.*name);
  }
  const std::string list = known.empty() ? "there are none" : "known: " + joined(known);
  return reading.fail(json.place, std::string(code),
                      fmt::format("unknown {} {}; {}", what, in_quotes(json.text), list),
                      did_you_mean(json.text, known));
}

// ---- Across sections (load_check, load_faults, load_places, load_limits, lint: .cpp) ----------

void check_scenario(Reading& reading, const Json& root);
void check_faults(Reading& reading, const Json& root);
void check_places(Reading& reading, const Json& root);
void check_limits(Reading& reading, const Json& root);
void check_queues(Reading& reading, const Json& root);
void lint_scenario(Reading& reading, const Json& root);

}  // namespace squall::language
