// From paired values to a verdict: measure each gate, correct over those that were tested, decide.
// The tests themselves are in paired.cpp and ranks.cpp.
#include "report/compare/gate.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/compare/gate_sample.hpp"
#include "report/compare/paired.hpp"
#include "report/compare/ranks.hpp"
#include "report/measure/metrics.hpp"
#include "report/measure/statistics.hpp"
#include "scenarios/model/expectation.hpp"

namespace squall {
namespace {

constexpr std::size_t kFewestPairs = 5;
constexpr std::size_t kFewestLive = 9;  // wall-clock repetitions of each side
constexpr double kDefaultShare = 0.02;
constexpr double kDefaultPoints = 0.0002;  // of a ratio
constexpr double kLeastLiveShare = 0.1;

struct Measured {
  GateVerdict verdict;
  std::vector<double> worse;  // differences that grow when it gets worse, on the tested scale
  double margin = 0;          // on the same scale
  double resolution = 0;      // on the same scale
  bool tested = false;        // takes part in Holm's correction
};

// The scale of the tests back to what people read.
double shown(double value, bool relative) { return rounded(relative ? std::expm1(value) : value); }

double mean(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value / static_cast<double>(values.size());
  return rounded(total);
}

GateVerdict blank(const Gate& gate, const std::string& strategy, const GateOptions& options) {
  const MetricRow* metric = metric_named(gate.metric);
  GateVerdict verdict;
  verdict.metric = gate.metric;
  verdict.unit = metric == nullptr ? "1" : std::string(metric->unit);
  verdict.strategy = strategy;
  const bool lower_is_worse = metric != nullptr && metric->better == Better::higher;
  verdict.worse_higher =
      gate.worse == Worse::by_metric ? !lower_is_worse : gate.worse == Worse::higher;
  verdict.line = gate.line;
  verdict.column = gate.column;
  verdict.error = rounded(options.alpha * options.alpha_share);
  if (!gate.margin_abs.empty()) {
    verdict.margin = gate.margin_value;
  } else if (gate.margin.empty() && verdict.unit == "ratio") {
    verdict.margin = kDefaultPoints;
  } else {
    verdict.relative = true;
    verdict.margin =
        gate.margin.empty() ? options.margin.value_or(kDefaultShare) : gate.margin_share;
  }
  if (options.advisory && verdict.relative) {
    verdict.margin = std::max(verdict.margin, kLeastLiveShare);
  }
  return verdict;
}

void conclude(GateVerdict& verdict, GateOutcome outcome, std::string why) {
  verdict.outcome = outcome;
  verdict.why = std::move(why);
}

// Differences on the tested scale, positive when the new side is larger; a sentence when a share
// of nothing was asked for.
std::string differences(const GateSample& sample, bool relative, std::vector<double>& result) {
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < sample.base.size(); ++i) {
    const double base = sample.base[i];
    const double fresh = sample.fresh[i];
    if (!relative || base == fresh) {
      result.push_back(base == fresh ? 0 : fresh - base);
    } else if (base <= 0 || fresh <= 0) {
      ++zeros;
    } else {
      result.push_back(std::isinf(fresh) || std::isinf(base) ? fresh - base
                                                             : std::log(fresh / base));
    }
  }
  if (zeros == 0) return {};
  return fmt::format(
      "a value is 0 in {} of {} seeds: a share of nothing cannot be judged, give the gate a "
      "margin_abs",
      zeros, sample.base.size());
}

// Student's sample, no sharper than the scale the values were read on.
std::optional<PairedSample> student_sample(const std::vector<double>& values, double resolution) {
  std::optional<PairedSample> sample = paired_sample(values);
  if (sample && resolution > 0) sample = with_resolution(*sample, resolution);
  return sample;
}

// The resolution of the metric on the tested scale.
double resolution_on_scale(const GateSample& sample, const GateVerdict& verdict) {
  const double share = resolution_of(verdict.metric, verdict.unit);
  if (verdict.relative || share == 0 || sample.base.empty()) return std::log1p(share);
  const double level = mean(sample.base);
  return std::isinf(level) ? 0 : share * level;
}

// Everything that needs no decision: means, interval, counts, evidence.
void describe(const GateSample& sample, const std::vector<double>& values, GateVerdict& verdict) {
  verdict.seeds = values.size();
  // The levels that are shown; what is tested are the changes of single seeds, paired.
  verdict.base_mean = sample.base_level ? *sample.base_level : mean(sample.base);
  verdict.new_mean = sample.fresh_level ? *sample.fresh_level : mean(sample.fresh);
  for (const double value : values) {
    verdict.differences.push_back(shown(value, verdict.relative));
    if (value == 0) continue;
    ++((value > 0) == verdict.worse_higher ? verdict.worse : verdict.better);
  }
  const std::optional<double> shift = hodges_lehmann(values);
  if (shift) verdict.shift = shown(*shift, verdict.relative);
  const auto student = student_sample(values, resolution_on_scale(sample, verdict));
  if (!student) {
    verdict.change = verdict.shift;
    return;
  }
  const Range range = student_range(*student, verdict.error);
  verdict.change = shown(student->mean, verdict.relative);
  verdict.low = shown(range.low, verdict.relative);
  verdict.high = shown(range.high, verdict.relative);
  verdict.changed = *verdict.low > 0 || *verdict.high < 0;
}

// True when the verdict needs no statistics, or cannot have any.
bool settled_before(const GateSample& sample, const Gate& gate, GateVerdict& verdict) {
  const bool nothing = sample.base.empty() && sample.both_infinite == 0;
  if (sample.common == 0) {
    conclude(verdict, GateOutcome::no_data, "the two sides have no seed in common");
  } else if (nothing && gate.pass_without_data) {
    conclude(verdict, GateOutcome::pass, "no data, which this gate allows");
  } else if (nothing) {
    conclude(verdict, GateOutcome::no_data, "no data");
  } else if (sample.equal) {
    verdict.seeds = sample.common;
    if (sample.base_level) {
      verdict.base_mean = verdict.new_mean = sample.base_level;
    } else if (!sample.base.empty()) {
      verdict.base_mean = verdict.new_mean = mean(sample.base);
    }
    conclude(verdict, GateOutcome::identical, "");
  } else {
    return false;
  }
  return true;
}

// Why the pairs may not be judged; empty when they may.
std::string objection(const Result& base, const Result& fresh, const GateSample& sample,
                      const GateVerdict& verdict) {
  for (const Result* side : {&base, &fresh}) {
    std::string text = unsupported_quantile(*side, verdict.strategy, verdict.metric);
    if (!text.empty()) return text;
  }
  if (sample.missing > 0) {
    return fmt::format("{} of {} seeds have data on one side only", sample.missing, sample.common);
  }
  if (sample.base.size() >= kFewestPairs) return {};
  std::string text =
      fmt::format("{} pairs; a verdict needs at least {}", sample.base.size(), kFewestPairs);
  if (sample.both_infinite > 0) {
    text +=
        fmt::format(" (in {} seeds both sides are infinite, which says nothing about the change)",
                    sample.both_infinite);
  }
  return text;
}

void advise(const GateSample& sample, const GateOptions& options, GateVerdict& verdict) {
  const auto scale = [&](std::vector<double> values) {
    if (!verdict.relative) return values;
    for (double& value : values) value = std::log(value);
    return values;
  };
  verdict.outcome = GateOutcome::advisory;
  verdict.seeds = std::min(sample.all_base.size(), sample.all_fresh.size());
  const auto result = mann_whitney(scale(sample.all_base), scale(sample.all_fresh), options.alpha);
  if (!result) return conclude(verdict, GateOutcome::no_data, "no data");
  verdict.base_mean = mean(sample.all_base);
  verdict.new_mean = mean(sample.all_fresh);
  verdict.change = verdict.shift = shown(result->shift, verdict.relative);
  verdict.low = shown(result->low, verdict.relative);
  verdict.high = shown(result->high, verdict.relative);
  verdict.p_rank = rounded(result->p);
  verdict.changed = *verdict.low > 0 || *verdict.high < 0;
  const double sign = verdict.worse_higher ? 1 : -1;
  const double nearest = std::min(sign * *verdict.low, sign * *verdict.high);
  if (verdict.seeds < kFewestLive) {
    verdict.why =
        fmt::format("{} repetitions; wall-clock numbers need {} of each side, interleaved A B B A",
                    verdict.seeds, kFewestLive);
  } else {
    verdict.why = nearest > verdict.margin ? "the whole interval is beyond the margin"
                                           : "not beyond the margin";
  }
}

Measured measure_gate(const Result& base, const Result& fresh, const Gate& gate,
                      const std::string& strategy, const GateOptions& options) {
  Measured measured{blank(gate, strategy, options), {}, 0, 0, false};
  GateVerdict& verdict = measured.verdict;
  std::string why;
  const std::optional<GateSample> sample = gate_sample(base, fresh, strategy, gate.metric, why);
  if (!sample) {
    const bool new_one = strategy_named(base, strategy) == nullptr;
    conclude(verdict, new_one ? GateOutcome::inconclusive : GateOutcome::no_data, why);
    return measured;
  }
  if (options.advisory) {
    advise(*sample, options, verdict);
    return measured;
  }
  if (settled_before(*sample, gate, verdict)) return measured;
  std::vector<double> values;
  why = differences(*sample, verdict.relative, values);
  if (why.empty()) {
    describe(*sample, values, verdict);
    why = objection(base, fresh, *sample, verdict);
  }
  if (!why.empty()) {
    conclude(verdict, GateOutcome::inconclusive, why);
    return measured;
  }
  const bool flip = !verdict.worse_higher;
  for (const double value : values) measured.worse.push_back(flip ? -value : value);
  measured.margin = verdict.margin;
  if (verdict.relative) {
    measured.margin =
        flip ? -std::log1p(-std::min(verdict.margin, 0.999999)) : std::log1p(verdict.margin);
  }
  measured.resolution = resolution_on_scale(*sample, verdict);
  measured.tested = true;
  return measured;
}

// The rank test may object to what Student's test decided.
std::string rank_objection(const Measured& measured, bool regressed, double level) {
  const SignedRank ranks = signed_rank(measured.worse, measured.margin);
  const double shift = hodges_lehmann(measured.worse).value_or(0);
  const bool wrong_side = regressed ? shift <= measured.margin : shift >= measured.margin;
  const bool can_decide = std::ldexp(1.0, -static_cast<int>(measured.worse.size())) <= level;
  const double p = regressed ? ranks.p_above : ranks.p_below;
  if (!wrong_side && (!can_decide || p <= level)) return {};
  return std::string("Student's interval says ") + (regressed ? "regressed" : "pass") +
         ", the signed-rank test does not confirm it: a few seeds decide";
}

std::string evidence(const GateVerdict& verdict) {
  return fmt::format("{} of {} seeds got worse", verdict.worse, verdict.seeds);
}

void decide(Measured& measured, double level) {
  GateVerdict& verdict = measured.verdict;
  const auto student = student_sample(measured.worse, measured.resolution);
  const double pass_p = student ? p_below(*student, measured.margin)
                                : signed_rank(measured.worse, measured.margin).p_below;
  const bool regressed = *verdict.p_holm <= level;
  const bool passed = !regressed && pass_p <= level;
  if (regressed || passed) {
    std::string why = rank_objection(measured, regressed, level);
    if (!why.empty()) return conclude(verdict, GateOutcome::inconclusive, std::move(why));
  }
  if (regressed) {
    return conclude(verdict, GateOutcome::regressed,
                    (student ? "the whole interval is beyond the margin; "
                             : "by the signed-rank test alone, for a value is infinite; ") +
                        evidence(verdict));
  }
  if (passed) {
    const bool worse = (verdict.change.value_or(0) > 0) == verdict.worse_higher;
    return conclude(verdict, GateOutcome::pass,
                    !verdict.changed ? ""
                    : worse          ? "changed, inside the margin"
                                     : "better");
  }
  conclude(verdict, GateOutcome::inconclusive,
           *verdict.p <= level ? "beyond the margin alone, but not after Holm's correction"
                               : "the margin is inside the interval; " + evidence(verdict));
}

void correct_and_decide(std::vector<Measured>& all, const GateOptions& options) {
  std::vector<double> p_values;
  for (Measured& measured : all) {
    if (!measured.tested) continue;
    const auto student = student_sample(measured.worse, measured.resolution);
    const SignedRank ranks = signed_rank(measured.worse, measured.margin);
    const double p = student ? p_above(*student, measured.margin) : ranks.p_above;
    measured.verdict.p = rounded(p);
    measured.verdict.p_rank = rounded(ranks.p_above);
    p_values.push_back(p);
  }
  const std::vector<double> adjusted = holm(p_values);
  std::size_t next = 0;
  for (Measured& measured : all) {
    if (!measured.tested) continue;
    measured.verdict.p_holm = rounded(adjusted[next++]);
    decide(measured, options.alpha * options.alpha_share / 2);
  }
}

// Those of the new run, then those only the base has: what was taken away must not pass unseen.
std::vector<std::string> strategies_of(const Result& base, const Result& fresh,
                                       const GateOptions& options) {
  std::vector<std::string> names;
  for (const Result* side : {&fresh, &base}) {
    for (const StrategyResult& strategy : side->strategies) {
      const auto& only = options.strategies;
      const bool wanted = only.empty() || std::ranges::find(only, strategy.strategy) != only.end();
      const bool known = std::ranges::find(names, strategy.strategy) != names.end();
      if (wanted && !known) names.push_back(strategy.strategy);
    }
  }
  return names;
}

bool is_for(const Gate& gate, const std::string& strategy) {
  return gate.strategies.empty() ||
         std::ranges::any_of(gate.strategies, [&](const std::string& glob) {
           return language::glob_matches(glob, strategy);
         });
}

}  // namespace

std::string_view name(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::identical: return "identical";
    case GateOutcome::pass: return "pass";
    case GateOutcome::inconclusive: return "inconclusive";
    case GateOutcome::regressed: return "regressed";
    case GateOutcome::no_data: return "no_data";
    case GateOutcome::advisory: return "advisory";
  }
  return "no_data";
}

std::vector<GateVerdict> judge_gates(const Result& base, const Result& fresh,
                                     const std::vector<Gate>& gates, const GateOptions& options) {
  std::vector<Measured> all;
  for (std::size_t gate = 0; gate < gates.size(); ++gate) {
    const std::size_t before = all.size();
    for (const std::string& strategy : strategies_of(base, fresh, options)) {
      if (!is_for(gates[gate], strategy)) continue;
      all.push_back(measure_gate(base, fresh, gates[gate], strategy, options));
      all.back().verdict.gate = gate;
    }
    if (all.size() > before || !options.strategies.empty()) continue;
    all.push_back({blank(gates[gate], "-", options), {}, 0, 0, false});
    all.back().verdict.gate = gate;
    conclude(all.back().verdict, GateOutcome::no_data,
             "the gate is for no strategy that was played");
  }
  correct_and_decide(all, options);
  std::vector<GateVerdict> verdicts;
  for (Measured& measured : all) verdicts.push_back(std::move(measured.verdict));
  return verdicts;
}

std::vector<GateVerdict> describe_changes(const Result& base, const Result& fresh,
                                          const std::vector<std::string>& metrics,
                                          const GateOptions& options) {
  std::vector<GateVerdict> rows;
  for (const std::string& metric : metrics) {
    Gate gate;
    gate.metric = metric;
    for (const std::string& strategy : strategies_of(base, fresh, options)) {
      Measured measured = measure_gate(base, fresh, gate, strategy, options);
      if (measured.tested) conclude(measured.verdict, GateOutcome::advisory, "");
      measured.verdict.declared = false;
      rows.push_back(std::move(measured.verdict));
    }
  }
  return rows;
}

}  // namespace squall
