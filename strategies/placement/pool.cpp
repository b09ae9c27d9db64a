// nginx's passive failure rules and the weights of smooth weighted round robin. See pool.hpp.
//
// When every backend has failed there is no quick reset: the pick comes back empty (nginx answers
// 502, "no live upstreams") until a fail_timeout has passed.
#include "strategies/placement/pool.hpp"

#include <algorithm>

#include "strategies/core/check.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

// nginx compares whole seconds of its cached clock. Rounds down for warm-up's negative times too.
std::int64_t whole_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).count();
}

bool window_passed(const BackendView& view, Time now, const FailureRule& rule) {
  return whole_seconds(now) - whole_seconds(view.checked) > whole_seconds(rule.fail_timeout);
}

}  // namespace

bool eligible(const BackendView& view, Time now, const FailureRule& rule) {
  if (!view.in_rotation) return false;
  const bool failed = rule.max_fails > 0 && view.fails >= rule.max_fails;
  return !failed || window_passed(view, now, rule);
}

void report_failure(BackendView& view, Time now) {
  ++view.fails;
  view.checked = now;
  view.accessed = now;
}

void report_success(BackendView& view) {
  if (whole_seconds(view.accessed) < whole_seconds(view.checked)) view.fails = 0;
}

void forget(BackendView& view) { view = {.in_rotation = view.in_rotation}; }

Pool::Pool(std::span<const Backend> backends, const FailureRule& rule) : rule_(rule) {
  peers_.reserve(backends.size());
  for (const Backend& backend : backends) {
    SQUALL_CHECK(backend.weight > 0);
    peers_.push_back({.weight = backend.weight, .effective = backend.weight});
    all_.push_back(all_.size());
    total_weight_ += backend.weight;
  }
}

bool Pool::usable(std::size_t peer, const PlacementRequest& request,
                  std::span<const BackendView> views) const {
  SQUALL_CHECK(views.size() == peers_.size());
  const NodeId node{static_cast<std::uint16_t>(peer)};
  for (const NodeId tried : request.avoid) {
    if (tried == node) return false;
  }
  return healthy(peer, request.now, views);
}

NodeId Pool::take(std::size_t peer, const PlacementRequest& request,
                  std::span<BackendView> views) const {
  BackendView& view = views[peer];
  if (window_passed(view, request.now, rule_)) view.checked = request.now;
  return NodeId{static_cast<std::uint16_t>(peer)};
}

std::optional<std::size_t> Pool::draw(std::uint64_t bits, const PlacementRequest& request,
                                      std::span<const BackendView> views,
                                      std::optional<std::size_t> except) const {
  const auto admitted = [&](std::size_t peer) {
    return peer != except && usable(peer, request, views);
  };
  std::uint64_t total = 0;
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
    if (admitted(peer)) total += peers_[peer].weight;
  }
  if (total == 0) return std::nullopt;
  std::uint64_t left = below(bits, total);
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
    if (!admitted(peer)) continue;
    if (left < peers_[peer].weight) return peer;
    left -= peers_[peer].weight;
  }
  return std::nullopt;
}

std::int64_t Pool::advance(std::size_t index_of_peer, const BackendView& view) {
  Peer& peer = peers_[index_of_peer];
  // A failure since the last look costs weight / max_fails, which comes back by 1 per turn.
  if (view.fails > peer.seen_fails && rule_.max_fails > 0) {
    const std::int64_t cost = peer.weight / rule_.max_fails;
    const std::int64_t fresh = view.fails - peer.seen_fails;
    peer.effective = std::max<std::int64_t>(0, peer.effective - fresh * cost);
  }
  peer.seen_fails = view.fails;
  const std::int64_t added = peer.effective;
  peer.current += added;
  if (peer.effective < peer.weight) ++peer.effective;
  return added;
}

}  // namespace squall
