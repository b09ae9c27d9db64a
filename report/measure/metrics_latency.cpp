// Metrics of latency: quantiles of merged histograms and the mean of each stage.
//
// One quantile definition: the ceil(q * n)-th smallest sample. For `obliged`, n counts every owed
// pair that was not excused, so a lost pair pushes the quantile towards infinity.
#include <limits>

#include "report/measure/metric_values.hpp"

namespace squall {

void Spread::merge(const Spread& other) {
  seen.merge(other.seen);
  missing += other.missing;
  zero_when_empty = zero_when_empty || other.zero_when_empty;
}

std::optional<double> Spread::at(Quantile quantile) const {
  if (samples() == 0) return zero_when_empty ? std::optional<double>(0.0) : std::nullopt;
  const std::uint64_t rank = metric::rank_of(quantile, samples());
  if (rank > seen.count()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(seen.at_rank(rank));
}

}  // namespace squall

namespace squall::metric {

std::uint64_t rank_of(Quantile quantile, std::uint64_t samples) {
  const auto product = static_cast<unsigned __int128>(quantile) * samples;
  const auto rank = static_cast<std::uint64_t>((product + kWhole - 1) / kWhole);
  return rank == 0 ? 1 : rank;
}

MaybeSpread obliged(const Question& question) {
  const std::uint64_t owed = sum(question, &Cell::owed);
  const std::uint64_t excused = sum(question, &Cell::excused);
  Spread spread{merged(question, &Cell::latency), 0, false};
  const std::uint64_t obliged_pairs = owed > excused ? owed - excused : 0;
  const std::uint64_t delivered = spread.seen.count();
  spread.missing = obliged_pairs > delivered ? obliged_pairs - delivered : 0;
  return spread;
}

MaybeSpread spread(const Question& question, CellHistogram field) {
  return Spread{merged(question, field), 0, false};
}

Value stage_mean(const Question& question, Stage stage) {
  const std::uint64_t delivered = delivered_pairs(question);
  if (delivered == 0) return std::nullopt;
  return static_cast<double>(stage_sum(question, stage)) / static_cast<double>(delivered);
}

}  // namespace squall::metric
