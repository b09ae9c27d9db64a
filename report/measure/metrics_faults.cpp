// What faults cost, in time of all traffic: the pairs billed to a fault over the pairs that are
// owed in a second. Unlike a share of all pairs it does not shrink when measure grows.
//
// Billed is what the trigger of a loss says, not what was born while the fault lasted.
#include "report/measure/metric_values.hpp"

namespace squall::metric {
namespace {

constexpr double kMillion = 1e6;

// ns of traffic a pair is worth. Empty when nothing is owed.
Value worth_of_a_pair(const Measures& run) {
  const std::uint64_t owed = sum({run, Filter{}}, &Cell::owed);
  if (owed == 0) return std::nullopt;
  return static_cast<double>(run.measure.count()) / static_cast<double>(owed);
}

// A fault after measure can have cost nothing, and is no event of this run.
bool happened(const Measures& run, const FaultRow& fault) {
  return fault.begin < run.measure && fault.end >= Time{0};
}

bool selected(const Filter& filter, std::size_t fault) {
  if (filter.during && *filter.during != fault) return false;
  return !(filter.outside && *filter.outside == fault);
}

}  // namespace

Value loss_per_event(const Question& question) {
  const Value worth = worth_of_a_pair(question.run);
  std::uint64_t events = 0, pairs = 0;
  for (std::size_t i = 0; i < question.run.faults.size(); ++i) {
    const FaultRow& fault = question.run.faults[i];
    if (!selected(question.filter, i) || !happened(question.run, fault)) continue;
    ++events;
    pairs += fault.pairs_lost;
  }
  if (!worth || events == 0) return std::nullopt;
  return static_cast<double>(pairs) * *worth / static_cast<double>(events);
}

Value loss_per_day(const Question& question) {
  const Value worth = worth_of_a_pair(question.run);
  double a_day = 0;
  bool said = false;
  for (const FaultRow& fault : question.run.faults) {
    if (fault.per_day_micro == 0 || !happened(question.run, fault)) continue;
    said = true;
    a_day += static_cast<double>(fault.pairs_lost) * (fault.per_day_micro / kMillion);
  }
  if (!worth || !said) return std::nullopt;
  return a_day * *worth;
}

}  // namespace squall::metric
