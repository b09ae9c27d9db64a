// A witness is told what the books are told: pair by pair it comes to the same sums, under every
// preset and with faults, and the run is the same without it.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/play.hpp"
#include "tests/support/sights.hpp"

namespace squall::testing {
namespace {

Scenario something_of_everything() {
  return loaded(R"json({"squall": 1, "name": "troubled", "why": "Something of everything.",
    "time": {"warmup": "3s", "measure": "20s", "drain": "1m"},
    "cluster": {"nodes": {"count": 4}},
    "people": {"user": {"count": 80, "drop": "exp(15s)", "arrive": "uniform(0s,1s)"}},
    "rooms": {"room": {"count": 12, "popularity": "uniform"}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "20/s"},
                {"as": "dm", "to": "user:online", "rate": "20/s"}],
    "script": [{"at": "4s", "do": "crash", "on": "n2", "for": "3s"},
               {"at": "9s", "do": "partition", "between": ["n1", "n3"], "for": "5s"},
               {"at": "12s", "do": "broker_down", "for": "2s"},
               {"at": "15s", "do": "rolling_restart", "on": ["n3", "n4"], "drain": "500ms",
                "down": "1s"}]})json");
}

TEST(Witness, ComesToTheSumsOfTheLedgerUnderEveryPreset) {
  const Scenario scenario = something_of_everything();
  for (const PresetRow& preset : presets()) {
    SCOPED_TRACE(preset.spec.name);
    Sights seen;
    PlayOptions options;
    options.witness = &seen;

    const RunRecord run = play(scenario, preset.spec, 1, options);

    EXPECT_TRUE(complete(run));
    EXPECT_GT(totals(run).lost, 0U);
    expect_sights_of(run, seen);
    EXPECT_EQ(run.fingerprint, play(scenario, preset.spec, 1).fingerprint);
  }
}

TEST(Witness, IsToldOfEachHop) {
  const auto counts_of = [](const char* name) {
    Sights seen;
    PlayOptions options;
    options.witness = &seen;
    const RunRecord run = play(something_of_everything(), strategy(name), 1, options);
    EXPECT_TRUE(complete(run));
    return seen.counts;
  };

  auto broadcast = counts_of("broadcast");
  EXPECT_GT(broadcast[Sight::What::published], 0U);
  EXPECT_GT(broadcast[Sight::What::from_broker], broadcast[Sight::What::published]);
  EXPECT_EQ(broadcast[Sight::What::forwarded], 0U);
  auto routed = counts_of("routed");
  EXPECT_EQ(routed[Sight::What::published], 0U);
  EXPECT_GT(routed[Sight::What::forwarded], 0U);
  EXPECT_LE(routed[Sight::What::from_peer], routed[Sight::What::forwarded]);
}

TEST(Witness, HasAWordForEverySightAndRule) {
  std::set<std::string_view> words;
  for (int what = 0; what <= static_cast<int>(Sight::What::lost); ++what) {
    EXPECT_TRUE(words.insert(name(static_cast<Sight::What>(what))).second) << what;
  }
  for (int rule = 0; rule <= static_cast<int>(Rule::unexplained); ++rule) {
    EXPECT_TRUE(words.insert(name(static_cast<Rule>(rule))).second) << rule;
  }
  EXPECT_FALSE(words.contains(""));
}

}  // namespace
}  // namespace squall::testing
