// RunRecords -> the points that charts draw. Pure sums and quantiles, no layout.
// How they are drawn is in charts_<id>.cpp, how they are stored in charts_json.cpp.
#include "report/measure/charts_data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "report/measure/series_data.hpp"
#include "report/measure/statistics.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

using Records = std::vector<RunRecord>;

constexpr std::uint32_t kMillion = 1'000'000;
constexpr int kDecades = 5;  // up to p99.999
constexpr int kPointsPerDecade = 8;

// Delivered pairs, and how many were owed.
struct Sample {
  Histogram seen;
  std::uint64_t owed = 0;
};

Sample sample_of(const RunRecord& record) {
  Sample sample;
  for (const Cell& cell : record.cells) {
    sample.seen.merge(cell.latency);
    sample.owed += cell.owed - std::min(cell.owed, cell.excused);
  }
  sample.owed = std::max(sample.owed, sample.seen.count());
  return sample;
}

double quantile(const Sample& sample, std::uint32_t of_million) {
  const auto product = static_cast<unsigned __int128>(sample.owed) * of_million;
  const auto rank = static_cast<std::uint64_t>((product + kMillion - 1) / kMillion);
  if (rank > sample.seen.count()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(sample.seen.at_rank(std::max<std::uint64_t>(rank, 1)));
}

// 1 - 10^(-step/8) as parts of a million.
std::uint32_t quantile_at(int step) {
  const double beyond = std::pow(10.0, -static_cast<double>(step) / kPointsPerDecade);
  return static_cast<std::uint32_t>(std::lround((1.0 - beyond) * kMillion));
}

std::vector<LatencyPoint> curve_of(const Records& records) {
  Sample pooled;
  std::vector<Sample> samples;
  for (const RunRecord& record : records) {
    samples.push_back(sample_of(record));
    pooled.seen.merge(samples.back().seen);
    pooled.owed += samples.back().owed;
  }
  std::vector<LatencyPoint> curve;
  if (pooled.owed == 0) return curve;
  for (int step = 1; step <= kDecades * kPointsPerDecade; ++step) {
    LatencyPoint point;
    point.of_million = quantile_at(step);
    point.pooled = quantile(pooled, point.of_million);
    point.lowest = std::numeric_limits<double>::infinity();
    for (const Sample& sample : samples) {
      if (sample.owed == 0) continue;
      const double value = quantile(sample, point.of_million);
      point.lowest = std::min(point.lowest, value);
      point.highest = std::max(point.highest, value);
    }
    curve.push_back(point);
  }
  return curve;
}

// Four bins per octave. Bins of the histogram never straddle two of them.
LatencyBin bin_of(std::int64_t value) {
  std::int64_t octave = 4;
  while (octave <= value / 2) octave *= 2;
  const std::int64_t width = octave / 4;
  const std::int64_t from = value < 4 ? 0 : octave + (value - octave) / width * width;
  return {from, (value < 4 ? 4 : from + width) - 1, 0};
}

std::string label_of(const FaultRow& fault, const std::vector<std::string>& triggers) {
  SQUALL_CHECK(index(fault.trigger) < triggers.size());
  const std::string& trigger = triggers[index(fault.trigger)];
  return trigger.substr(trigger.find(':') + 1);
}

std::string phase_name(SpanMask spans, const RunRecord& record,
                       const std::vector<std::string>& triggers) {
  std::string name;
  for (std::size_t bit = 0; bit < record.faults.size() && bit < 64; ++bit) {
    if ((spans >> bit & 1U) == 0) continue;
    name += (name.empty() ? "" : " + ") + label_of(record.faults[bit], triggers);
  }
  return name;
}

struct PhaseSum {
  std::uint64_t owed = 0, lost = 0;
  std::map<std::int64_t, LatencyBin> bins;

  void add(const Cell& cell) {
    owed += cell.owed;
    lost += cell.lost;
    for (const Histogram::Bucket& bucket : cell.latency.buckets()) {
      LatencyBin bin = bin_of(bucket.low);
      bins.try_emplace(bin.from, bin).first->second.pairs += bucket.count;
    }
  }
  void add(const PhaseSum& other) {
    owed += other.owed;
    lost += other.lost;
    for (const auto& [from, bin] : other.bins) {
      const LatencyBin empty{bin.from, bin.to, 0};
      bins.try_emplace(from, empty).first->second.pairs += bin.pairs;
    }
  }
};

std::vector<LatencyPhase> phases_of(const Records& records,
                                    const std::vector<std::string>& triggers) {
  std::map<SpanMask, PhaseSum> sums;
  for (const RunRecord& record : records) {
    for (const Cell& cell : record.cells) sums[cell.spans].add(cell);
  }
  std::vector<LatencyPhase> phases;
  std::size_t kept = 0;
  for (auto one = sums.begin(); one != sums.end(); ++one) {
    if (one->second.owed == 0) continue;
    std::string name = phase_name(one->first, records.front(), triggers);
    if (++kept == kPhasesMax && std::next(one) != sums.end()) {
      for (auto rest = std::next(one); rest != sums.end(); ++rest) one->second.add(rest->second);
      sums.erase(std::next(one), sums.end());
      name = "all other faults";
    }
    LatencyPhase phase{std::move(name), one->second.owed, one->second.lost, {}};
    for (const auto& [from, bin] : one->second.bins) phase.bins.push_back(bin);
    phases.push_back(std::move(phase));
  }
  return phases;
}

std::vector<NodeLoad> nodes_of(const Records& records) {
  std::vector<NodeLoad> nodes(records.front().node_rows.size());
  for (const RunRecord& record : records) {
    for (std::size_t i = 0; i < std::min(nodes.size(), record.node_rows.size()); ++i) {
      const NodeRow& row = record.node_rows[i];
      nodes[i].pushes += row.pushes;
      nodes[i].ingress += row.ingress;
      nodes[i].busy_ns += row.busy.count();
      nodes[i].wasted_ns += row.wasted.count();
      const double time = static_cast<double>(record.measure.count());
      if (time > 0) nodes[i].connections += static_cast<double>(row.connection_ns) / time;
    }
  }
  for (NodeLoad& node : nodes) {
    node.connections = rounded(node.connections / static_cast<double>(records.size()));
  }
  return nodes;
}

std::vector<FaultImpact> faults_of(const Records& records,
                                   const std::vector<std::string>& triggers) {
  std::vector<FaultImpact> impacts;
  for (std::size_t i = 0; i < records.front().faults.size(); ++i) {
    FaultImpact impact;
    impact.label = label_of(records.front().faults[i], triggers);
    Sample ready;
    for (const RunRecord& record : records) {
      if (i >= record.faults.size()) continue;
      const FaultRow& fault = record.faults[i];
      impact.disconnects += fault.disconnects;
      impact.pairs_lost += fault.pairs_lost;
      impact.never_again += fault.never_again;
      ready.seen.merge(fault.ready_again);
      ready.owed += fault.ready_again.count() + fault.never_again;
    }
    if (ready.owed > 0) impact.ready_again_p99 = quantile(ready, 990'000);
    impacts.push_back(std::move(impact));
  }
  return impacts;
}

}  // namespace

ChartData chart_data(const Records& records, const std::vector<std::string>& triggers,
                     const std::vector<std::string>& classes) {
  if (records.empty()) return {};
  return {curve_of(records),           phases_of(records, triggers), slices_of(records),
          causes_of(records),          traffic_of(records, classes), nodes_of(records),
          faults_of(records, triggers)};
}

Timeline timeline_of(const RunRecord& record, const std::vector<std::string>& triggers) {
  Timeline timeline;
  const auto seconds = [](auto time) { return rounded(static_cast<double>(time.count()) / 1e9); };
  timeline.measure_s = seconds(record.measure);
  timeline.slice_s = seconds(slice_width(record));
  timeline.loops = record.loops;
  for (const FaultRow& fault : record.faults) {
    timeline.spans.push_back({label_of(fault, triggers), seconds(fault.begin), seconds(fault.end)});
  }
  for (const NodeSpell& spell : record.spells) {
    timeline.spells.push_back({static_cast<std::uint32_t>(index(spell.node) + 1),
                               std::string(name(spell.what)), seconds(spell.begin),
                               seconds(spell.end)});
  }
  return timeline;
}

}  // namespace squall
