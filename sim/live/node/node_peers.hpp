// What nodes say to each other, at one of them: forwards that leave, come in, and come back; notes.
//
// The connections themselves, and whether they live: peer_links.hpp.
#pragma once

#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_work.hpp"
#include "sim/live/node/peer_links.hpp"

namespace squall::live {

class NodePeers final : private PeerLinks::Listener {
 public:
  NodePeers(NodeProcess& process, NodeBackplane& backplane, NodeWork& work);

  PeerLinks& links() { return links_; }
  const PeerLinks& links() const { return links_; }

  void forward(const Forward& forward);
  void give_back(const Return& back);
  void tell(const Tell& tell) { links_.tell(tell.to, tell.note); }

 private:
  void send(NodeId to, const Message& message, PeerNote said);
  void peer_message(PeerEnvelope envelope) override;
  void peer_told(NodeId from, std::vector<std::uint32_t> numbers) override;
  void peer_state(NodeId peer, bool up) override;
  void take(const PeerEnvelope& envelope);

  NodeProcess& process_;
  NodeBackplane& backplane_;
  NodeWork& work_;
  PeerLinks links_;
};

}  // namespace squall::live
