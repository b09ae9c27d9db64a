// Metrics of connections, reachability and recovery.
//
// With `during`, disconnections are those billed to that fault; with `outside`, all others.
// Whoever was never ready again counts as infinitely late, like a lost pair does.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "report/measure/metric_values.hpp"

namespace squall::metric {
namespace {

constexpr std::size_t kCalmSeconds = 5;  // so many in a row are a recovery
constexpr double kTolerance = 0.001;     // loss above the calm before the first fault
// How far above the calm chance may carry a calm second, and five of them together: standard
// deviations.
constexpr double kSecondMay = 3, kTogetherMay = 2;

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
  const Measures& run = question.run;
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

double loss_of(std::uint64_t lost, std::uint64_t owed) {
  return owed == 0 ? 0.0 : static_cast<double>(lost) / static_cast<double>(owed);
}

// What is lost when nothing happens, and how that varies from second to second.
struct Calm {
  double loss = 0;
  std::uint64_t owed = 0;  // what it was measured on
  double dispersion = 1;   // variance of a second's loss / that of independent pairs

  // The highest loss of so many pairs that chance explains, in them and in the calm itself.
  double allowed(std::uint64_t pairs, double deviations) const {
    const auto each = [](std::uint64_t count) {
      return 1 / static_cast<double>(std::max<std::uint64_t>(count, 1));
    };
    const double variance = dispersion * loss * (1 - loss) * (each(pairs) + each(owed));
    return loss + kTolerance + deviations * std::sqrt(variance);
  }
};

Calm calm_before(const Measures& run, Time first_fault) {
  std::uint64_t lost = 0;
  std::uint64_t owed = 0;
  std::size_t seconds = 0;
  for (; seconds < run.seconds.size(); ++seconds) {
    if (static_cast<std::int64_t>(seconds + 1) * kSecond > first_fault.count()) break;
    lost += run.seconds[seconds].lost;
    owed += run.seconds[seconds].owed;
  }
  Calm calm;
  calm.loss = loss_of(lost, owed);
  calm.owed = owed;
  const double each = calm.loss * (1 - calm.loss);
  if (seconds < 2 || each <= 0) return calm;
  double squares = 0;
  for (std::size_t second = 0; second < seconds; ++second) {
    const SecondRow& row = run.seconds[second];
    if (row.owed == 0) continue;
    const auto pairs = static_cast<double>(row.owed);
    const double beside = static_cast<double>(row.lost) - calm.loss * pairs;
    squares += beside * beside / (pairs * each);
  }
  calm.dispersion = std::max(1.0, squares / static_cast<double>(seconds - 1));
  return calm;
}

bool is_calm(std::span<const SecondRow> seconds, const Calm& calm) {
  std::uint64_t lost = 0;
  std::uint64_t owed = 0;
  for (const SecondRow& row : seconds) {
    if (loss_of(row.lost, row.owed) > calm.allowed(row.owed, kSecondMay)) return false;
    lost += row.lost;
    owed += row.owed;
  }
  return loss_of(lost, owed) <= calm.allowed(owed, kTogetherMay);
}

// ns from the end of the fault to the first calm second. Empty when measure ends too early to
// tell.
Value recovery(const Measures& run, const FaultRow& fault, const Calm& calm) {
  const std::int64_t end = std::max<std::int64_t>(fault.end.count(), 0);
  const auto first = static_cast<std::size_t>(end / kSecond + (end % kSecond == 0 ? 0 : 1));
  if (first + kCalmSeconds > run.seconds.size()) return std::nullopt;
  for (std::size_t second = first; second + kCalmSeconds <= run.seconds.size(); ++second) {
    if (!is_calm(std::span(run.seconds).subspan(second, kCalmSeconds), calm)) continue;
    return static_cast<double>(static_cast<std::int64_t>(second) * kSecond - end);
  }
  return std::numeric_limits<double>::infinity();
}

Value share_of_intent(const Measures& run, __int128 part) {
  if (run.intent <= 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(run.intent);
}

}  // namespace

Value reconnects_per_client(const Question& question) {
  const auto returns = returns_of(question);
  if (!returns || question.run.endpoints == 0) return std::nullopt;
  return static_cast<double>(returns->disconnects) / question.run.endpoints;
}

MaybeSpread ready_again(const Question& question) {
  const auto returns = returns_of(question);
  if (!returns) return std::nullopt;
  return Spread{returns->ready_again, returns->never, false};
}

Value never_ready_again(const Question& question) {
  const auto returns = returns_of(question);
  return returns ? Value(static_cast<double>(returns->never)) : std::nullopt;
}

MaybeSpread first_login(const Question& question) {
  return Spread{question.run.first_login, question.run.never_logged_in, false};
}

Value never_logged_in(const Question& question) {
  return static_cast<double>(question.run.never_logged_in);
}

Value deaf_share(const Question& question) {
  return share_of_intent(question.run, question.run.deaf);
}

MaybeSpread deaf_intervals(const Question& question) {
  if (question.run.intent <= 0) return std::nullopt;
  // Nobody was deaf: that is a measurement of zero, not a lack of data.
  return Spread{question.run.deaf_intervals, 0, true};
}

Value reachable_share(const Question& question) {
  return share_of_intent(question.run, question.run.reachable);
}

Value ghost_time(const Question& question) { return static_cast<double>(question.run.ghost_ns); }

Value route_fraction(const Question& question, Count Measures::*part) {
  if (question.run.route_lookups == 0) return std::nullopt;
  return static_cast<double>(question.run.*part) / static_cast<double>(question.run.route_lookups);
}

Value recover_max(const Question& question) {
  const Measures& run = question.run;
  if (run.faults.empty()) return std::nullopt;
  Time first_fault = kNever;
  for (const FaultRow& fault : run.faults) first_fault = std::min(first_fault, fault.begin);
  const Calm calm = calm_before(run, first_fault);
  Value slowest;
  for (std::size_t fault = 0; fault < run.faults.size(); ++fault) {
    if (!selected(question.filter, fault)) continue;
    const Value time = recovery(run, run.faults[fault], calm);
    if (time && (!slowest || *time > *slowest)) slowest = time;
  }
  return slowest;
}

}  // namespace squall::metric
