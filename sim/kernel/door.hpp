// Who may come in at one node: how many connections it has at once, and how many handshakes it has
// under way; and the database that every handshake may ask.
//
// Knows no time and no queue: who waits stands in the node's accept queues. One thread.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall {

class Door {
 public:
  explicit Door(const NodeConfig& config) : config_(&config) {}

  bool limits() const { return config_->max_connections > 0 || config_->admission > 0; }
  // It has a place already, or there is one.
  bool has_place_for(ConnectionId id) const {
    const std::uint32_t most = config_->max_connections;
    return most == 0 || inside_.size() < most || inside_.contains(id);
  }
  bool may_begin() const {
    return config_->admission == 0 || under_way_.size() < config_->admission;
  }
  void take_place(ConnectionId id) {
    if (config_->max_connections > 0) inside_.insert(id);
  }
  void begin(ConnectionId id) {
    if (config_->admission > 0) under_way_.insert(id);
  }
  void handshake_ended(ConnectionId id) { under_way_.erase(id); }
  void leave(ConnectionId id) { inside_.erase(id); }
  // The process dies, and all its connections with it.
  void clear() {
    inside_.clear();
    under_way_.clear();
  }

 private:
  const NodeConfig* config_;
  std::set<ConnectionId> inside_, under_way_;
};

// So many servers, one queue: who asks first is answered first.
class Database {
 public:
  explicit Database(const DatabaseConfig& config)
      : work_(config.connect), free_at_(config.servers, kBeforeAll) {}

  bool is_asked() const { return work_ > Duration{0}; }
  // When the question of now is answered.
  Time answer(Time now) {
    Time& first_free = *std::ranges::min_element(free_at_);
    return first_free = std::max(first_free, now) + work_;
  }

 private:
  Duration work_;
  std::vector<Time> free_at_;
};

}  // namespace squall
