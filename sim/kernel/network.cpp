// The random delays of wires, and whose way a partition cuts. See network.hpp.
// A server is one place: its delays are drawn by node, as that node's frames come and go in order.
#include "sim/kernel/network.hpp"

#include <algorithm>

namespace squall {

Network::Network(const Scenario& scenario, const Plan& plan)
    : scenario_(scenario),
      plan_(plan),
      distances_(scenario),
      client_node_(scenario.cluster.net.client_node),
      node_node_(scenario.cluster.net.node_node),
      node_broker_(scenario.cluster.net.node_broker),
      node_registry_(scenario.cluster.net.node_registry),
      card_busy_(scenario.cluster.nodes.count, kBeforeAll) {
  for (std::uint64_t to = 0; to < draws_.size(); ++to) {
    for (std::uint64_t n = 0; n < scenario.cluster.nodes.count; ++n) {
      draws_[to].push_back({Rng(plan.seed(), Purpose::cluster_latency, to << 32 | n)});
    }
  }
}

void Network::obey(const NetConfig& net) {
  client_node_ = Sampler(net.client_node);
  node_node_ = Sampler(net.node_node);
  node_broker_ = Sampler(net.node_broker);
  node_registry_ = Sampler(net.node_registry);
}

// Individuals may have as many rates as there are of them; populations have few.
std::uint32_t Network::line_of(std::int64_t bits_per_second, const std::string& zone) {
  const ZoneId end = distances_.named(zone);
  for (std::uint32_t line = 0; line < lines_.size(); ++line) {
    if (lines_[line].rate() == bits_per_second && ends_[line] == end) return line;
  }
  lines_.emplace_back(bits_per_second);
  ends_.push_back(end);
  return static_cast<std::uint32_t>(lines_.size() - 1);
}

Duration Network::cluster_delay(Place::Kind server, NodeId node) {
  Draws& of = draws(server, node);
  const std::uint64_t bits = of.rng.at(of.drawn++);
  const bool broker = server == Place::Kind::broker;
  const Duration delay{(broker ? node_broker_ : node_registry_).sample(bits)};
  if (!distances_.any()) return delay;
  return delay + between_zones(server, node, distances_.of(node),
                               broker ? distances_.broker() : distances_.registry());
}

Duration Network::peer_delay(NodeId from, NodeId to) {
  Draws& of = draws(Place::Kind::node, to);
  const Duration delay{node_node_.sample(of.rng.at(of.drawn++))};
  if (!distances_.any()) return delay;
  return delay + between_zones(Place::Kind::node, to, distances_.of(from), distances_.of(to));
}

// Of the frame whose delay was drawn last.
Duration Network::between_zones(Place::Kind to, NodeId node, ZoneId from, ZoneId there) {
  const std::uint64_t stream = 4 * (static_cast<std::uint64_t>(to) << 32 | index(node)) + 3;
  return distances_.between(from, there) +
         distances_.weather(from, there, {plan_.seed(), stream, draws(to, node).drawn});
}

Time Network::depart(NodeId node, Bytes bytes, Time when) {
  Time& busy = card_busy_[index(node)];
  return busy = std::max(busy, when) + Line(scenario_.cluster.net.node_bandwidth).time(bytes);
}

// Clients come over the internet wherever they are.
Crosses Network::crossing() const {
  if (!distances_.any()) return {};
  return [this](Link link, NodeId node, NodeId other) {
    const ZoneId here = distances_.of(node);
    switch (link) {
      case Link::node_to_node:
        SQUALL_CHECK(other != kNoNode);
        return distances_.cross(here, distances_.of(other));
      case Link::node_to_broker:
      case Link::broker_to_node: return distances_.cross(here, distances_.broker());
      case Link::node_to_registry:
      case Link::registry_to_node: return distances_.cross(here, distances_.registry());
      case Link::client_to_lb:
      case Link::lb_to_client:
      case Link::lb_to_node:
      case Link::node_to_lb:
      case Link::broker_to_broker: break;  // all of them stand where the broker stands
    }
    return false;
  };
}

bool Network::cut_by(std::uint32_t partition, const Place& a, const Place& b, Time now) const {
  const auto cut = cut_between(a, b, now);
  return cut && cut->first == partition;
}

bool Network::opened_by(std::uint32_t partition, const Place& a, const Place& b, Time now) const {
  return crosses(plan_.partitions()[partition], a, b) && !cut_between(a, b, now);
}

}  // namespace squall
