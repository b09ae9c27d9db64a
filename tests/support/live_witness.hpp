// A live run that was played in time: what a busy machine makes of the others is no evidence.
// Plays again a few times; says so when none was in time.
#pragma once

#include <iostream>

#include "sim/live/run/engine.hpp"

namespace squall::testing {

// A machine that has other things to do comes seconds late, and then clients are offline when the
// plan says they speak. Such a run is no witness: it is played again, and says so.
template <typename Play>
RunRecord in_time(Play play, bool (*served)(const RunRecord&)) {
  constexpr std::int64_t kMuchTooLate = 100'000'000;  // ns
  RunRecord run;
  for (int attempt = 1; attempt <= 3; ++attempt) {
    run = play();
    const std::int64_t late = run.live.lateness.quantile(0.99);
    if (late < kMuchTooLate && served(run)) break;
    std::cout << "attempt " << attempt << " was late by " << late / 1'000'000 << " ms (p99), and "
              << run.live.owed << " pairs were owed\n";
  }
  return run;
}

inline RunRecord play_in_time(const Scenario& scenario, const StrategySpec& spec,
                              const live::LiveOptions& options, std::uint64_t seed = 1) {
  return in_time([&] { return live::play(scenario, spec, seed, options); },
                 [](const RunRecord&) { return true; });
}

// On one loop, so that several runs at once do not fight for the machine.
inline RunRecord lived(const Scenario& scenario, const StrategySpec& spec,
                       live::LiveOptions options = {}) {
  options.loops = 1;
  return play_in_time(scenario, spec, options);
}

}  // namespace squall::testing
