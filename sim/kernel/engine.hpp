// The virtual-time engine: plays one strategy over one scenario with one seed.
//
// Pure: equal arguments give an equal record, bit for bit, on every compiler and at every
// optimisation level. Thread-safe: runs share nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "scenarios/model/scenario.hpp"
#include "sim/record/glimpse.hpp"
#include "sim/record/owed_log.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/witness.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

struct PlayOptions {
  std::uint64_t max_events = 0;                  // 0: no limit
  const std::atomic<bool>* stop = nullptr;       // set from outside: give up soon
  std::atomic<std::int64_t>* reached = nullptr;  // told now and then: virtual time, nanoseconds
  Onlooker* onlooker = nullptr;                  // shown how far it is, when he wishes
  std::optional<Mechanism> mute;                 // tests: swallow the reports of this mechanism
  Witness* witness = nullptr;                    // told everything; a run is the same without
  OwedLog* owed_log = nullptr;  // told who is owed what, for an engine that plays the same
  const OwedLog* owed_elsewhere = nullptr;  // what the other one was told
  unsigned threads = 1;  // that share the work of this run; no result depends on it
  // Tests: play every event of every heartbeat, also of quiet ones. No result depends on it.
  bool single_heartbeats = false;
};

// The record of a run that was stopped carries a violation "run cut short".
RunRecord play(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
               const PlayOptions& options = {});

}  // namespace squall
