// What a node's process works on, one piece after another, where work is dilated.
//
// Elsewhere work takes what the machine takes for it, and is done at once. How pieces are slept:
// work_queue.hpp. What they cost: the profile of the scenario's nodes. Connections begin and end in
// the same line, as a loop that is behind has not looked at them yet.
#pragma once

#include <utility>

#include "scenarios/model/cost_profile.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/work_queue.hpp"

namespace squall::live {

class NodeWork {
 public:
  explicit NodeWork(NodeProcess& process)
      : process_(process),
        costs_(costs_of(process.cluster().scenario.cluster.nodes)),
        queue_(
            process.loop(), process.cluster().scenario.time.measure,
            [&process](Time when, WorkQueue::Then then) { process.later(when, std::move(then)); }) {
  }

  bool dilated() const { return process_.cluster().options.dilate; }

  // Calls `then` at once; where work is dilated, behind what is being worked on, and later.
  template <typename Then>
  void after(Duration CostProfile::*base, Bytes size, Then then) {
    if (!dilated()) return then();
    queue_.add(costs_.*base + costs_.per_kib * size / 1024, std::move(then));
  }
  // The same for what is not slept, and yet has to wait for its turn.
  template <typename Then>
  void in_turn(Then then) {
    if (!dilated()) return then();
    queue_.add(Duration{0}, then);
  }
  void forget_all() { queue_.forget_all(); }  // as what the kernel had, and nobody read
  const DilatedWork& so_far() const { return queue_.dilated(); }

 private:
  NodeProcess& process_;
  const CostProfile costs_;
  WorkQueue queue_;
};

}  // namespace squall::live
