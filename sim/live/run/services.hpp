// Broker and registry of one run, and the relays in front of them where the script cuts a path.
//
// Who may be broken is broken at the server; a server that is not ours is made unreachable instead.
#pragma once

#include <memory>
#include <vector>

#include "sim/books/paths.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/net/relay.hpp"
#include "sim/live/servers/servers.hpp"

namespace squall::live {

class Services {
 public:
  explicit Services(Cluster& cluster) : cluster_(cluster) {}

  // Starts what the strategy needs; throws CannotRun.
  void start();
  // On the node's loop: tells the cluster where this node finds its services.
  void attach(NodeId node, std::string& error);
  // On the node's loop: whether a partition lies between the node and the server.
  void partition(NodeId node, Place::Kind server, bool cut);
  // On the conducting thread: broker_down and the like; everything else is ignored.
  void fault(const Stimulus& stimulus);
  // On the conducting thread, often: notices a server that is back, and one that was killed.
  void watch();
  void finish();

 private:
  struct Service {
    Server server;
    std::vector<std::unique_ptr<Relay>> relays;  // by node; empty: nothing ever breaks
    std::string name = {};                       // as in LiveOutage
    enum class State : std::uint8_t { absent, up, down, starting } state = State::absent;
    Time seen{0};  // up, the last time that somebody looked
  };

  void refuse_shared_group() const;
  void refuse_without_topics() const;
  void refuse_without_log() const;
  void refuse_without_replica(Verb verb, const std::string& what) const;
  void start(Service& service, const std::string& what);
  void taken_down(Service& service, const Stimulus& stimulus);
  void back(Service& service);
  void watch(Service& service);
  bool breaks(const Service& service, Stimulus::Kind down, bool PartitionSide::*side) const;
  void put_relay(Service& service, NodeId node, BrokerAddress& address, std::string& error);

  Cluster& cluster_;
  Service broker_{{}, {}, "broker"}, registry_{{}, {}, "registry"};
};

}  // namespace squall::live
