// One run as a Perfetto trace: native TrackEvents, for https://ui.perfetto.dev or trace_processor.
//
// One process per node with its sessions as a counter and an instant for each message that it is to
// push (a flow joins those of one message); one track per fault; one per endpoint that was
// disconnected; loss and deliveries per second. Timestamps count from the start of warm-up.
#pragma once

#include <cstddef>
#include <string>

#include "scenarios/model/scenario.hpp"
#include "sim/record/journey_log.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

struct TraceLimits {
  std::size_t messages = 50'000;  // instants; beyond, every n-th message is shown, and it says so
  std::size_t endpoints = 200;    // tracks of clients; those with most connections
};

// The bytes of a .perfetto-trace file.
std::string perfetto_trace(const Scenario& scenario, const RunRecord& run, const JourneyLog& log,
                           const TraceLimits& limits = {});

}  // namespace squall
