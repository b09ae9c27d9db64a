// A node that is emptied: its sessions end one after another, or are asked to move first.
//
// It takes no new ones meanwhile, and is out of the balancer's rotation. What paces it:
// sim/books/drain.hpp. The process that is stopped afterwards dies as any other (node.cpp).
#pragma once

#include "sim/books/drain.hpp"
#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_sessions.hpp"

namespace squall::live {

class NodeDrain {
 public:
  NodeDrain(NodeProcess& process, NodeBackplane& backplane, NodeSessions& sessions)
      : process_(process), backplane_(backplane), sessions_(sessions) {}

  void begin(Duration over, TriggerId trigger);
  void end();                        // it takes new sessions again
  void moved(NodeSession& session);  // who was asked to is somewhere else now

 private:
  void next(std::uint32_t number);
  void ask_to_move(NodeSession& session);
  void tell_backplane(bool yes);

  NodeProcess& process_;
  NodeBackplane& backplane_;
  NodeSessions& sessions_;
  Drain drain_;
  TriggerId trigger_{0};
};

}  // namespace squall::live
