// The port of a node: connections that are accepted, and their opening handshakes.
//
// Whoever says the run's pass is a client or a peer of ours; anybody else is a guest, and no book
// knows him. What is said once the handshake is over: node_hearing.hpp, peer_links.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/live/net/upgrade.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_sessions.hpp"
#include "sim/live/node/node_work.hpp"
#include "sim/live/node/peer_links.hpp"

namespace squall::live {

class NodeDoor {
 public:
  NodeDoor(NodeProcess& process, NodeSessions& sessions, NodeSession::Listener& listener,
           PeerLinks& peers, NodeWork& work)
      : process_(process), sessions_(sessions), listener_(listener), peers_(peers), work_(work) {}

  // Opens the port, before anything starts; false and a reason when that fails.
  bool listen(std::string& error);
  std::string listen_again();  // a process begins; empty: it listens
  void shut();                 // the process has died
  void answer_waiting();       // it goes on after a pause
  void finish();               // the run is over

  std::uint16_t port() const { return port_; }
  const Traffic& traffic() const { return opening_; }  // of clients' handshakes, failed ones too
  std::int64_t openings() const { return openings_; }

 private:
  void accepted(int descriptor);
  void answer(int descriptor);
  void answer_next();
  void make_wait(int descriptor);
  void close_waiting();
  std::size_t most() const;  // connections that have not said yet who they are
  void give_up(std::uint64_t attempt);
  void upgraded(std::uint64_t attempt, const Upgrade& upgrade);
  void accept_client(const Upgrade& upgrade, ConnectionId connection, EndpointId endpoint);
  void accept_peer(const Upgrade& upgrade);
  void accept_guest(const Upgrade& upgrade);
  void count(const Upgrade& upgrade);

  NodeProcess& process_;
  NodeSessions& sessions_;
  NodeSession::Listener& listener_;
  PeerLinks& peers_;
  NodeWork& work_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Acceptor> acceptor_;
  std::uint64_t attempts_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Handshake>> handshakes_;
  // Accepted while it stood still or was behind with its work, or by a host that is lost.
  std::vector<int> waiting_;
  Traffic opening_;
  std::int64_t openings_ = 0;
};

}  // namespace squall::live
