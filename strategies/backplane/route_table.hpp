// What a node believes of where clients are: by endpoint, the node and when it was learned.
// It may be wrong, and forgets by itself after `keep`. Used by the routed backplanes.
#pragma once

#include <chrono>
#include <vector>

#include "strategies/core/option.hpp"
#include "strategies/core/types.hpp"

namespace squall {

inline constexpr Option kRouteCache = duration_option("route_cache", "life of a cached route",
                                                      {.fallback = std::chrono::seconds{30},
                                                       .low = Duration{0},
                                                       .high = std::chrono::hours{24 * 7},
                                                       .source = "uncalibrated",
                                                       .settles = true});

class RouteTable {
 public:
  explicit RouteTable(Duration keep) : keep_(std::chrono::duration_cast<Milliseconds>(keep)) {}

  void now(Time now) { now_ = std::chrono::floor<Milliseconds>(now); }

  // kNoNode: it does not know.
  NodeId find(EndpointId endpoint) const {
    if (index(endpoint) >= routes_.size()) return kNoNode;
    const Route& route = routes_[index(endpoint)];
    return now_ - route.learned <= keep_ ? route.node : kNoNode;
  }

  void learn(EndpointId endpoint, NodeId node) {
    if (index(endpoint) >= routes_.size()) routes_.resize(index(endpoint) + 1);
    routes_[index(endpoint)] = {now_, node};
  }

  // Unless something else has been learned meanwhile.
  void forget(EndpointId endpoint, NodeId node) {
    if (find(endpoint) == node) routes_[index(endpoint)].node = kNoNode;
  }

  void forget(NodeId peer) {
    for (Route& route : routes_) {
      if (route.node == peer) route.node = kNoNode;
    }
  }

 private:
  using Milliseconds = std::chrono::duration<std::int32_t, std::milli>;
  struct Route {
    Milliseconds learned{0};
    NodeId node = kNoNode;
  };

  Milliseconds keep_;
  Milliseconds now_{0};
  std::vector<Route> routes_;
};

}  // namespace squall
