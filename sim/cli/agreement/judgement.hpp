// One scenario as three witnesses tell it: the closed form, the simulation, the measurement.
//
// Pure: results in, rows and a judgement out. Loss, cause and bytes are held by the rules of
// sim/cli/compare/parity.hpp; latency and the CPU of the nodes by the limits here. Plays nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/cli/compare/parity.hpp"

namespace squall {

inline constexpr double kP50Tolerance = 0.15, kP99Tolerance = 0.30;  // of the measurement
inline constexpr double kCpuTolerance = 0.25;                        // the same
inline constexpr double kLatencyShare = 0.75;  // of the pairs: so many must hold p50 and p99

struct JudgedQuantity {
  enum class Ruling : std::uint8_t { holds, misses, not_judged };
  std::string name, unit;
  std::optional<double> closed_form, simulated, measured;
  double interval = 0;  // half of the joint 95 % interval; 0: too few seeds
  std::string limit;    // "15 %"
  Ruling verdict = Ruling::not_judged;
  std::string why;  // the likely reason of a miss, or why it is not judged
  bool of_latency = false;

  std::optional<double> error() const;  // simulated / measured - 1
};

struct AgreementPair {
  std::string scenario, strategy, measured_by;
  std::vector<JudgedQuantity> quantities;
  std::string cause_simulated, cause_measured;
  std::vector<std::string> remarks;  // not validated here, uncalibrated
  std::string not_counted;           // why; empty: it counts
  std::string invalid;               // the measurement may not be believed

  bool misses() const;
};

struct Seen {  // of one strategy of one scenario
  const Scenario& scenario;
  const StrategySpec& strategy;
  const StrategyResult& simulated;
  const StrategyResult& measured;
  std::optional<double> cpu_simulated, cpu_measured;  // of all nodes, seconds in a second
  bool foreign = false;
};
AgreementPair judge_agreement(const Seen& seen);

// CPU of all nodes, seconds in a second, of simulated runs; their mean. There is at least one.
double cpu_of_nodes(const std::vector<RunRecord>& runs);
double mean_of_all(const std::vector<double>& values);

struct Tally {
  std::size_t counted = 0, hold = 0, latency_judged = 0, latency_hold = 0, invalid = 0;
  bool agrees() const {
    return hold == counted &&
           static_cast<double>(latency_hold) >= kLatencyShare * static_cast<double>(latency_judged);
  }
};
Tally tally_of(const std::vector<AgreementPair>& pairs);

// Misses first.
std::string agreement_text(std::vector<AgreementPair> pairs, const std::string& costs);
std::string agreement_json(const std::vector<AgreementPair>& pairs, const std::string& costs);

}  // namespace squall
