// What delays a frame and what cuts its way: distances, lines, network cards, partitions.
//
// Knows no message and keeps no books: who sends asks when a frame is there, and what lies between.
// Every delay is drawn from a stream of its own, so that no part can shift the draws of another.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/distances.hpp"
#include "scenarios/model/plan.hpp"
#include "sim/books/paths.hpp"
#include "sim/kernel/line.hpp"
#include "sim/kernel/pipe.hpp"
#include "sim/record/byte_book.hpp"

namespace squall {

class Network {
 public:
  // `scenario`: as it is now, see obey().
  Network(const Scenario& scenario, const Plan& plan);

  // From now on delays are those.
  void obey(const NetConfig& net);

  // ---- between clients and nodes ----------------------------------------------------------------
  // The downlink of clients in this zone.
  std::uint32_t line_of(std::int64_t bits_per_second, const std::string& zone);
  const Line& line(const Pipe& pipe) const { return lines_[pipe.line]; }
  Duration message_delay(std::uint64_t bits) const { return Duration{client_node_.sample(bits)}; }
  // What is added to one way between the client and this node.
  Duration detour(const Pipe& pipe, NodeId node) const {
    if (!distances_.any() || node == kNoNode) return Duration{0};
    return distances_.between(ends_[pipe.line], distances_.of(node));
  }
  // What is added on top to this frame of a stream, which names it (distances.hpp).
  Duration weather(const Pipe& pipe, NodeId node, std::uint64_t stream, std::uint64_t frame) const {
    if (!distances_.stormy() || node == kNoNode) return Duration{0};
    return distances_.weather(ends_[pipe.line], distances_.of(node), {plan_.seed(), stream, frame});
  }

  // ---- inside of the cluster --------------------------------------------------------------------
  // One way between the node and a server; between two nodes.
  Duration cluster_delay(Place::Kind server, NodeId node);
  Duration peer_delay(NodeId from, NodeId to);
  // When `bytes` sent by the node at `when` have left its network card.
  Time depart(NodeId node, Bytes bytes, Time when);
  // Which links of the cluster lead from one zone to another; none without zones.
  Crosses crossing() const;

  // ---- partitions -------------------------------------------------------------------------------
  // What lies between the two, if a partition does.
  std::optional<Cut> cut_between(const Place& a, const Place& b, Time now) const {
    return plan_.partitions().empty() ? std::nullopt : cut_at(plan_, a, b, now);
  }
  // This partition has cut the way just now; it may join one that lies there already, and does not
  // cut it then.
  bool cut_by(std::uint32_t partition, const Place& a, const Place& b, Time now) const;
  // The end of this partition opens the way: no other one lies there.
  bool opened_by(std::uint32_t partition, const Place& a, const Place& b, Time now) const;

 private:
  struct Draws {
    Rng rng;
    std::uint32_t drawn = 0;
  };
  Draws& draws(Place::Kind to, NodeId node) {
    return draws_[static_cast<std::size_t>(to)][index(node)];
  }
  Duration between_zones(Place::Kind to, NodeId node, ZoneId from, ZoneId there);

  const Scenario& scenario_;
  const Plan& plan_;
  const Distances distances_;
  std::vector<Line> lines_;   // the different downlinks
  std::vector<ZoneId> ends_;  // by line: where the clients at its end are
  Sampler client_node_, node_node_, node_broker_, node_registry_;
  std::array<std::vector<Draws>, 3> draws_;  // by what a node speaks with, node
  std::vector<Time> card_busy_;              // of nodes, towards the cluster
};

}  // namespace squall
