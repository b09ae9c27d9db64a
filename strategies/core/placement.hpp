// The contract of a load-balancer policy: which node does this connection attempt go to?
//
// Sans-IO. The balancer (an engine) owns the view of its backends and reports failures with the
// functions below; a policy only chooses. Failure rule: nginx passive checks (facts: a backend is
// skipped while fails >= max_fails and now - checked <= fail_timeout, in whole seconds).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

struct Backend {
  std::string address;  // as written after nginx's `server`, e.g. "10.0.0.1:8080"
  std::uint32_t weight = 1;
  std::uint32_t zone = 0;  // numbered as the scenario lists them
};

// What one balancer believes about one backend.
struct BackendView {
  bool in_rotation = true;        // false while draining, as far as the balancer was told
  std::uint32_t connections = 0;  // open through this balancer
  std::uint32_t fails = 0;
  Time checked{0};
  Time accessed{0};
};

struct FailureRule {
  std::uint32_t max_fails = 1;                       // nginx default
  Duration fail_timeout = std::chrono::seconds{10};  // nginx default
};

struct PlacementOptions {
  FailureRule failures;
  // Percent of the mean number of connections that one backend may have; 0: no bound.
  std::uint32_t balance_factor = 0;
};

struct PlacementRequest {
  Time now;
  std::string_view key;           // value of the hashed request parameter
  std::uint64_t draw;             // 64 uniform bits, fresh for every pick
  std::span<const NodeId> avoid;  // tried already in this attempt, or used by a sister connection
};

class Placement {
 public:
  virtual ~Placement() = default;
  // Index into `views`; empty when no backend is eligible. May update `checked` (nginx probing).
  virtual std::optional<NodeId> pick(const PlacementRequest& request,
                                     std::span<BackendView> views) = 0;
  // Where each of these keys goes, as if all were picked for at one instant, one after another. For
  // whoever asks of very many at once: what is the same for all of them is done once.
  virtual std::vector<std::optional<NodeId>> pick_each(std::span<const std::string> keys, Time now,
                                                       std::span<BackendView> views) {
    std::vector<std::optional<NodeId>> picks;
    picks.reserve(keys.size());
    for (const std::string& key : keys) {
      picks.push_back(pick({.now = now, .key = key, .draw = 0, .avoid = {}}, views));
    }
    return picks;
  }
};

// Shared by all policies and by the balancers of both engines.
bool eligible(const BackendView& view, Time now, const FailureRule& rule);
void report_failure(BackendView& view, Time now);
void report_success(BackendView& view);
void forget(BackendView& view);  // a reload: all but who is in the rotation

// What becomes of requests for a backend that has failed.
enum class Failover : std::uint8_t {
  others,  // they go to others; when all have failed, to nobody
  panic,   // the same, but when fewer than half are healthy, to whoever is in the rotation
  nobody   // they wait for it
};

struct PlacementRow {
  std::string_view name;
  bool keyed;  // looks at PlacementRequest::key
  std::string_view meaning;
  std::unique_ptr<Placement> (*make)(std::span<const Backend> backends,
                                     const PlacementOptions& options);
  bool bounded = false;  // obeys PlacementOptions::balance_factor
  // A backend that fails or drains moves its own keys and no others.
  bool moves_own_keys_only = false;
  // So does one that is taken out of the list: nothing depends on the places of others in it.
  bool leaves_own_keys_only = false;
  // Whoever is taken out of the list leaves behind what he would by failing.
  bool leaves_as_it_fails = false;
  Failover failover = Failover::others;
};

std::span<const PlacementRow> placements();                  // the registry, one row per policy
const PlacementRow* placement_named(std::string_view name);  // nullptr when unknown

}  // namespace squall
