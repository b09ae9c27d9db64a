// How much farther it is between two zones than inside of one: `cluster.net.zones`, looked up.
//
// Nodes are in the zones of `cluster.nodes.zones`; broker, registry and clients in those that they
// name. Who is in no zone is equally far from all, and no distance is added. Pure: made once,
// constant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall {

// Numbered in the order in which the scenario names them; kNowhere: in none.
enum class ZoneId : std::uint16_t {};
inline constexpr ZoneId kNowhere{0xFFFF};

class Distances {
 public:
  explicit Distances(const Scenario& scenario);

  bool any() const { return !delays_.empty(); }  // else nobody is farther than anybody else
  ZoneId of(NodeId node) const { return nodes_[index(node)]; }
  ZoneId broker() const { return broker_; }
  ZoneId registry() const { return registry_; }
  ZoneId named(const std::string& zone) const;  // kNowhere: empty, or unknown

  // To be added to one way between the two.
  Duration between(ZoneId a, ZoneId b) const {
    if (delays_.empty() || a == kNowhere || b == kNowhere) return Duration{0};
    return delays_[static_cast<std::size_t>(a) * names_.size() + static_cast<std::size_t>(b)];
  }
  // From here to there is not inside of one zone.
  bool cross(ZoneId a, ZoneId b) const {
    return !delays_.empty() && a != kNowhere && b != kNowhere && a != b;
  }

 private:
  ZoneId add(const std::string& zone);

  std::vector<std::string> names_;
  std::vector<ZoneId> nodes_;
  ZoneId broker_ = kNowhere, registry_ = kNowhere;
  std::vector<Duration> delays_;  // by two zones; empty without `cluster.net.zones`
};

// What is added, at most, to one way between a client and a node.
Duration farthest_client(const Scenario& scenario);

}  // namespace squall
