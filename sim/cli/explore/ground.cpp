// Fewer words, then fewer of everything: each step is kept only when the loader takes it.
// See ground.hpp.
#include "sim/cli/explore/ground.hpp"

#include <algorithm>
#include <functional>

#include "scenarios/model/grammar.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::explore {
namespace {

constexpr std::uint64_t kNodes = 3;   // one to fail, one to go to, one to be somewhere else
constexpr std::uint64_t kPeople = 6;  // of all populations together
constexpr std::uint64_t kRooms = 2;   // of each set
constexpr std::int64_t kRate = 2'000'000'000;  // messages of a class, in 10^9 s
constexpr Duration kWarmupTime = 10s;
constexpr Duration kMeasureTime = 60s;
constexpr Duration kDrainTime = 90s;

// Without a key or an entry, as long as `same` says so: whole parts first, then what is in them.
void leave_out(Json& part, const std::function<bool()>& same) {
  if (part.is_object()) {
    std::vector<std::string> keys;
    for (const auto& [key, inner] : part.items()) keys.push_back(key);
    for (const std::string& key : keys) {
      const Json kept = part;
      part.erase(key);
      if (same()) continue;
      part = kept;
      leave_out(part[key], same);
    }
  } else if (part.is_array()) {
    for (Json& item : part) {
      if (item.is_structured()) leave_out(item, same);
    }
  }
}

std::string shorter(const std::string& written, Duration most) {
  const auto parsed = language::parse_duration(written);
  return parsed.value && *parsed.value > most ? language::format_duration(most) : written;
}

// A section that stands there, or an empty one: it may have held defaults only.
Json& section(Json& holder, const std::string& key) {
  Json& inner = holder[key];
  if (inner.is_null()) inner = Json::object();
  return inner;
}

void fewer(Json& holder, const std::string& key, std::uint64_t most) {
  if (holder.value(key, most + 1) > most) holder[key] = most;
}

// ---- One way of being smaller each --------------------------------------------------------------

void short_phases(Json& scenario) {
  Json& time = section(scenario, "time");
  time["warmup"] = shorter(time.value("warmup", "30s"), kWarmupTime);
  time["measure"] = shorter(time.value("measure", "60s"), kMeasureTime);
  time["drain"] = language::format_duration(kDrainTime);  // whoever waits longest comes back in it
}

void few_nodes(Json& scenario) {
  Json& nodes = section(section(scenario, "cluster"), "nodes");
  fewer(nodes, "count", kNodes);
  nodes.erase("running");
  if (nodes.contains("loops")) nodes["loops"] = 1;
}

void few_people(Json& scenario) {
  if (!scenario.contains("people") || scenario["people"].empty()) return;
  const std::uint64_t each = std::max<std::uint64_t>(2, kPeople / scenario["people"].size());
  for (auto& [name, population] : scenario["people"].items()) fewer(population, "count", each);
}

void few_rooms(Json& scenario) {
  if (!scenario.contains("rooms")) return;
  for (auto& [name, set] : scenario["rooms"].items()) {
    set.erase("sizes");
    fewer(set, "count", kRooms);
    if (set.contains("joined_per_user")) fewer(set, "joined_per_user", set["count"]);
  }
}

void few_messages(Json& scenario) {
  if (!scenario.contains("traffic")) return;
  for (Json& one : scenario["traffic"]) {
    const auto rate = language::parse_rate_nano(one.value("rate", ""));
    if (rate.value && *rate.value > kRate) one["rate"] = language::format_rate_nano(kRate);
  }
}

// Steps that name nodes or times which are no more.
void without_what_is_refused(Json& scenario, const Vocabulary& vocabulary) {
  while (scenario.contains("script") && !scenario["script"].empty()) {
    const LoadResult result = load(scenario, vocabulary);
    if (result.scenario) return;
    const auto step = std::ranges::find_if(result.problems, [](const Problem& problem) {
      return problem.severity == Severity::error && problem.pointer.starts_with("/script/");
    });
    if (step == result.problems.end()) return;
    const std::size_t number = std::stoul(step->pointer.substr(8));
    if (number >= scenario["script"].size()) return;
    scenario["script"].erase(number);
  }
}

Json made_small(Json scenario, const Vocabulary& vocabulary) {
  using Step = void (*)(Json&);
  for (const Step step : {short_phases, few_nodes, few_people, few_rooms, few_messages}) {
    Json smaller = scenario;
    step(smaller);
    without_what_is_refused(smaller, vocabulary);
    if (load(smaller, vocabulary).scenario) scenario = std::move(smaller);
  }
  return scenario;
}

}  // namespace

LoadResult load(const Json& scenario, const Vocabulary& vocabulary) {
  return load_scenario_text(scenario.dump(), "explored.json", {}, vocabulary);
}

Json without_defaults(Json scenario, const Vocabulary& vocabulary) {
  const LoadResult whole = load(scenario, vocabulary);
  if (!whole.scenario) return scenario;
  const std::string& resolved = whole.scenario->resolved_json;
  scenario = Json::parse(resolved, nullptr, false);
  const auto same = [&] {
    const LoadResult result = load(scenario, vocabulary);
    return result.scenario && result.scenario->resolved_json == resolved;
  };
  if (scenario.contains("strategies")) {
    for (Json& strategy : scenario["strategies"]) {
      const Json kept = strategy;
      strategy = strategy.value("as", "");
      if (!same()) strategy = kept;
    }
  }
  leave_out(scenario, same);
  return scenario;
}

std::optional<Ground> ground_of(const Scenario& scenario, const Json& expectations,
                                const Vocabulary& vocabulary, std::vector<Problem>& problems) {
  Ground ground;
  ground.scenario = Json::parse(scenario.resolved_json, nullptr, false);
  for (const char* other : {"expect", "gates", "prices"}) ground.scenario.erase(other);
  ground.scenario = without_defaults(std::move(ground.scenario), vocabulary);
  ground.scenario["expect"] = expectations;
  LoadResult whole = load(ground.scenario, vocabulary);
  if (!whole.scenario) {
    problems = std::move(whole.problems);
    return std::nullopt;
  }
  ground.scenario = made_small(std::move(ground.scenario), vocabulary);
  const Scenario small = *load(ground.scenario, vocabulary).scenario;
  ground.nodes = small.cluster.nodes.count;
  ground.measure_ms = static_cast<std::uint64_t>(small.time.measure / 1ms);
  const BackplaneNeeds& needs = backplane_named(small.strategies.front().backplane)->needs;
  ground.broker = needs.broker, ground.registry = needs.registry, ground.peers = needs.peers;
  for (const Population& one : small.people) ground.populations.push_back(one.name);
  for (const ScriptedClient& one : small.clients) ground.individuals.push_back(one.name);
  for (const Traffic& one : small.traffic) ground.classes.push_back(one.name);
  return ground;
}

}  // namespace squall::explore
