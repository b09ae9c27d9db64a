// Double entry for bytes: what was sent on a link must be received, lost, or still under way.
//
// Purposes are booked when the sender's side is known (for a push, when its fate is known); the
// totals are booked apart, so that the sum over purposes is a check and not a definition.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/record/bytes.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/wire.hpp"

namespace squall {

// Which links lead from one zone to another, for a count of its own: of this node and, on a link
// between nodes, the other one.
using Crosses = std::function<bool(Link link, NodeId node, NodeId other)>;

class ByteBook {
 public:
  ByteBook(Duration measure, std::size_t nodes) : window_of_run_(measure), nic_(nodes) {}

  void count_crossing(Crosses crosses) { crosses_ = std::move(crosses); }

  // `times` equal frames leave at `at`; `node` is the cluster node at one end of the link, `other`
  // the one at its other end, if that is a node, too.
  void sent(Link link, BytePurpose payload, const WireCost& cost, Time at, NodeId node,
            std::int64_t times = 1, NodeId other = kNoNode) {
    const std::optional<Inside> counted = window_of_run_.at(at);
    // The frames of heartbeats and handshakes exist for their purpose alone.
    const bool whole = payload == BytePurpose::control || payload == BytePurpose::handshake;
    book(link, payload, (cost.payload + (whole ? cost.framing : 0)) * times, counted);
    book(link, BytePurpose::framing, (whole ? 0 : cost.framing) * times, counted);
    book(link, BytePurpose::transport, cost.transport * times, counted);
    totals_[static_cast<std::size_t>(link)].sent += cost.total() * times;
    if (touches_node(link)) nic_[index(node)] += cost.total() * times;
    cross(link, cost.total() * times, counted, {node, other});
  }
  // Of frames that came by `link`: bare acknowledgements, sent at `at` the other way and received
  // there. None is lost: who would hear of it is not modelled, and asks again.
  void acknowledged(Link link, Bytes acknowledgements, Time at, NodeId node,
                    NodeId other = kNoNode) {
    if (acknowledgements == 0) return;
    const Link back = reverse(link);
    const Bytes bytes = acknowledgements * wire::kTcpIpHeader;
    const std::optional<Inside> counted = window_of_run_.at(at);
    book(back, BytePurpose::acknowledgement, bytes, counted);
    totals_[static_cast<std::size_t>(back)].sent += bytes;
    totals_[static_cast<std::size_t>(back)].received += bytes;
    if (touches_node(back)) nic_[index(node)] += bytes;
    cross(back, bytes, counted, {node, other});
  }
  // A frame that is sent and received in one breath, or lost; its acknowledgements are apart.
  void passed(Link link, BytePurpose payload, const WireCost& cost, Time at, NodeId node,
              bool arrives = true) {
    sent(link, payload, cost, at, node);
    arrives ? received(link, cost) : lost(link, cost);
  }
  void received(Link link, const WireCost& cost, std::int64_t times = 1) {
    totals_[static_cast<std::size_t>(link)].received += cost.total() * times;
  }
  void lost(Link link, const WireCost& cost, std::int64_t times = 1) {
    totals_[static_cast<std::size_t>(link)].lost += cost.total() * times;
  }
  // At the end of the run: frames that are still on their way.
  void in_flight(Link link, const WireCost& cost) {
    totals_[static_cast<std::size_t>(link)].in_flight += cost.total();
  }

  const ByteMatrix& window() const { return window_; }
  const Counted<Bytes>& crossing() const { return crossing_; }  // of those, from zone to zone
  struct Totals {                                               // of the whole run
    Bytes sent = 0, received = 0, lost = 0, in_flight = 0, by_purpose = 0;
  };
  const std::array<Totals, kLinks>& totals() const { return totals_; }
  void check(std::vector<Violation>& violations) const;

 private:
  static bool touches_node(Link link) {
    return link != Link::client_to_lb && link != Link::lb_to_client &&
           link != Link::broker_to_broker;
  }
  void book(Link link, BytePurpose purpose, Bytes bytes, std::optional<Inside> counted) {
    totals_[static_cast<std::size_t>(link)].by_purpose += bytes;
    auto& sent = window_[static_cast<std::size_t>(link)].sent;
    sent[static_cast<std::size_t>(purpose)].add(counted, bytes);
  }

  struct Ends {
    NodeId node, other;
  };
  void cross(Link link, Bytes bytes, std::optional<Inside> counted, const Ends& ends) {
    if (crosses_ && crosses_(link, ends.node, ends.other)) crossing_.add(counted, bytes);
  }

  Window window_of_run_;
  ByteMatrix window_{};
  std::array<Totals, kLinks> totals_{};
  std::vector<Bytes> nic_;
  Crosses crosses_;
  Counted<Bytes> crossing_;
};

}  // namespace squall
