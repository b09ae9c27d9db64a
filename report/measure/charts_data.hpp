// What the charts of a report draw beyond metrics: curves, histograms, series, reduced to a bounded
// number of points while the records are still there.
//
// Part of the Result, so a report can be made again from a stored result.json. Sums over seeds,
// never averages of percentiles. Made by charts_data.cpp, stored by charts_json.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/record/run_record.hpp"

namespace squall {

// One point of "within which time had this share of all owed pairs arrived". A lost pair is
// infinitely late, so the upper end of the curve may be infinite.
struct LatencyPoint {
  std::uint32_t of_million = 0;  // the quantile: 990000 is p99
  double pooled = 0;             // ns, over the owed pairs of all seeds together
  double lowest = 0;             // ns, the quickest and ...
  double highest = 0;            // ... the slowest seed
};

struct LatencyBin {
  std::int64_t from = 0, to = 0;  // ns, inclusive
  std::uint64_t pairs = 0;
};

// All messages born inside exactly these faults; `name` is empty for those outside of any.
struct LatencyPhase {
  std::string name;  // labels joined by " + "
  std::uint64_t owed = 0, lost = 0;
  std::vector<LatencyBin> bins;  // of delivered pairs, ascending, the non-empty ones
};

// Pairs born in one slice of measure, summed over seeds.
struct TimeSlice {
  std::uint64_t owed = 0, lost = 0, delivered = 0;
  std::uint64_t connected = 0;  // endpoints ready at the start of its second
  // ns, of the delivered pairs; empty without any. Within 3.2 % (sim/record/series.hpp).
  std::optional<double> p50, p99;
};

// The lost pairs of one mechanism, slice by slice.
struct CauseSeries {
  std::string mechanism;
  std::vector<std::uint64_t> pairs;
};

// The pairs of one traffic class; `connected` says nothing here.
struct TrafficSlices {
  std::string name;
  std::vector<TimeSlice> slices;
};

struct NodeLoad {
  std::uint64_t pushes = 0;    // frames written to clients
  std::uint64_t ingress = 0;   // messages accepted from clients
  std::int64_t busy_ns = 0;    // CPU of all loops during measure
  std::int64_t wasted_ns = 0;  // of it: ghosts, benign copies, abandoned handshakes
  double connections = 0;      // open sessions, time-weighted mean over measure and seeds
};

struct FaultImpact {
  std::string label;
  std::uint64_t disconnects = 0;  // involuntary, billed to this fault
  std::uint64_t pairs_lost = 0;
  std::uint64_t never_again = 0;
  std::optional<double> ready_again_p99;  // ns; empty without disconnects
};

// Of one strategy.
struct ChartData {
  std::vector<LatencyPoint> curve;   // ascending; empty when nothing was owed
  std::vector<LatencyPhase> phases;  // outside of faults first, then in order of the script
  std::vector<TimeSlice> slices;
  std::vector<CauseSeries> causes;     // most pairs first
  std::vector<TrafficSlices> traffic;  // empty when there is one class: `slices` is it
  std::vector<NodeLoad> nodes;
  std::vector<FaultImpact> faults;
};

struct TimelineSpan {
  std::string label;
  double begin_s = 0, end_s = 0;  // seconds after the start of measure
};

// A node that was not simply up.
struct TimelineSpell {
  std::uint32_t node = 0;  // from 1, as nodes are named
  std::string what;        // draining, down, paused, slow
  double begin_s = 0, end_s = 0;
};

// Of the whole result: what all strategies share.
struct Timeline {
  double measure_s = 0;     // seconds; 0: not known
  double slice_s = 1;       // seconds per TimeSlice
  std::uint32_t loops = 0;  // event loops per node
  std::vector<TimelineSpan> spans;
  std::vector<TimelineSpell> spells;  // by node, then time
};

// At most so many slices, phases and classes are kept; what is beyond is merged or left out.
inline constexpr std::size_t kSlicesMax = 600;
inline constexpr std::size_t kTrafficMax = 6;
inline constexpr std::size_t kPhasesMax = 12;

// `records[seed]` of one strategy; `triggers` as from trigger_names().
// `classes`: the names of the scenario's traffic, in its order.
ChartData chart_data(const std::vector<RunRecord>& records,
                     const std::vector<std::string>& triggers,
                     const std::vector<std::string>& classes = {});
Timeline timeline_of(const RunRecord& record, const std::vector<std::string>& triggers);

}  // namespace squall
