// Designs with one mistake each, as somebody might write them: what `squall explore` is for. On a
// quiet day all of them deliver everything; tests/explore/mutants_test.cpp says so.
//
// The mistakes are in tests/backplanes/mistakes.hpp. A row of the table says with which property
// and which kinds of faults the mistake is sought, and what the sound design is: there the same
// search finds nothing. Some mistakes are settings.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "sim/cli/explore/property.hpp"
#include "sim/cli/explore/search.hpp"
#include "tests/backplanes/bodies.hpp"
#include "tests/backplanes/late_interest.hpp"
#include "tests/backplanes/mistakes.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {

struct Mutant {
  const char* name;   // its backplane, unless the mistake is a setting
  const char* sound;  // the backplane without it
  const char* with;   // both: more of the strategy, as JSON
  const char* property;
  explore::Verbs faults;               // that are tried: --faults
  const char* way;                     // what is found
  std::vector<Override> world = {};    // both
  std::vector<Override> mistake = {};  // a setting of the spoiled one
  // Ways that the sound design has, too: a broker that goes down takes what it holds. Then the
  // search is told which one is meant.
  bool told = false;
  bool quick = true;       // found in the first round
  std::uint64_t runs = 0;  // that it takes to find it, where a sample has fewer

  std::string strategy() const { return as_json(mistake.empty() ? name : sound); }
  std::string sound_strategy() const { return as_json(sound); }
  std::vector<Override> settings() const {
    std::vector<Override> all = world;
    all.insert(all.end(), mistake.begin(), mistake.end());
    return all;
  }

 private:
  std::string as_json(const std::string& backplane) const {
    return R"({"as": "m", "backplane": ")" + backplane + "\"" + with + "}";
  }
};

inline void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

// A row that does what another does, within the mistake.
template <Mistake mistake, const char* (*inner)()>
BackplaneRow spoiled(std::string_view name) {
  BackplaneRow row = *backplane_named(inner());
  row.name = name;
  row.meaning = "has one mistake";
  row.recovers = true;
  row.make = [](const StrategySpec& spec,
                const BackplaneContext& context) -> std::unique_ptr<Backplane> {
    return std::make_unique<Around>(make_backplane(*backplane_named(inner()), spec, context),
                                    mistake());
  };
  return row;
}

inline const char* routed_nack() { return "routed_nack"; }
inline const char* interest() { return "interest"; }
inline const char* broadcast() { return "broadcast"; }
inline const char* mesh() { return "mesh"; }

inline void add_mutants() {
  using namespace mistake;
  foreign(mesh_row());
  foreign(late_interest_row());
  foreign(spoiled<deletes_blindly, routed_nack>("deletes_blindly"));
  foreign(spoiled<writes_blindly, routed_nack>("writes_blindly"));
  foreign(spoiled<never_asks_again, routed_nack>("never_asks_again"));
  foreign(spoiled<asks_the_same_node_again, routed_nack>("asks_the_same_node_again"));
  foreign(spoiled<drops_instead<Return, Mechanism::route_stale>, routed_nack>("says_nothing"));
  foreign(spoiled<welcomes_at_once, interest>("welcomes_before_the_topic"));
  foreign(spoiled<subscribes_once, interest>("subscribes_once"));
  foreign(spoiled<lets_go_with_the_first, interest>("lets_go_with_the_first"));
  foreign(spoiled<is_deaf_while_draining, broadcast>("is_deaf_while_draining"));
  foreign(spoiled<replays_from_one_too_late, broadcast>("replays_from_one_too_late"));
  foreign(spoiled<never_does<Fetch>, broadcast>("never_asks_the_log"));
  foreign(spoiled<publishes_without_keeping, broadcast>("publishes_without_keeping"));
  foreign(spoiled<loses_what_comes_back, broadcast>("loses_what_comes_back"));
  foreign(spoiled<bears_a_grudge, mesh>("bears_a_grudge"));
}

// A node that was cut off from the broker catches up.
inline constexpr const char* kLogged =
    R"(, "resume": "2m", "resume_messages": 10000, "history": "broker", "offline_queue": 1000)";

inline const std::vector<Override> kPersistent{{"/cluster/broker/persistent", "true"}};

inline const std::vector<Mutant> kMutants = {
    {"deletes_blindly",
     "routed_nack",
     "",
     "no_silent_loss",
     {"disconnect"},
     "route_missing by disconnect"},
    {"writes_blindly",
     "routed_nack",
     "",
     "no_silent_loss",
     {"disconnect"},
     "route_missing by disconnect"},
    {"never_asks_again",
     "routed_nack",
     "",
     "no_silent_loss",
     {"disconnect"},
     "route_stale by disconnect"},
    {"asks_the_same_node_again",
     "routed_nack",
     "",
     "no_silent_loss",
     {"disconnect"},
     "route_stale by disconnect"},
    {"says_nothing",
     "routed_nack",
     "",
     "no_silent_loss",
     {"disconnect"},
     "route_stale by disconnect"},
    {"welcomes_before_the_topic",
     "interest",
     "",
     "no_silent_loss",
     {"disconnect", "slow"},
     "not_subscribed by disconnect",
     {},
     {},
     false,
     false,
     4000},
    {"subscribes_once",
     "interest",
     "",
     "no_silent_loss",
     {"disconnect"},
     "not_subscribed by disconnect"},
    {"lets_go_with_the_first",
     "interest",
     "",
     "no_silent_loss",
     {"disconnect"},
     "not_subscribed by disconnect"},
    {"late_interest",
     "interest",
     R"(, "admission_wait": false, "resume": "2m", "history": "broker", "outbox": 100)",
     "pairs.lost == 0",
     {"disconnect"},
     "pushed_to_ghost by disconnect"},
    {"is_deaf_while_draining",
     "broadcast",
     "",
     "no_silent_loss",
     {"drain"},
     "not_subscribed by structural"},
    {"replays_from_one_too_late",
     "broadcast",
     R"(, "resume": "2m", "outbox": 100)",
     "pairs.lost == 0",
     {"disconnect"},
     "pushed_to_ghost by disconnect"},
    {"never_asks_the_log",
     "broadcast",
     kLogged,
     "no_silent_loss",
     {"broker_down"},
     "not_subscribed by structural",
     kPersistent,
     {},
     true},
    {"publishes_without_keeping",
     "broadcast",
     kLogged,
     "no_silent_loss",
     {"broker_down"},
     "not_subscribed by broker_down",
     kPersistent,
     {},
     true},
    {"never_resubscribes",
     "broadcast",
     kLogged,
     "no_silent_loss",
     {"broker_down"},
     "publish_failed by broker_down",
     kPersistent,
     {{"/cluster/broker/never_returns", R"("subscriber")"}},
     true},
    {"forgets_too_soon_what_it_has",
     "broadcast",
     R"(, "connections": 2)",
     "no_duplicate_surfaced",
     {"pause"},
     "dup.surfaced",
     {},
     {{"/client/dedupe_window", R"("500ms")"}}},
    {"bears_a_grudge", "mesh", "", "no_silent_loss", {"crash"}, "peer_link_lost by structural"},
};

// What an exploration of either begins with: three nodes, six people, two rooms.
inline Scenario calm_scenario(const std::string& strategy, const std::vector<Override>& settings) {
  add_mutants();
  return loaded(scenario_with(R"("time": {"warmup": "10s", "measure": "60s", "drain": "90s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "random"}},
    "people": {"user": {"count": 6}}, "rooms": {"live": {"count": 2}},
    "client": {"heartbeat": {"every": "5s", "timeout": "3s"}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "2/s"},
                {"as": "chat", "from": "member", "to": "room:live", "rate": "2/s"}],
    "strategies": [)" + strategy +
                              "]"),
                settings);
}

inline explore::Exploration explored(const Scenario& scenario, const Mutant& mutant,
                                     explore::Limits limits) {
  limits.verbs = mutant.faults;
  if (mutant.told) limits.way = mutant.way;
  std::vector<Problem> problems;
  const auto ground = explore::ground_of(scenario, explore::expectations_of({mutant.property}),
                                         vocabulary(), problems);
  EXPECT_TRUE(ground) << render(problems, "");
  explore::Corpus corpus;
  return ground ? explore::explored(*ground, vocabulary(), limits, corpus) : explore::Exploration{};
}

}  // namespace squall::testing
