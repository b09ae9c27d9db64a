// What the finished seeds of one strategy say so far: the columns of the comparison that are shown
// from the first seed on, and grow finer with each.
//
// The last state is what the table of the result says; intervals and notes are left to it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/measure/comparison_columns.hpp"
#include "report/measure/metrics.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

class SoFar {
 public:
  SoFar();
  void add(const RunRecord& record);
  // In the order of so_far_titles(); "-" where there is no data, or too little for a quantile.
  std::vector<std::string> cells(TimeUnit unit, const Glyphs& glyphs) const;

 private:
  struct Figure {
    const ColumnRow* column = nullptr;
    const MetricRow* metric = nullptr;
    double sum = 0;  // of what is no quantile
    std::size_t runs = 0;
    Spread spread;  // of a quantile: all samples together
  };
  std::vector<Figure> figures_;
};

// "lost %", "latency ms p50", ...
std::vector<std::string> so_far_titles(TimeUnit unit, const Glyphs& glyphs);

}  // namespace squall
