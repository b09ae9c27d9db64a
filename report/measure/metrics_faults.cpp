// What faults cost, in time of all traffic: the pairs billed to a fault over the pairs that are
// owed in a second. Unlike a share of all pairs it does not shrink when measure grows. And whom
// they throw out, and whether these come back.
//
// Billed is what the trigger of a loss says, not what was born while the fault lasted.
#include <algorithm>

#include "report/measure/metric_values.hpp"

namespace squall::metric {
namespace {

constexpr double kMillion = 1e6;
constexpr std::size_t kShortest = 10;  // seconds after the last fault, to tell a storm
constexpr double kFew = 0.01;          // of those connected before: out for other reasons
constexpr double kNoFewer = 0.95;      // of those out halfway are out at the end

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

// Endpoints connected at the start of a second; the last one that is known, beyond measure.
double connected(const Measures& run, std::size_t second) {
  return static_cast<double>(run.seconds[std::min(second, run.seconds.size() - 1)].connected);
}

std::size_t second_of(Time time, std::size_t seconds) {
  const std::int64_t at =
      std::clamp<std::int64_t>(time.count() / kSecond, 0, static_cast<std::int64_t>(seconds));
  return static_cast<std::size_t>(at);
}

}  // namespace

// A storm feeds itself when those who were thrown out do not become fewer although every fault is
// over: out at the end of measure are as many as halfway between there and the last fault's end.
Value storm_self_sustaining(const Question& question) {
  const Measures& run = question.run;
  Time first = kNever, over{0};
  std::uint64_t thrown_out = 0;
  for (const FaultRow& fault : run.faults) {
    if (!happened(run, fault)) continue;
    first = std::min(first, fault.begin);
    over = std::max(over, fault.end);
    thrown_out += fault.disconnects;
  }
  const std::size_t end = run.seconds.size();
  if (thrown_out == 0 || second_of(over, end) + kShortest > end) return std::nullopt;
  const std::size_t halfway = (second_of(over, end) + end) / 2;
  const double before = connected(run, second_of(first, end));
  const double out_then = before - connected(run, halfway);
  const double out_now = before - connected(run, end - 1);
  return out_now > kFew * before && out_now >= kNoFewer * out_then ? 1.0 : 0.0;
}

Value storm_stuck(const Question& question) {
  std::uint64_t thrown_out = 0, never = 0;
  for (std::size_t i = 0; i < question.run.faults.size(); ++i) {
    if (!selected(question.filter, i)) continue;
    thrown_out += question.run.faults[i].disconnects;
    never += question.run.faults[i].never_again;
  }
  if (thrown_out == 0) return std::nullopt;
  return static_cast<double>(never) / static_cast<double>(thrown_out);
}

Value blast_endpoints(const Question& question) {
  const Measures& run = question.run;
  Value widest;
  for (std::size_t i = 0; i < run.faults.size() && run.endpoints > 0; ++i) {
    if (!selected(question.filter, i) || !happened(run, run.faults[i])) continue;
    const double share = static_cast<double>(run.faults[i].endpoints_touched) / run.endpoints;
    widest = std::max(widest.value_or(0), share);
  }
  return widest;
}

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
