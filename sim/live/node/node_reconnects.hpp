// When a node connects to a server again: after one wait, from the moment on at which the server
// can be reached.
//
// Waits are drawn from the plan's seed, in the order of the attempts, for each server its own.
#pragma once

#include <cstdint>
#include <map>

#include "scenarios/model/distribution.hpp"
#include "sim/books/paths.hpp"
#include "sim/live/node/node_process.hpp"

namespace squall::live {

class NodeReconnects {
 public:
  explicit NodeReconnects(NodeProcess& process)
      : process_(process), wait_(process.cluster().scenario.cluster.broker.reconnect) {}

  Time next(Place::Kind server) {  // kNever: it cannot be reached any more
    const Plan& plan = process_.cluster().plan;
    const Time open = reachable_from(plan, process_.id(), server, process_.now());
    if (open == kNever) return kNever;
    const Rng rng(plan.seed(), Purpose::broker_reconnect,
                  reconnect_stream(plan, process_.id(), server));
    return open + Duration{wait_.sample(rng.at(drawn_[server]++))};
  }

 private:
  NodeProcess& process_;
  Sampler wait_;
  std::map<Place::Kind, std::uint64_t> drawn_;
};

}  // namespace squall::live
