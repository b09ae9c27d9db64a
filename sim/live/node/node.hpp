// A node of the cluster on real sockets: its parts, and what happens to all of them at once.
//
// One object per node for the whole run; a process of it lives from start() to crash(). All
// functions belong to the thread of its loop. What a node believes is its own: nothing here knows
// the truth, that is found out afterwards from the facts.
//
//   door -> hearing -> backplane -> broker, registry, peers    a message comes from a client ...
//   broker, peers -> backplane -> fan-out -> sessions          ... and goes to others
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_broker.hpp"
#include "sim/live/node/node_door.hpp"
#include "sim/live/node/node_drain.hpp"
#include "sim/live/node/node_fan_out.hpp"
#include "sim/live/node/node_hearing.hpp"
#include "sim/live/node/node_peers.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_reception.hpp"
#include "sim/live/node/node_registry.hpp"
#include "sim/live/node/node_sessions.hpp"
#include "sim/live/node/node_work.hpp"

namespace squall::live {

class Node final : private NodeBackplane::Hands {
 public:
  Node(Cluster& cluster, NodeId id);
  ~Node() override { backplane_.end(); }  // before the sessions that it may ask

  // Opens the port, before anything starts; false and a reason when that fails.
  bool listen(std::string& error) { return door_.listen(error); }
  void start();         // a process: backplane and links
  bool linked() const;  // all links of this process are up
  void run_begins();    // the clock is set: the first process lives since its warm-up
  void crash(CloseReason why, TriggerId trigger);
  void drain(Duration over, TriggerId trigger) { drain_.begin(over, trigger); }
  void undrain() { drain_.end(); }
  void pause(bool yes);
  void partition(NodeId peer, bool cut) { peers_.links().partition(peer, cut); }
  void finish();  // the run is over: every socket is closed

  struct LinkTraffic {
    Traffic clients, peers, broker, registry;
    Traffic opening;  // of clients: handshakes, those that failed too
    std::int64_t openings = 0;
  };
  LinkTraffic traffic() const;  // of clients: of closed sessions; the open ones have channels
  std::vector<std::shared_ptr<Channel>> client_channels() const { return sessions_.channels(); }
  const std::string& last_error() const { return process_.last_error(); }
  const DilatedWork& dilated() const { return work_.so_far(); }

 private:
  const BackplaneNeeds& needs() const { return process_.cluster().backplane.needs; }
  void perform(const Action& action) override;
  void arm(const Arm& timer, Time from);
  void give_back();

  NodeProcess process_;
  NodeWork work_;
  NodeReconnects reconnects_;
  NodeBackplane backplane_;
  NodeSessions sessions_;
  NodeReception reception_;
  NodeDrain drain_;
  NodeFanOut fan_out_;
  NodeHearing hearing_;
  NodePeers peers_;
  NodeDoor door_;
  NodeBroker broker_;
  NodeRegistry registry_;
  bool begun_ = false;
  std::vector<Action> early_;  // wanted before the run began
};

}  // namespace squall::live
