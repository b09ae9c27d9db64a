// How much farther it is between two zones than inside of one: `cluster.net.zones`, looked up.
//
// Nodes are in the zones of `cluster.nodes.zones`; broker, registry and clients in those that they
// name. Who is in no zone is equally far from all, and no distance is added. What a pair of zones
// does to single frames is its weather: jitter, and what is lost and sent again. Pure: made once,
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

// Whose weather is asked for: a stream of its own, and which frame of it this is.
struct FrameDraw {
  std::uint64_t seed, stream, number;
};

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
    return delays_[pair(a, b)];
  }
  // From here to there is not inside of one zone.
  bool cross(ZoneId a, ZoneId b) const {
    return !delays_.empty() && a != kNowhere && b != kNowhere && a != b;
  }
  bool stormy() const { return !weathers_.empty(); }  // some pair has jitter or loses frames
  // Of one frame between the two: its jitter, and the time until it is sent for the last time.
  Duration weather(ZoneId a, ZoneId b, const FrameDraw& draw) const;

 private:
  struct Weather {
    Sampler jitter{Distribution::fixed(0)};
    std::uint64_t loss = 0;     // of 2^64
    Duration first_timeout{0};  // of TCP
  };
  std::size_t pair(ZoneId a, ZoneId b) const {
    return static_cast<std::size_t>(a) * names_.size() + static_cast<std::size_t>(b);
  }
  ZoneId add(const std::string& zone);

  std::vector<std::string> names_;
  std::vector<ZoneId> nodes_;
  ZoneId broker_ = kNowhere, registry_ = kNowhere;
  std::vector<Duration> delays_;   // by two zones; empty without `cluster.net.zones`
  std::vector<Weather> weathers_;  // the same; empty where there is none
};

// Whether some pair of zones has jitter or loses frames.
bool has_weather(const Scenario& scenario);

// What is added, at most, to one way between a client and a node.
Duration farthest_client(const Scenario& scenario);

}  // namespace squall
