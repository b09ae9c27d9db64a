// A placement policy that is asked key by key, and the servers that it is asked about.
//
// Shared by the tests of hashing: who is picked is a number from 1, as vectors are recorded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/core/placement.hpp"
#include "strategies/core/rng.hpp"

namespace squall::testing {

// 10.0.0.1:8080, 10.0.0.2:8080 ...
inline std::vector<Backend> backends_of(std::size_t count, std::uint32_t weight = 1) {
  std::vector<Backend> backends;
  for (std::size_t i = 1; i <= count; ++i) {
    backends.push_back({"10.0.0." + std::to_string(i) + ":8080", weight});
  }
  return backends;
}

// One policy, at one instant; all backends are healthy until a test says otherwise.
class Picker {
 public:
  Picker(std::string_view policy, const std::vector<Backend>& backends,
         const PlacementOptions& options = {})
      : views(backends.size()), placement_(placement_named(policy)->make(backends, options)) {}

  // The server's number from 1; 0 when nobody is eligible.
  std::size_t pick(std::string_view key, const std::vector<NodeId>& avoid = {}) {
    const std::uint64_t draw = Rng(1, Purpose::placement, 0).at(draws_++);
    const auto node =
        placement_->pick({.now = {}, .key = key, .draw = draw, .avoid = avoid}, views);
    return node ? index(*node) + 1 : 0;
  }
  BackendView& view(std::size_t server) { return views[server - 1]; }
  void kill(std::size_t server) { report_failure(view(server), {}); }

  std::vector<BackendView> views;

 private:
  std::unique_ptr<Placement> placement_;
  std::uint64_t draws_ = 0;
};

}  // namespace squall::testing
