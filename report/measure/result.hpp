// The result of a run of squall: one scenario, several strategies, several seeds.
//
// This is what `result.json` holds and every renderer reads. No wall-clock field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/measure/charts_data.hpp"
#include "report/measure/judged_gates.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

// A quantile of all samples of all seeds together; pooled.hpp says where the interval comes from.
struct Pooled {
  double value = 0;                 // infinity: it falls on a sample that never came
  std::uint64_t samples = 0;        // of all seeds, those that never came included
  std::optional<double> low, high;  // the 95 % interval; `high` may be infinite
  bool operator==(const Pooled&) const = default;
};

// One metric of one strategy: a value per seed (empty where the seed has no data).
struct MetricValues {
  std::string name;                             // e.g. "loss.intent", "latency.obliged.p99"
  std::string unit;                             // ns, bytes, bytes/s, ratio, 1
  std::vector<std::optional<double>> per_seed;  // infinity is a value: p99 when loss >= 1 %
  std::optional<Pooled> pooled{};               // of quantiles only
  std::optional<double> predicted{};            // what a law says of it; see predictions.hpp
};

// One number for all replications, with its 95 % interval. A quantile is the pooled one; of
// everything else it is the mean, with Student's interval from 2 values on.
struct Summary {
  bool no_data = true;
  bool pooled = false;
  double mean = 0;  // or the pooled quantile
  std::optional<double> low, high;
  bool too_few = false;  // a quantile that the samples do not tell: it has no data either
};
// What every table, page and document shows. One rule: a quantile is told when supported() says so.
Summary summarize(const MetricValues& values);
// What was seen, however little: what expectations judge, and nobody shows beside others.
Summary as_seen(const MetricValues& values);

struct LossShare {
  std::string mechanism, trigger, reason;
  std::uint64_t pairs = 0;  // summed over seeds
  std::uint64_t broken_promises = 0;
};

struct ByteShare {
  std::string link, purpose;
  std::int64_t bytes = 0;  // summed over seeds
};

// A time in which a server of a live run was away, as it was and not as it was planned.
struct OutageShare {
  std::string what, trigger;
  std::int64_t begin_ns = 0, lasted_ns = 0;
  std::int64_t planned_ns = 0;  // 0: it was in no script
};

// What a live engine says about one run of its own.
struct LiveShare {
  std::int64_t lateness_p50_ns = 0, lateness_p99_ns = 0;
  std::uint64_t planned = 0, sent = 0;  // messages
  std::uint64_t grey = 0;               // pairs left out: within the clock's uncertainty
  std::int64_t cpu_ns = 0;              // of the whole process during measure
  std::vector<OutageShare> outages = {};
  StrangerRow strangers = {};  // refused: nobody of the run sent it
};

// What one fault of the script costs: loss.per_event during it.
struct EventCost {
  std::string fault;   // its label
  MetricValues cost;   // ns of all traffic
  double per_day = 0;  // how often it happens; 0: the script does not say
};

struct StrategyResult {
  std::string strategy;
  std::vector<MetricValues> metrics;      // in registry order; then cost.*, where there are prices
  std::vector<LossShare> loss;            // by pairs, descending
  std::vector<ByteShare> bytes;           // by link, purpose in enum order; zeros left out
  std::vector<EventCost> events;          // in the order of the script
  std::vector<std::string> fingerprints;  // 16 hex digits per seed
  std::vector<std::string> warnings;      // unstable, a duel that is not fair ...
  std::vector<LiveShare> live;            // per seed; empty: played in virtual time
  std::vector<std::string> invalid;       // why a live run may not be believed
  ChartData charts;                       // what metrics do not say; empty in old documents
  std::vector<std::string> notes = {};    // values of its own, an unsupported percentile ...
  std::string form = "textbook";          // or "hardened", "product": word_of() in presets.hpp
};

enum class Outcome : std::uint8_t { pass, fail, no_data };
struct Verdict {
  std::string that;  // the expectation as written, with `during`, `of`
  std::string strategy;
  Outcome outcome = Outcome::pass;
  std::optional<double> measured;  // in the metric's unit; may be kTooFew
  double limit = 0;
  std::string detail;        // one sentence for the reader
  int line = 0, column = 0;  // in the scenario file
};

struct Result {
  std::string scenario_name;
  std::string scenario_sha256;    // of the exact input bytes
  std::string resolved_scenario;  // JSON text
  std::string engine_flags;       // how the command line asks for this engine; empty: simulated
  std::vector<std::uint64_t> seeds;
  std::vector<StrategyResult> strategies;
  std::vector<Verdict> verdicts;
  Timeline timeline;
  bool complete = true;               // false: a law was violated, or the run was cut short
  std::vector<std::string> problems;  // why not complete
  // When the run began, nanoseconds since 1970 in UTC; 0: not known. Said by whoever ran or stored
  // it, and not part of result.json, which is the same whenever it is played.
  std::uint64_t started_unix_ns = 0;
  std::vector<std::string> overrides = {};  // "/params/users=400"; said and kept the same way
  // Against a baseline; nothing: it was held against none. Said and kept the same way.
  std::optional<JudgedGates> gates = {};
};

}  // namespace squall
