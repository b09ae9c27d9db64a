// Random storms: small clusters, random faults, everybody plays. The books of every run must
// balance, whatever happens to whom, and whatever is lost is somebody's fault unless the design
// itself loses it: this looks for what nobody thought of planting.
//
// Storms are numbered and always the same; a failure prints the smallest scenario it finds.
#include <gtest/gtest.h>

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

constexpr std::uint64_t kStorms = 60;
constexpr std::uint64_t kFaults = 6;  // tried per storm; those that contradict others are left out

// A scenario in parts, so that parts can be left out.
struct Storm {
  std::string cluster, people;
  std::vector<std::string> steps;

  std::string json() const {
    std::string script;
    for (const std::string& step : steps) script += (script.empty() ? "" : ",\n    ") + step;
    return "{ \"squall\": 1, \"name\": \"storm\",\n"
           "  \"time\": { \"warmup\": \"10s\", \"measure\": \"20s\", \"drain\": \"120s\" },\n"
           "  \"cluster\": " + cluster + ",\n" + people + ",\n"
           "  \"rooms\": { \"live\": { \"count\": 3, \"joined_per_user\": 2 } },\n"
           "  \"traffic\": [\n"
           "    { \"as\": \"chat\", \"from\": \"member\", \"to\": \"room:live\", \"rate\": \"20/s\","
           " \"size\": \"lognormal(300B,0.6)\" },\n"
           "    { \"as\": \"dm\", \"from\": \"any\", \"to\": \"user:online\", \"rate\": \"40/s\" } ],\n"
           "  \"script\": [\n    " + script + " ] }\n";
  }
};

class Weather {
 public:
  explicit Weather(std::uint64_t number) : rng_(number, Purpose{1000}, 0) {}

  std::uint64_t roll(std::uint64_t sides) { return below(rng_.at(drawn_++), sides); }
  const char* pick(std::initializer_list<const char*> words) {
    return words.begin()[roll(words.size())];
  }
  std::string number(std::uint64_t from, std::uint64_t to) {
    return std::to_string(from + roll(to - from + 1));
  }

 private:
  Rng rng_;
  std::uint64_t drawn_ = 0;
};

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string random_cluster(Weather& weather, std::uint64_t nodes) {
  return "{ \"nodes\": { \"count\": " + std::to_string(nodes) + ", \"loops\": " +
         weather.number(1, 2) + ", \"work_queue\": " + weather.pick({"0", "0", "3"}) +
         ",\n      \"egress_queue\": { \"limit\": " + quoted(weather.pick({"256KiB", "600B"})) +
         ", \"on_full\": " + quoted(weather.pick({"disconnect", "drop_newest"})) + " } },\n" +
         "    \"lb\": { \"policy\": " +
         quoted(weather.pick({"random", "least_conn", "round_robin", "p2c"})) +
         ", \"propagation\": " + quoted(weather.pick({"0s", "2s"})) + " },\n" +
         "    \"broker\": { \"publisher_buffer\": " + quoted(weather.pick({"0B", "2000B", "1MB"})) +
         ", \"output_hard\": " + quoted(weather.pick({"32MiB", "4000B"})) + " },\n" +
         "    \"registry\": { \"lease\": " + quoted(weather.pick({"60s", "30s"})) + " },\n" +
         "    \"net\": { \"node_registry\": " + quoted(weather.pick({"300us", "400ms"})) +
         ", \"node_broker\": " + quoted(weather.pick({"300us", "400ms"})) +
         ", \"node_node\": " + quoted(weather.pick({"300us", "400ms"})) +
         ", \"peer_queue\": " + quoted(weather.pick({"16MiB", "2000B"})) + " } }";
}

std::string random_people(Weather& weather) {
  return "  \"people\": { \"user\": { \"count\": " + weather.number(4, 40) +
         ", \"drop\": " + quoted(weather.pick({"never", "exp(5s)", "exp(20s)"})) +
         ", \"silent_drop\": " + weather.pick({"0", "0.5", "1"}) +
         ",\n      \"stay\": " + quoted(weather.pick({"never", "exp(8s)"})) +
         ", \"away\": \"exp(4s)\", \"downlink\": " +
         quoted(weather.pick({"20Mbit/s", "64kbit/s"})) + " } },\n" +
         "  \"client\": { \"heartbeat\": { \"every\": " + quoted(weather.pick({"25s", "3s"})) +
         ", \"timeout\": \"2s\" }, \"offline_send\": " +
         quoted(weather.pick({"queue", "refuse"})) + ",\n      \"backoff\": { \"kind\": " +
         quoted(weather.pick({"full_jitter", "fixed", "decorrelated"})) + ", \"first\": " +
         quoted(weather.pick({"100ms", "4s"})) + " } }";
}

std::string random_fault(Weather& weather, std::uint64_t nodes) {
  const std::string node = quoted("n" + weather.number(1, nodes));
  const std::string at = "{ \"at\": " + quoted(weather.number(0, 18000) + "ms") + ", \"do\": ";
  const std::string lasts = ", \"for\": " + quoted(weather.number(1, 9000) + "ms") + " }";
  switch (weather.roll(9)) {
    case 0: return at + "\"crash\", \"on\": " + node + lasts;
    case 1: return at + "\"host_loss\", \"on\": " + node + lasts;
    case 2: return at + "\"pause\", \"on\": " + node + lasts;
    case 3: return at + "\"drain\", \"on\": " + node + lasts;
    case 4: return at + "\"broker_down\"" + lasts;
    case 5: return at + "\"registry_down\"" + lasts;
    case 6:
      return at + "\"partition\", \"between\": [" + node + ", " +
             weather.pick({"\"broker\"", "\"registry\"", "\"n1\"", "\"n2\""}) + "]" + lasts;
    case 7:
      return at + "\"disconnect\", \"on\": \"user\", \"share\": 0.5, \"how\": " +
             quoted(weather.pick({"close", "abort", "silent"})) + " }";
    default:
      return at + "\"rolling_restart\", \"on\": \"node[*]\", \"drain\": \"1s\", \"down\": \"1s\"," +
             " \"pause\": \"1s\" }";
  }
}

const Vocabulary& vocabulary() {
  static const Vocabulary words = make_vocabulary();
  return words;
}

std::optional<Scenario> loaded(const Storm& storm) {
  return load_scenario_text(storm.json(), "storm.json", {}, vocabulary()).scenario;
}

Storm random_storm(std::uint64_t number) {
  Weather weather(number);
  const std::uint64_t nodes = 3 + weather.roll(3);
  Storm storm{random_cluster(weather, nodes), random_people(weather), {}};
  for (std::uint64_t i = 0; i < kFaults; ++i) {
    storm.steps.push_back(random_fault(weather, nodes));
    if (!loaded(storm)) storm.steps.pop_back();
  }
  return storm;
}

// What is wrong after this storm; empty when nothing is.
std::string trouble(const Storm& storm, const StrategySpec& spec) {
  const auto scenario = loaded(storm);
  if (!scenario) return {};
  const RunRecord record = play(*scenario, spec, 1);
  std::string text;
  for (const Violation& violation : record.violations) {
    text += spec.name + ": " + violation.law + ": " + violation.detail + "\n";
  }
  if (text.empty() && !complete(record)) text = spec.name + ": not complete\n";
  for (const LossRow& loss : record.losses) {
    const bool by_design = loss.mechanism == Mechanism::wrong_node ||
                           loss.mechanism == Mechanism::split_room;
    if (loss.trigger != kStructural || by_design) continue;
    text += spec.name + ": nobody to blame for " + std::string(row(loss.mechanism).name) + "\n";
  }
  return text;
}

Storm shrunk(Storm storm, const StrategySpec& spec) {
  for (std::size_t i = 0; i < storm.steps.size();) {
    Storm less = storm;
    less.steps.erase(less.steps.begin() + static_cast<std::ptrdiff_t>(i));
    if (trouble(less, spec).empty()) ++i;
    else storm = less;
  }
  return storm;
}

TEST(Storm, leaves_balanced_books_and_no_loss_without_blame) {
  for (std::uint64_t number = 1; number <= kStorms; ++number) {
    const Storm storm = random_storm(number);
    ASSERT_TRUE(loaded(storm)) << storm.json();
    for (const PresetRow& preset : presets()) {
      const std::string found = trouble(storm, preset.spec);
      ASSERT_TRUE(found.empty()) << "storm " << number << "\n" << found
                                 << shrunk(storm, preset.spec).json();
    }
  }
}

}  // namespace
}  // namespace squall
