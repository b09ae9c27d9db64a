// Random storms: small clusters, random faults, everybody plays. The books of every run must
// balance, whatever happens to whom, and whatever is lost is somebody's fault unless the design
// itself loses it: this looks for what nobody thought of planting.
//
// Storms are numbered and always the same; a failure prints the smallest scenario it finds.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scenarios/model/load.hpp"
#include "scenarios/model/plan.hpp"
#include "sim/cli/vocabulary.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/core/rng.hpp"
#include "strategies/presets.hpp"

namespace squall {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kStorms = 40;
constexpr std::uint64_t kFaults = 6;  // tried per storm; those that contradict others are left out

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

Json random_cluster(Weather& weather, std::uint64_t nodes) {
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

Json random_people(Weather& weather) {
  return {{"user",
           {{"count", weather.roll(4, 40)},
            {"drop", weather.pick({"never", "exp(5s)", "exp(20s)"})},
            {"silent_drop", weather.pick({0, 0.5, 1})},
            {"stay", weather.pick({"never", "exp(8s)"})},
            {"away", "exp(4s)"},
            {"downlink", weather.pick({"20Mbit/s", "64kbit/s"})}}}};
}

Json random_client(Weather& weather) {
  return {{"heartbeat", {{"every", weather.pick({"25s", "3s"})}, {"timeout", "2s"}}},
          {"offline_send", weather.pick({"queue", "refuse"})},
          {"backoff",
           {{"kind", weather.pick({"full_jitter", "fixed", "decorrelated"})},
            {"first", weather.pick({"100ms", "4s"})}}}};
}

Json random_fault(Weather& weather, std::uint64_t nodes) {
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

const Vocabulary& vocabulary() {
  static const Vocabulary words = make_vocabulary();
  return words;
}

std::optional<Scenario> loaded(const Json& storm) {
  return load_scenario_text(storm.dump(2), "storm.json", {}, vocabulary()).scenario;
}

Json calm() {
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

Json random_storm(std::uint64_t number) {
  Weather weather(number);
  const std::uint64_t nodes = weather.roll(3, 5);
  Json storm = calm();
  storm["cluster"] = random_cluster(weather, nodes);
  storm["people"] = random_people(weather);
  storm["client"] = random_client(weather);
  Json& script = storm["script"];
  for (std::uint64_t i = 0; i < kFaults; ++i) {
    script.push_back(random_fault(weather, nodes));
    if (!loaded(storm)) script.erase(script.size() - 1);
  }
  return storm;
}

// What is wrong after this storm; empty when nothing is.
std::string trouble(const Json& storm, const StrategySpec& spec, const PlayOptions& options = {}) {
  const auto scenario = loaded(storm);
  if (!scenario) return {};
  const RunRecord record = play(*scenario, spec, 1, options);
  std::string text;
  for (const Violation& violation : record.violations) {
    text += spec.name + ": " + violation.law + ": " + violation.detail + "\n";
  }
  if (text.empty() && !complete(record)) text = spec.name + ": not complete\n";
  for (const LossRow& loss : record.losses) {
    const bool by_design =
        loss.mechanism == Mechanism::wrong_node || loss.mechanism == Mechanism::split_room;
    if (loss.trigger != kStructural || by_design) continue;
    text += spec.name + ": nobody to blame for " + std::string(row(loss.mechanism).name) + "\n";
  }
  return text;
}

// Without the faults that the trouble does not need.
Json shrunk(Json storm, const StrategySpec& spec, const PlayOptions& options = {}) {
  for (std::size_t i = 0; i < storm["script"].size();) {
    Json less = storm;
    less["script"].erase(i);
    if (trouble(less, spec, options).empty())
      ++i;
    else
      storm = less;
  }
  return storm;
}

TEST(Storm, leaves_balanced_books_and_no_loss_without_blame) {
  for (std::uint64_t number = 1; number <= kStorms; ++number) {
    const Json storm = random_storm(number);
    ASSERT_TRUE(loaded(storm)) << storm.dump(2);
    for (const PresetRow& preset : presets()) {
      const std::string found = trouble(storm, preset.spec);
      ASSERT_TRUE(found.empty()) << "storm " << number << "\n"
                                 << found << shrunk(storm, preset.spec).dump(2);
    }
  }
}

TEST(Storm, finds_a_swallowed_report_and_the_one_fault_that_shows_it) {
  Json storm = calm();
  const Json to_find{{"at", "8s"}, {"do", "broker_down"}, {"for", "2s"}};
  storm["script"] = {{{"at", "2s"}, {"do", "registry_down"}, {"for", "2s"}},
                     to_find,
                     {{"at", "12s"}, {"do", "pause"}, {"on", "n1"}, {"for", "1s"}}};
  const StrategySpec& broadcast = preset_named("broadcast")->spec;
  PlayOptions deaf;
  deaf.mute = Mechanism::publish_failed;

  EXPECT_EQ(trouble(storm, broadcast), "");
  EXPECT_NE(trouble(storm, broadcast, deaf), "");
  EXPECT_EQ(shrunk(storm, broadcast, deaf)["script"], Json::array({to_find}));
}

}  // namespace
}  // namespace squall
