// Random storms: small clusters, random faults, everybody plays. The books of every run must
// balance, whatever happens to whom, and whatever is lost is somebody's fault unless the design
// itself loses it: this looks for what nobody thought of planting.
//
// Storms are numbered and always the same; a failure prints the smallest scenario it finds.
#include <gtest/gtest.h>

#include <string>

#include "sim/kernel/engine.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/presets.hpp"
#include "tests/planted/storms.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kStorms = 40;

// What is wrong after this storm; empty when nothing is.
std::string trouble(const Json& storm, const StrategySpec& spec, const PlayOptions& options = {}) {
  const auto scenario = loaded_storm(storm);
  if (!scenario) return {};
  const RunRecord record = play(*scenario, spec, 1, options);
  std::string text;
  for (const Violation& violation : record.violations) {
    text += spec.name + ": " + violation.law + ": " + violation.detail + "\n";
  }
  if (text.empty() && !complete(record)) text = spec.name + ": not complete\n";
  // Not all that hardened forms lose has somebody to blame yet: a first welcome that waits for its
  // topics, a client that was sought again and had moved on.
  const PresetRow* const preset = preset_named(spec.name);
  if (preset != nullptr && preset->hardened) return text;
  const bool lonely = backplane_named(spec.backplane)->reach == Reach::own_node;
  for (const LossRow& loss : record.losses) {
    // Without a backplane what a fault ended on the way may have had no way to its recipient.
    const std::string_view family = row(loss.mechanism).family;
    const bool by_design = lonely && (family == "node" || family == "uplink");
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
    ASSERT_TRUE(loaded_storm(storm)) << storm.dump(2);
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
}  // namespace squall::testing
