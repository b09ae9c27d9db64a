// The load balancer: its rule (sim/books/rotation.hpp), and nginx's way of noticing that a backend
// is gone: by failing to connect to it; or by checks, if it makes any. Of several replicas each has
// its own view, and an attempt comes to any of them. Instead of all of them there may be a name
// server, which only says an address.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "sim/books/rotation.hpp"
#include "sim/kernel/source_ports.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Balancer {
 public:
  explicit Balancer(World& world);

  void begin();  // checks, where there are any
  // The first packet of an attempt is here: find it a node, or refuse it.
  // `silent`: the node that was tried before and has not answered for the connect time-out.
  void attempt(ConnectionId id, NodeId silent);
  // Another policy from now on, for those that come.
  void obey(std::string_view policy) {
    for (Rotation& rotation : rotations_) rotation.obey(policy);
  }
  // A session is open: from now on its silence counts, where there is a limit to it.
  void watch(NodeId node, ConnectionId id);
  void heard(ConnectionId id) {  // a frame of its client has passed
    if (counts_silence_) passed_[index(id)] = world_.now;
  }
  // Has nobody said anything for too long, for the balancer or for a NAT before it?
  void idle_check(NodeId node, ConnectionId id, bool nat);
  // A connection or attempt that was counted has ended.
  void released(ConnectionId id);
  // The node enters or leaves the rotation; each replica hears of it after its propagation time.
  void tell(NodeId node, bool in_rotation);
  void told(NodeId node, std::uint16_t replica, bool in_rotation);
  void check(NodeId node, std::uint16_t replica);
  // Step number `step`: new workers know of no connection and no failure; the old ones serve what
  // they have until they end, and what they still have then is cut.
  void reload(std::uint32_t step);
  void old_workers_end(std::uint32_t step, TriggerId trigger);

 private:
  struct Address {  // that a client was told
    NodeId node = kNoNode;
    Time until = kBeforeAll;
  };

  std::uint16_t replica_of(ConnectionId id);
  std::optional<NodeId> choose(ConnectionId id, std::span<const NodeId> avoid);
  void ask_name_server(ConnectionId id);
  void forward(ConnectionId id, NodeId node);
  void go_straight(ConnectionId id, NodeId node);
  void shake_hands(ConnectionId id, NodeId node);
  void refuse(ConnectionId id, int legs = 1);
  void count_anew(std::uint16_t replica);
  bool passes(ConnectionId id) const;  // through it, and not past it
  Duration nat_timeout(ConnectionId id) const;
  bool has_port_to(NodeId node, ConnectionId id);
  SourcePorts& ports(NodeId node, ConnectionId id);
  void give_port_back(ConnectionId id);
  void cut(ConnectionId id, CloseReason why, TriggerId trigger);

  World& world_;
  std::vector<Rotation> rotations_;  // by replica
  std::vector<std::uint16_t> via_;   // by connection: the replica, where there are several
  std::vector<std::uint32_t> came_;  // by endpoint: attempts so far, where there are several
  std::vector<Address> addresses_;   // by endpoint, where a name server says them
  const Duration idle_;
  bool counts_silence_;
  std::vector<Time> passed_;  // by connection: the last frame of its client, where that counts
  std::uint64_t open_ = 0;    // connections and attempts that are counted
  std::vector<SourcePorts> ports_;        // by replica and node, where they are counted
  ConnectionId cutting_ = kNoConnection;  // it is the end that closes first
  std::vector<Time> heard_;               // by replica and node: when the latest news of it arrives
  std::map<std::uint32_t, std::vector<ConnectionId>> old_;  // by step: of workers that will end
  std::map<ConnectionId, std::vector<NodeId>> tried_;       // silent nodes, by running attempt
};

}  // namespace squall
