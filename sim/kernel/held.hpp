// What the registry keeps under leases of nodes: the leases, and sets of nodes.
//
// A lease says since when the process that holds it lives. Whoever wrote something down as a
// process of that node since then is believed while the lease is held. Plain data: time is told.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

// Entries under a lease are not renewed one by one; a server forgets them after a day.
inline constexpr Duration kHeldEntryLife = std::chrono::hours{24};

class Leases {
 public:
  struct Lease {
    std::uint64_t since = 0;
    Time expires{kBeforeAll};
    bool watched = false;
  };

  explicit Leases(std::size_t nodes) : leases_(nodes) {}

  // Whether the same process had held it until now.
  bool hold(NodeId node, std::uint64_t since, Time now, Time expires) {
    Lease& lease = leases_[index(node)];
    const bool held = lease.since == since && now < lease.expires;
    lease.since = since;
    lease.expires = expires;
    return held;
  }
  bool covers(NodeId node, std::uint64_t epoch, Time now) const {
    const Lease& lease = leases_[index(node)];
    return now < lease.expires && lease.since <= epoch;
  }
  std::uint64_t since(NodeId node, Time now) const {  // 0: nobody holds it
    const Lease& lease = leases_[index(node)];
    return now < lease.expires ? lease.since : 0;
  }
  const Lease& of(NodeId node) const { return leases_[index(node)]; }
  void put_back(NodeId node, Lease before) {
    before.watched = watched(node);
    leases_[index(node)] = before;
  }
  Time expires(NodeId node) const { return leases_[index(node)].expires; }
  // Somebody is on his way to look when it runs out.
  bool& watched(NodeId node) { return leases_[index(node)].watched; }

 private:
  std::vector<Lease> leases_;  // by node
};

class NodeSets {
 public:
  struct Before {
    std::map<NodeId, std::uint64_t> members;
    std::uint64_t added, removed;
  };
  Before of(std::uint32_t key) const {
    const auto set = sets_.find(key);
    return {set == sets_.end() ? std::map<NodeId, std::uint64_t>{} : set->second, added_, removed_};
  }
  void put_back(std::uint32_t key, const Before& before) {
    sets_[key] = before.members;
    if (before.members.empty()) sets_.erase(key);
    added_ = before.added, removed_ = before.removed;
  }

  bool add(std::uint32_t key, NodeId node, std::uint64_t epoch) {
    const auto [member, first] = sets_[key].try_emplace(node, epoch);
    if (!first && member->second > epoch) return false;
    member->second = epoch;
    added_ += first;
    return true;
  }
  bool remove(std::uint32_t key, NodeId node, std::uint64_t epoch) {
    const auto set = sets_.find(key);
    if (set == sets_.end()) return false;
    const auto member = set->second.find(node);
    if (member == set->second.end() || member->second > epoch) return false;
    set->second.erase(member);
    if (set->second.empty()) sets_.erase(set);
    ++removed_;
    return true;
  }
  std::vector<NodeId> members(std::uint32_t key, const Leases& leases, Time now) const {
    std::vector<NodeId> found;
    const auto set = sets_.find(key);
    if (set == sets_.end()) return found;
    for (const auto& [node, epoch] : set->second) {
      if (leases.covers(node, epoch, now)) found.push_back(node);
    }
    return found;
  }
  std::uint64_t epoch(std::uint32_t key, NodeId member) const { return sets_.at(key).at(member); }
  bool balanced() const {
    std::uint64_t members = 0;
    for (const auto& [key, set] : sets_) members += set.size();
    return members == added_ - removed_;
  }

 private:
  std::map<std::uint32_t, std::map<NodeId, std::uint64_t>> sets_;  // by key
  std::uint64_t added_ = 0, removed_ = 0;
};

}  // namespace squall
