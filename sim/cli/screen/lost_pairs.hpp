// Owed and lost pairs of finished runs, added up while others are played: for progress and for the
// live view. The share that reports state is a metric; see report/measure.
#pragma once

#include <cstdint>

#include "sim/record/run_record.hpp"

namespace squall {

struct LostPairs {
  std::uint64_t owed = 0, lost = 0;
  void add(const RunRecord& record) {
    for (const Cell& cell : record.cells) {
      owed += cell.owed;
      lost += cell.lost;
    }
  }
};

}  // namespace squall
