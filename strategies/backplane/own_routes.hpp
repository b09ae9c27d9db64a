// The registry entries of a node's own sessions: written when one opens and when it is due again,
// deleted when it closes.
//
// Plain: whoever comes last wins. Fenced: a write carries the epoch of its session and a delete the
// node's name, so that what comes late leaves the entry of a newer session alone. Held: the same,
// under the lease of the node (route_writer.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "strategies/backplane/epoch.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class OwnRoutes {
 public:
  enum class Kind : std::uint8_t { plain, fenced, held };
  explicit OwnRoutes(Kind kind) : kind_(kind) {}

  // With a request the write is answered.
  void opened(EndpointId endpoint, Time now, Actions& actions, std::uint32_t request = 0) {
    if (kind_ != Kind::plain) opened_[endpoint] = now;
    renew(endpoint, actions, request);
  }

  void renew(EndpointId endpoint, Actions& actions, std::uint32_t request = 0) {
    RegistryCall call{
        RegistryCall::Verb::set_route, {static_cast<std::uint32_t>(endpoint)}, request};
    if (kind_ != Kind::plain) {
      call.verb =
          kind_ == Kind::held ? RegistryCall::Verb::set_held : RegistryCall::Verb::set_if_newer;
      call.epoch = epoch_of(opened_[endpoint]);
    }
    actions.call(std::move(call));
  }

  // Of a session that is here; known only where it fences.
  Time opened_at(EndpointId endpoint) const {
    const auto found = opened_.find(endpoint);
    return found == opened_.end() ? Time{0} : found->second;
  }

  void closed(EndpointId endpoint, Actions& actions, std::uint32_t request = 0) {
    opened_.erase(endpoint);
    const auto verb = kind_ == Kind::plain ? RegistryCall::Verb::delete_route
                                           : RegistryCall::Verb::delete_if_mine;
    actions.call({verb, {static_cast<std::uint32_t>(endpoint)}, request});
  }

  // Whose sessions are here; known only where it fences.
  std::vector<EndpointId> all() const {
    std::vector<EndpointId> endpoints;
    for (const auto& [endpoint, since] : opened_) endpoints.push_back(endpoint);
    return endpoints;
  }

 private:
  Kind kind_;
  std::map<EndpointId, Time> opened_;  // kept only where it fences
};

}  // namespace squall
