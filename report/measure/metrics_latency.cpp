// Metrics of latency: quantiles of merged histograms and the mean of each stage.
//
// One quantile definition: the ceil(q * n)-th smallest sample. For `obliged`, n counts every owed
// pair that was not excused, so a lost pair pushes the quantile towards infinity.
#include <limits>

#include "report/measure/metric_values.hpp"

namespace squall::metric {

std::uint64_t rank_of(Quantile quantile, std::uint64_t samples) {
  const auto product = static_cast<unsigned __int128>(quantile) * samples;
  const auto rank = static_cast<std::uint64_t>((product + kWhole - 1) / kWhole);
  return rank == 0 ? 1 : rank;
}

Value quantile_with_missing(const Histogram& seen, std::uint64_t missing, Quantile quantile) {
  const std::uint64_t samples = seen.count() + missing;
  if (samples == 0) return std::nullopt;
  const std::uint64_t rank = rank_of(quantile, samples);
  if (rank > seen.count()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(seen.at_rank(rank));
}

Value obliged(const Question& question, Quantile quantile) {
  const std::uint64_t owed = sum(question, &Cell::owed);
  const std::uint64_t excused = sum(question, &Cell::excused);
  const Histogram delivered = merged(question, &Cell::latency);
  const std::uint64_t obliged_pairs = owed > excused ? owed - excused : 0;
  const std::uint64_t missing =
      obliged_pairs > delivered.count() ? obliged_pairs - delivered.count() : 0;
  return quantile_with_missing(delivered, missing, quantile);
}

Value quantile(const Question& question, CellHistogram field, Quantile quantile) {
  return quantile_with_missing(merged(question, field), 0, quantile);
}

Value stage_mean(const Question& question, Stage stage) {
  const std::uint64_t delivered = delivered_pairs(question);
  if (delivered == 0) return std::nullopt;
  return static_cast<double>(stage_sum(question, stage)) / static_cast<double>(delivered);
}

}  // namespace squall::metric
