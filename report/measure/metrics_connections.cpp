// Metrics of connections, reachability and recovery.
//
// With `during`, disconnections are those billed to that fault; with `outside`, all others.
// Whoever was never ready again counts as infinitely late, like a lost pair does.
#include <algorithm>
#include <limits>

#include "report/measure/metric_values.hpp"

namespace squall::metric {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kCalmSeconds = 5;  // so many in a row are a recovery
constexpr double kTolerance = 0.001;     // loss above the calm before the first fault

struct Returns {
  std::uint64_t disconnects = 0;
  std::uint64_t never = 0;
  Histogram ready_again;
};

std::uint64_t minus(std::uint64_t whole, std::uint64_t part) {
  return whole > part ? whole - part : 0;
}

// `whole` without the samples of `part`, to the precision of a bucket.
Histogram without(const Histogram& whole, const Histogram& part) {
  const auto part_buckets = part.buckets();
  Histogram rest;
  auto next = part_buckets.begin();
  for (const Histogram::Bucket& bucket : whole.buckets()) {
    std::uint64_t gone = 0;
    for (; next != part_buckets.end() && next->low <= bucket.high; ++next) gone += next->count;
    const std::uint64_t left = minus(bucket.count, gone);
    if (left > 0) rest.record(std::min(bucket.high, whole.max()), left);
  }
  return rest;
}

// Empty when the filter names a fault the run does not have.
std::optional<Returns> returns_of(const Question& question) {
  const RunRecord& run = question.run;
  const auto& filter = question.filter;
  const std::optional<unsigned> named = filter.during ? filter.during : filter.outside;
  const Returns all{run.disconnects, run.never_again, run.ready_again};
  if (!named) return all;
  if (*named >= run.faults.size()) return std::nullopt;
  const FaultRow& fault = run.faults[*named];
  if (filter.during) return Returns{fault.disconnects, fault.never_again, fault.ready_again};
  return Returns{minus(all.disconnects, fault.disconnects), minus(all.never, fault.never_again),
                 without(all.ready_again, fault.ready_again)};
}

bool selected(const Filter& filter, std::size_t fault) {
  if (filter.during && *filter.during != fault) return false;
  return !(filter.outside && *filter.outside == fault);
}

double loss_of(std::uint64_t lost, std::uint64_t owed) {
  return owed == 0 ? 0.0 : static_cast<double>(lost) / static_cast<double>(owed);
}

double loss_before(const RunRecord& run, Time first_fault) {
  std::uint64_t lost = 0;
  std::uint64_t owed = 0;
  for (std::size_t second = 0; second < run.seconds.size(); ++second) {
    if (static_cast<std::int64_t>(second + 1) * kSecond > first_fault.count()) break;
    lost += run.seconds[second].lost;
    owed += run.seconds[second].owed;
  }
  return loss_of(lost, owed);
}

// ns from the end of the fault to the first calm second. Empty when measure ends too early to
// tell.
Value recovery(const RunRecord& run, const FaultRow& fault, double allowed) {
  const std::int64_t end = std::max<std::int64_t>(fault.end.count(), 0);
  const auto first = static_cast<std::size_t>(end / kSecond + (end % kSecond == 0 ? 0 : 1));
  if (first + kCalmSeconds > run.seconds.size()) return std::nullopt;
  std::size_t calm = 0;
  for (std::size_t second = first; second < run.seconds.size(); ++second) {
    const SecondRow& row = run.seconds[second];
    calm = loss_of(row.lost, row.owed) <= allowed ? calm + 1 : 0;
    if (calm == kCalmSeconds) {
      const auto start = static_cast<std::int64_t>(second + 1 - kCalmSeconds) * kSecond;
      return static_cast<double>(start - end);
    }
  }
  return std::numeric_limits<double>::infinity();
}

Value share_of_intent(const RunRecord& run, __int128 part) {
  if (run.intent <= 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(run.intent);
}

}  // namespace

Value reconnects_per_client(const Question& question) {
  const auto returns = returns_of(question);
  if (!returns || question.run.endpoints == 0) return std::nullopt;
  return static_cast<double>(returns->disconnects) / question.run.endpoints;
}

Value ready_again(const Question& question, Quantile quantile) {
  const auto returns = returns_of(question);
  if (!returns) return std::nullopt;
  return quantile_with_missing(returns->ready_again, returns->never, quantile);
}

Value never_ready_again(const Question& question) {
  const auto returns = returns_of(question);
  return returns ? Value(static_cast<double>(returns->never)) : std::nullopt;
}

Value first_login_p99(const Question& question) {
  return quantile_with_missing(question.run.first_login, 0, 9900);
}

Value deaf_share(const Question& question) {
  return share_of_intent(question.run, question.run.deaf);
}

Value deaf_interval(const Question& question, Quantile quantile) {
  if (question.run.intent <= 0) return std::nullopt;
  // Nobody was deaf: that is a measurement of zero, not a lack of data.
  return quantile_with_missing(question.run.deaf_intervals, 0, quantile).value_or(0.0);
}

Value reachable_share(const Question& question) {
  return share_of_intent(question.run, question.run.reachable);
}

Value ghost_time(const Question& question) { return static_cast<double>(question.run.ghost_ns); }

Value route_fraction(const Question& question, std::uint64_t RunRecord::*part) {
  if (question.run.route_lookups == 0) return std::nullopt;
  return static_cast<double>(question.run.*part) / static_cast<double>(question.run.route_lookups);
}

Value recover_max(const Question& question) {
  const RunRecord& run = question.run;
  if (run.faults.empty()) return std::nullopt;
  Time first_fault = kNever;
  for (const FaultRow& fault : run.faults) first_fault = std::min(first_fault, fault.begin);
  const double allowed = loss_before(run, first_fault) + kTolerance;
  Value slowest;
  for (std::size_t fault = 0; fault < run.faults.size(); ++fault) {
    if (!selected(question.filter, fault)) continue;
    const Value time = recovery(run, run.faults[fault], allowed);
    if (time && (!slowest || *time > *slowest)) slowest = time;
  }
  return slowest;
}

}  // namespace squall::metric
