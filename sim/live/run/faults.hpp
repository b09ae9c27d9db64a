// The script of a live run: what happens to nodes, paths and clients, on their own loops.
//
// Stimuli are the plan's; each is put on the loop that it concerns before the run begins. Servers
// are broken by services.hpp, from the thread that conducts.
#pragma once

#include <memory>
#include <vector>

#include "sim/live/clients/clients.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/run/services.hpp"

namespace squall::live {

class Faults {
 public:
  Faults(Cluster& cluster, Services& services, std::vector<std::unique_ptr<Clients>>& clients)
      : cluster_(cluster), services_(services), clients_(clients) {}

  // On the loop's thread: the part that concerns its nodes and clients.
  void schedule(std::size_t loop);

 private:
  void schedule_for_node(Loop& loop, NodeId node);
  void partition(NodeId node, const PartitionSide& side, Time at);
  void node_fault(const Stimulus& stimulus);

  Cluster& cluster_;
  Services& services_;
  std::vector<std::unique_ptr<Clients>>& clients_;  // by loop
};

}  // namespace squall::live
