// What a page that watches is told: how far each strategy is, second by second.
//
// Of every strategy one run is shown: the latest under way, else the last that was finished, with
// the totals of all. Knows no socket; see watch_server.hpp. Thread-safe: the farm's threads write,
// the server's thread reads.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "sim/cli/screen/lost_pairs.hpp"
#include "sim/farm/farm.hpp"
#include "sim/record/glimpse.hpp"

namespace squall {

class WatchState {
 public:
  // The scenario that is played from now on, and the name of the engine.
  void begin(const Scenario& scenario, std::string engine, std::size_t reps);
  void finished(const FarmProgress& progress);
  void end();  // nothing more will be played

  // The same engine, but its runs show how far they are.
  PlayFunction watched(PlayFunction engine);

  // All of it, as one JSON object; runs under way are asked for a newer look.
  std::string text();

 private:
  struct Look final : Onlooker {
    Look(WatchState& state, std::size_t row, std::uint64_t seed)
        : state(state), row(row), seed(seed) {}
    void seen(const Glimpse& glimpse) override { state.seen(*this, glimpse); }
    WatchState& state;
    std::size_t row;
    std::uint64_t seed;
  };
  struct Row {
    std::string strategy;
    std::uint64_t seed = 0, done = 0;
    LostPairs pairs;  // of those that are done
    std::size_t under_way = 0;
    Glimpse shown;  // of the run of `seed`
  };

  void seen(const Look& look, const Glimpse& glimpse);

  std::mutex mutex_;
  std::string scenario_, engine_, faults_;  // the faults as JSON
  std::int64_t measure_ns_ = 0;
  std::size_t reps_ = 0;
  std::vector<Row> rows_;
  std::list<Look> looks_;
  bool over_ = false;
};

}  // namespace squall
