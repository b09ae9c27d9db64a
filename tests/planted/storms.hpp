// Random storms: small clusters and populations, random faults. Numbered and always the same.
//
// For properties that hold whatever happens to whom: storm_property_test.cpp, heartbeats_test.cpp.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "scenarios/model/load.hpp"
#include "scenarios/model/plan.hpp"
#include "strategies/core/rng.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {

using Json = nlohmann::ordered_json;

inline constexpr std::uint64_t kFaults =
    6;  // tried per storm; those that contradict others are left out

// Draws in the order in which they stand in the text: members of a braced list are evaluated from
// left to right on every compiler.
class Weather {
 public:
  explicit Weather(std::uint64_t number) : rng_(number, Purpose{1000}, 0) {}

  std::uint64_t roll(std::uint64_t from, std::uint64_t to) {
    return from + below(rng_.at(drawn_++), to - from + 1);
  }
  Json pick(std::initializer_list<Json> choices) {
    return choices.begin()[roll(0, choices.size() - 1)];
  }
  std::string node(std::uint64_t nodes) { return "n" + std::to_string(roll(1, nodes)); }
  std::string time(std::uint64_t last) { return std::to_string(roll(1, last)) + "ms"; }

 private:
  Rng rng_;
  std::uint64_t drawn_ = 0;
};

inline Json random_cluster(Weather& weather, std::uint64_t nodes) {
  const Json egress_queue{{"limit", weather.pick({"256KiB", "600B"})},
                          {"on_full", weather.pick({"disconnect", "drop_newest"})}};
  return {
      {"nodes",
       {{"count", nodes},
        {"loops", weather.roll(1, 2)},
        {"work_queue", weather.pick({0, 0, 3})},
        {"egress_queue", egress_queue}}},
      {"lb",
       {{"policy", weather.pick({"random", "least_conn", "round_robin", "p2c"})},
        {"propagation", weather.pick({"0s", "2s"})}}},
      {"broker",
       {{"publisher_buffer", weather.pick({"0B", "2000B", "1MB"})},
        {"output_hard", weather.pick({"32MiB", "4000B"})}}},
      {"registry", {{"lease", weather.pick({"60s", "30s"})}}},
      {"net",
       {{"node_registry", weather.pick({"300us", "400ms"})},
        {"node_broker", weather.pick({"300us", "400ms"})},
        {"node_node", weather.pick({"300us", "400ms"})},
        {"peer_queue", weather.pick({"16MiB", "2000B"})}}},
  };
}

inline Json random_people(Weather& weather) {
  return {{"user",
           {{"count", weather.roll(4, 40)},
            {"drop", weather.pick({"never", "exp(5s)", "exp(20s)"})},
            {"silent_drop", weather.pick({0, 0.5, 1})},
            {"stay", weather.pick({"never", "exp(8s)"})},
            {"away", "exp(4s)"},
            {"downlink", weather.pick({"20Mbit/s", "64kbit/s"})}}}};
}

inline Json random_client(Weather& weather) {
  return {{"heartbeat", {{"every", weather.pick({"25s", "3s"})}, {"timeout", "2s"}}},
          {"offline_send", weather.pick({"queue", "refuse"})},
          {"backoff",
           {{"kind", weather.pick({"full_jitter", "fixed", "decorrelated"})},
            {"first", weather.pick({"100ms", "4s"})}}}};
}

inline Json random_fault(Weather& weather, std::uint64_t nodes) {
  const std::string node = weather.node(nodes);
  const std::string verb =
      weather.pick({"crash", "host_loss", "pause", "drain", "broker_down", "registry_down",
                    "partition", "disconnect", "rolling_restart"});
  Json step{{"at", weather.time(18000)}, {"do", verb}};
  if (verb == "disconnect") {
    step.update(
        {{"on", "user"}, {"share", 0.5}, {"how", weather.pick({"close", "abort", "silent"})}});
  } else if (verb == "rolling_restart") {
    step.update({{"on", "node[*]"}, {"drain", "1s"}, {"down", "1s"}, {"pause", "1s"}});
  } else {
    step["for"] = weather.time(9000);
    if (verb == "partition") {
      step["between"] = Json::array({node, weather.pick({"broker", "registry", "n1", "n2"})});
    } else if (verb != "broker_down" && verb != "registry_down") {
      step["on"] = node;
    }
  }
  return step;
}

inline std::optional<Scenario> loaded_storm(const Json& storm) {
  return load_scenario_text(storm.dump(2), "storm.json", {}, vocabulary()).scenario;
}

inline Json calm() {
  return {
      {"squall", 1},
      {"name", "storm"},
      {"time", {{"warmup", "10s"}, {"measure", "20s"}, {"drain", "120s"}}},
      {"cluster", {{"nodes", {{"count", 3}}}}},
      {"people", {{"user", {{"count", 20}}}}},
      {"client", Json::object()},
      {"rooms", {{"live", {{"count", 3}, {"joined_per_user", 2}}}}},
      {"traffic",
       {{{"as", "chat"}, {"from", "member"}, {"to", "room:live"}, {"rate", "20/s"}},
        {{"as", "dm"}, {"to", "user:online"}, {"rate", "40/s"}, {"size", "lognormal(300B,0.6)"}}}},
      {"script", Json::array()}};
}

inline Json random_storm(std::uint64_t number) {
  Weather weather(number);
  const std::uint64_t nodes = weather.roll(3, 5);
  Json storm = calm();
  storm["cluster"] = random_cluster(weather, nodes);
  storm["people"] = random_people(weather);
  storm["client"] = random_client(weather);
  Json& script = storm["script"];
  for (std::uint64_t i = 0; i < kFaults; ++i) {
    script.push_back(random_fault(weather, nodes));
    if (!loaded_storm(storm)) script.erase(script.size() - 1);
  }
  return storm;
}

// Nobody's luck: everybody moves, and once more before the tables know of the first time.
inline std::string moves_twice() {
  return scenario_with(R"(
    "time": {"warmup": "10s", "measure": "10s", "drain": "60s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "random"}},
    "people": {"user": {"count": 5}}, "rooms": {"live": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:live", "rate": "10/s"}],
    "script": [{"at": "6s", "do": "disconnect", "on": "user"},
               {"at": "6800ms", "do": "disconnect", "on": "user"}])");
}

}  // namespace squall::testing
