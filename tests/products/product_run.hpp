// What the tests of attach share: the small scenario, the strategy, and the account of a run.
// Starts nothing; the servers are those of product_cluster.hpp.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sim/live/attach/attach.hpp"
#include "tests/support/balanced.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {

inline Scenario product_scenario(std::size_t nodes, std::vector<Override> overrides = {}) {
  std::ifstream file(source_path("tests/products/attach.json"));
  overrides.push_back({"/cluster/nodes/count", std::to_string(nodes)});
  return loaded({std::istreambuf_iterator<char>(file), {}}, overrides);
}

inline const StrategySpec& foreign_spec() {
  static const StrategySpec kSpec = [] {
    add_backplane(live::foreign_row());
    StrategySpec spec;
    spec.name = "foreign";
    spec.backplane = "foreign";
    return spec;
  }();
  return kSpec;
}

// Servers of others share the machine, too: whom they let in when half of it was over, and what
// they say later than anybody waits, is no evidence either.
inline bool others_served_in_time(const RunRecord& run) {
  constexpr std::int64_t kMuchTooSlow = 1'500'000'000;  // ns, half of the drain
  constexpr std::uint64_t kAllOfThem = 500;           // pairs: owed when everybody is there
  Samples heard;
  for (const Cell& cell : run.cells) heard.merge(cell.latency);
  return run.live.owed > kAllOfThem && heard.count() > 0 && heard.quantile(0.99) < kMuchTooSlow;
}

inline RunRecord attach_in_time(const Scenario& scenario, const StrategySpec& spec,
                                const live::AttachOptions& attached) {
  return in_time([&] { return live::attach(scenario, spec, 1, {}, attached); },
                 others_served_in_time);
}

inline double mean(const Samples& samples) {
  double sum = 0, count = 0;
  for (const Histogram::Bucket& bucket : samples.buckets()) {
    sum += static_cast<double>(bucket.low) * static_cast<double>(bucket.count);
    count += static_cast<double>(bucket.count);
  }
  return count > 0 ? sum / count : 0;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace squall::testing
