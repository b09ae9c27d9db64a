// Sums over seeds, classes and neighbouring slices. See series_data.hpp.
// Latencies are merged before a quantile is taken, never averaged.
#include "report/measure/series_data.hpp"

#include <algorithm>
#include <map>

#include "report/measure/statistics.hpp"

namespace squall {
namespace {

using Records = std::vector<RunRecord>;
using namespace std::chrono_literals;

std::size_t recorded_slices(const RunRecord& record) {
  return record.slice == 1s ? record.seconds.size() : slices_in(record.measure, record.slice);
}

std::size_t slices_in_one(const RunRecord& record) {
  return std::max<std::size_t>(1, (recorded_slices(record) + kSlicesMax - 1) / kSlicesMax);
}

std::size_t slices_drawn(const RunRecord& record) {
  const std::size_t each = slices_in_one(record);
  return (recorded_slices(record) + each - 1) / each;
}

// Calls `visit(slice drawn, traffic class, row)` for all that was recorded.
template <typename Visit>
void each_row(const Records& records, Visit visit) {
  const std::size_t drawn = slices_drawn(records.front()), each = slices_in_one(records.front());
  for (const RunRecord& record : records) {
    for (const TrafficSeries& series : record.series) {
      for (std::size_t i = 0; i < std::min(series.slices.size(), drawn * each); ++i) {
        visit(i / each, series.traffic, series.slices[i]);
      }
    }
  }
}

void set_quantiles(TimeSlice& slice, const CoarseSamples& latency) {
  if (latency.count() == 0) return;
  slice.p50 = rounded(static_cast<double>(latency.quantile(500'000)));
  slice.p99 = rounded(static_cast<double>(latency.quantile(990'000)));
}

// Of a second, or of a slice of one class.
template <typename Row>
void add(TimeSlice& slice, const Row& row) {
  slice.owed += row.owed;
  slice.lost += row.lost;
  slice.delivered += row.delivered;
}

struct ClassSum {
  std::uint64_t owed = 0;
  std::vector<TimeSlice> slices;
  std::vector<CoarseSamples> latencies;
};

}  // namespace

Duration slice_width(const RunRecord& record) {
  return record.slice * static_cast<std::int64_t>(slices_in_one(record));
}

std::vector<TimeSlice> slices_of(const Records& records) {
  const Duration width = slice_width(records.front());
  std::vector<TimeSlice> slices(slices_drawn(records.front()));
  std::vector<CoarseSamples> latencies(slices.size());
  const bool whole_seconds = records.front().slice == 1s;
  each_row(records, [&](std::size_t at, std::uint16_t, const SliceRow& row) {
    if (!whole_seconds) add(slices[at], row);
    latencies[at].merge(row.latency);
  });
  for (const RunRecord& record : records) {
    for (std::size_t i = 0; whole_seconds && i < record.seconds.size(); ++i) {
      const std::size_t at = i / slices_in_one(records.front());
      if (at < slices.size()) add(slices[at], record.seconds[i]);
    }
  }
  for (std::size_t i = 0; i < slices.size(); ++i) {
    set_quantiles(slices[i], latencies[i]);
    const auto second =
        static_cast<std::size_t>(width * static_cast<std::int64_t>(i) / Duration{1s});
    for (const RunRecord& record : records) {
      if (second < record.seconds.size()) slices[i].connected += record.seconds[second].connected;
    }
  }
  return slices;
}

std::vector<CauseSeries> causes_of(const Records& records) {
  std::map<Mechanism, std::vector<std::uint64_t>> sums;
  each_row(records, [&](std::size_t at, std::uint16_t, const SliceRow& row) {
    for (const CauseCount& cause : row.causes) {
      auto& pairs = sums[cause.mechanism];
      pairs.resize(slices_drawn(records.front()));
      pairs[at] += cause.pairs;
    }
  });
  std::vector<CauseSeries> causes;
  for (auto& [mechanism, pairs] : sums) {
    causes.push_back({std::string(row(mechanism).name), std::move(pairs)});
  }
  const auto total = [](const CauseSeries& cause) {
    std::uint64_t sum = 0;
    for (const std::uint64_t pairs : cause.pairs) sum += pairs;
    return sum;
  };
  std::ranges::stable_sort(causes, std::ranges::greater(), total);
  return causes;
}

std::vector<TrafficSlices> traffic_of(const Records& records,
                                      const std::vector<std::string>& classes) {
  std::map<std::uint16_t, ClassSum> sums;
  each_row(records, [&](std::size_t at, std::uint16_t traffic, const SliceRow& row) {
    ClassSum& sum = sums[traffic];
    sum.slices.resize(slices_drawn(records.front()));
    sum.latencies.resize(sum.slices.size());
    sum.owed += row.owed;
    add(sum.slices[at], row);
    sum.latencies[at].merge(row.latency);
  });
  std::vector<std::pair<std::uint64_t, TrafficSlices>> all;
  for (auto& [traffic, sum] : sums) {
    for (std::size_t i = 0; i < sum.slices.size(); ++i) {
      set_quantiles(sum.slices[i], sum.latencies[i]);
    }
    const std::string name = traffic < classes.size() ? classes[traffic] : "the script's clients";
    all.push_back({sum.owed, {name, std::move(sum.slices)}});
  }
  if (all.size() < 2) return {};
  std::ranges::stable_sort(all, std::ranges::greater(), [](const auto& one) { return one.first; });
  if (all.size() > kTrafficMax) all.resize(kTrafficMax);
  std::vector<TrafficSlices> kept;
  for (auto& [owed, slices] : all) kept.push_back(std::move(slices));
  return kept;
}

}  // namespace squall
