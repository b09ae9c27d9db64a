// The script, flattened to instants and stretches of time: what the outside does to the system.
//
// A rolling restart becomes drains, stops and starts; a pause ends with its process. A part of the
// plan (plan.hpp), which decides the rest: who lives when, who says what.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct Stimulus {
  enum class Kind : std::uint8_t {
    crash,      // node: the process dies
    host_lost,  // node: the machine vanishes without a word
    stop,       // node: the process ends after a drain, remaining sessions get a goodbye
    start,      // node: the process (or host) is back
    drain,      // node: leave the rotation, close the sessions spread over `lasts`
    undrain,    // node: back into the rotation
    unlist,     // node: leave the rotation, and go on as before
    pace,       // node: a time in which it is slow begins or ends
    cut,
    heal,  // partition number `item`
    broker_down,
    broker_up,
    registry_down,
    registry_up,
    lb_reload,        // the balancer's new workers begin; step number `item`
    old_workers_end,  // and what its old ones still have is cut
    settings,         // a time in which something is set begins or ends: step number `item`
    disconnect,       // step number `item`: a population's share, or an individual
    connect,
    join,
    leave,
    send  // individuals
  } kind;
  Time at;
  std::uint32_t item = 0;  // node, or index into Scenario::script (partitions, disconnect, clients)
  Duration lasts{0};
  TriggerId trigger = kStructural;
};

struct TimeRange {
  Time begin, end;  // [begin, end)
  bool contains(Time t) const { return begin <= t && t < end; }
};

struct Pause {
  TimeRange range;
  TriggerId trigger;
};

// All the node does takes `times` as long.
struct Slowness {
  TimeRange range;
  double times;
  TriggerId trigger;
};

struct Partition {
  TimeRange range;
  PartitionSide a, b;
  TriggerId trigger;
};

struct FlatScript {
  std::vector<Stimulus> stimuli;  // ascending by time
  std::vector<Partition> partitions;
  std::vector<std::vector<Pause>> pauses;         // by node
  std::vector<std::vector<Slowness>> slow_times;  // by node
};

FlatScript flatten_script(const Scenario& scenario);

}  // namespace squall
