// Mechanisms of one fault, and when pairs were lost to them. See open_faults.hpp.
// In doubt it says nothing: a cause that churn has, too, tells nothing of a fault.
#include "report/measure/open_faults.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

constexpr double kAlone = 0.95;  // of the pairs lost to a mechanism: those billed to the fault
constexpr double kGoesOn = 0.2;  // of the mean pace since the fault began
constexpr int kLastPart = 10;    // the last part of that time

using OfMechanisms = std::array<std::uint64_t, kMechanisms>;

// Pairs lost to what is this fault's alone; 0 elsewhere.
OfMechanisms lost_to(const RunRecord& record, TriggerId fault) {
  OfMechanisms all{}, own{};
  for (const LossRow& row : record.losses) {
    const auto mechanism = static_cast<std::size_t>(row.mechanism);
    all[mechanism] += row.pairs;
    if (row.trigger == fault) own[mechanism] += row.pairs;
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (static_cast<double>(own[i]) < kAlone * static_cast<double>(all[i])) own[i] = 0;
  }
  return own;
}

OfMechanisms lost_since(const RunRecord& record, Time from) {
  OfMechanisms lost{};
  for (const TrafficSeries& series : record.series) {
    for (std::size_t i = 0; i < series.slices.size(); ++i) {
      if (Time{static_cast<std::int64_t>(i) * record.slice.count()} < from) continue;
      for (const CauseCount& cause : series.slices[i].causes) {
        lost[static_cast<std::size_t>(cause.mechanism)] += cause.pairs;
      }
    }
  }
  return lost;
}

// What pairs are still lost to when measure ends.
std::vector<Mechanism> open_causes(const RunRecord& record, const FaultRow& fault) {
  const Duration since = record.measure - std::max(fault.begin, Time{0});
  const Duration tail = since / kLastPart;
  if (tail < record.slice) return {};
  const OfMechanisms own = lost_to(record, fault.trigger);
  const OfMechanisms late = lost_since(record, Time{record.measure} - tail);
  std::vector<Mechanism> open;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double usual = static_cast<double>(own[i]) / kLastPart;
    if (own[i] > 0 && static_cast<double>(late[i]) > kGoesOn * usual) {
      open.push_back(static_cast<Mechanism>(i));
    }
  }
  return open;
}

std::string label_of(std::string_view trigger) {
  const std::size_t colon = trigger.find(':');
  return std::string(colon == trigger.npos ? trigger : trigger.substr(colon + 1));
}

}  // namespace

std::vector<std::string> open_faults(const std::vector<RunRecord>& records,
                                     const std::vector<std::string>& triggers) {
  std::vector<std::string> sentences;
  const std::size_t faults = records.empty() ? 0 : records.front().faults.size();
  for (std::size_t i = 0; i < faults; ++i) {
    std::array<std::size_t, kMechanisms> runs{};
    std::size_t open = 0;
    for (const RunRecord& record : records) {
      const std::vector<Mechanism> causes = open_causes(record, record.faults[i]);
      if (!causes.empty()) ++open;
      for (const Mechanism cause : causes) ++runs[static_cast<std::size_t>(cause)];
    }
    if (2 * open <= records.size()) continue;
    const TriggerId trigger = records.front().faults[i].trigger;
    SQUALL_CHECK(index(trigger) < triggers.size());
    const auto most = static_cast<Mechanism>(std::ranges::max_element(runs) - runs.begin());
    sentences.push_back(fmt::format(
        "pairs are still lost to {} ({}) when measure ends: what it costs is not over, and a "
        "longer measure counts more of it",
        label_of(triggers[index(trigger)]), row(most).name));
  }
  return sentences;
}

}  // namespace squall
