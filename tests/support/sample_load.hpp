// The sample result with nodes that push frames, one of them twice as many as the other.
//
// Only charts look at the load of single nodes; everything else is sample_result.hpp.
#pragma once

#include "tests/support/sample_result.hpp"

namespace squall::sample {

inline Result loaded_result() {
  auto all = records();
  for (std::vector<RunRecord>& runs : all) {
    for (RunRecord& run : runs) {
      run.node_rows[0].pushes = testing::counted(2000);
      run.node_rows[1].pushes = testing::counted(1000);
    }
  }
  return make_result(scenario(), strategies(), seeds(), all);
}

}  // namespace squall::sample
