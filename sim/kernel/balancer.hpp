// The load balancer: its rule (sim/books/rotation.hpp), and nginx's way of noticing that a backend
// is gone: by failing to connect to it.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "sim/books/rotation.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Balancer {
 public:
  explicit Balancer(World& world);

  // The first packet of an attempt is here: find it a node, or refuse it.
  // `silent`: the node that was tried before and has not answered for the connect time-out.
  void attempt(ConnectionId id, NodeId silent);
  // Another policy from now on, for those that come.
  void obey(std::string_view policy) { rotation_.obey(policy); }
  // A session is open: from now on its silence counts, where there is a limit to it.
  void watch(NodeId node, ConnectionId id);
  void heard(ConnectionId id) {  // a frame of its client has passed
    if (idle_ > Duration{0}) passed_[index(id)] = world_.now;
  }
  void idle_check(NodeId node, ConnectionId id);
  // A connection or attempt that was counted has ended.
  void released(ConnectionId id);
  // The node enters or leaves the rotation; the balancer hears of it after the propagation time.
  void tell(NodeId node, bool in_rotation);
  void told(NodeId node, bool in_rotation);

 private:
  void forward(ConnectionId id, NodeId node);
  void go_straight(ConnectionId id, NodeId node);
  void shake_hands(ConnectionId id, NodeId node);
  void refuse(ConnectionId id);

  World& world_;
  Rotation rotation_;
  const Duration idle_;
  std::vector<Time> passed_;  // by connection: the last frame of its client, where idle_ is set
  std::uint64_t open_ = 0;    // connections and attempts that are counted
  std::vector<Time> heard_;   // when the latest news of a node arrives
  std::map<ConnectionId, std::vector<NodeId>> tried_;  // silent nodes, by running attempt
};

}  // namespace squall
