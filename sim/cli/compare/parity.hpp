// The two engines side by side: where they agree about one scenario, and where not.
//
// Pure: two results in, judgement and text out. Owed pairs, losses, their cause and the bytes must
// agree within the tolerance that stands here; latency is shown with its error and not judged, as
// a live run shares its processors with its own clients.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

// How far apart the engines may be.
inline constexpr double kLossTolerance = 0.01;   // of the owed pairs; or the joint 95 % interval
inline constexpr double kBytesTolerance = 0.02;  // of the simulator's
// Below this share of the owed pairs a loss is a handful of pairs, and its main cause is chance.
inline constexpr double kCauseMatters = 0.001;

// One number as each engine has it.
struct BothSides {
  double simulated = 0, live = 0;
  double error() const;  // live / simulated - 1; 0 when both are 0, infinite when one is
};

struct ParityRow {
  std::string strategy;
  BothSides owed, loss;          // pairs; a share of them
  double grey = 0;               // pairs that the live engine left out: owed, or not yet
  double loss_interval = 0;      // half of the 95 % interval of the difference; 0: too few seeds
  BothSides without_structural;  // the same share, of what is not structural
  std::string cause_simulated, cause_live;
  BothSides client_bytes, cluster_bytes;
  BothSides p50, p99;  // ns, of delivered pairs
  bool owed_agrees = true, loss_agrees = true, cause_agrees = true, bytes_agree = true;
  bool agrees() const { return owed_agrees && loss_agrees && cause_agrees && bytes_agree; }
  std::string owed_text() const;  // "5087", or "5087 / 5086+1" with the grey ones
  std::string misses() const;  // what does not agree, with the numbers; empty: all does
};

// One strategy of both.
ParityRow compare_strategies_of(const StrategyResult& simulated, const StrategyResult& live);

struct Parity {
  std::vector<ParityRow> rows;
  std::string text;  // a table, and a line for each disagreement
  bool agrees = true;
  std::string where;  // the first disagreement, in one sentence
};
Parity compare_engines(const Result& simulated, const Result& live);

}  // namespace squall
