// People by node, and nodes that have been told: small and sorted, made anew for each message.
//
// In one piece of memory each, because a tree would allocate for every node of every message.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

class PeopleByNode {
 public:
  using People = std::vector<EndpointId>;

  People& operator[](NodeId node) {
    const auto place = std::ranges::lower_bound(rows_, node, {}, &Row::first);
    if (place != rows_.end() && place->first == node) return place->second;
    return rows_.emplace(place, node, People{})->second;
  }
  auto begin() { return rows_.begin(); }  // ascending
  auto end() { return rows_.end(); }

 private:
  using Row = std::pair<NodeId, People>;
  std::vector<Row> rows_;
};

class ToldNodes {
 public:
  // Whether it is the first time.
  bool insert(NodeId node) {
    const auto place = std::ranges::lower_bound(nodes_, node);
    if (place != nodes_.end() && *place == node) return false;
    nodes_.insert(place, node);
    return true;
  }

 private:
  std::vector<NodeId> nodes_;
};

}  // namespace squall
