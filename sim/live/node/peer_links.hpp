// A node's persistent connections to the other nodes, one in each direction per pair.
//
// It dials every other node and keeps dialling; who is dialled hears messages. Heartbeats find a
// peer that says nothing. All of it belongs to the thread of the node's loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/live/cluster.hpp"
#include "sim/live/net/channel.hpp"
#include "sim/live/net/framing.hpp"
#include "sim/live/speech/envelope.hpp"
#include "strategies/core/message.hpp"

namespace squall::live {

class PeerLinks {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void peer_message(PeerEnvelope envelope) = 0;
    virtual void peer_told(NodeId from, std::vector<std::uint32_t> numbers) = 0;
    virtual void peer_state(NodeId peer, bool up) = 0;
  };

  PeerLinks(Cluster& cluster, NodeId self, Listener& listener);
  ~PeerLinks();

  void start();
  // silently: nobody is told, the sockets stay open and are never read again.
  void stop(bool silently);
  bool all_up() const;
  void hold(bool yes);  // a paused process
  void partition(NodeId peer, bool cut);

  enum class Sent : std::uint8_t { queued, down, full };
  Sent send(NodeId to, const Message& message, const PeerNote& note = {});
  void tell(NodeId to, std::span<const std::uint32_t> numbers);  // it may be lost
  // Somebody dialled us, to speak WebSocket or HTTP.
  void accept(NodeId from, const Upgrade& upgrade);

  Traffic traffic() const;

 private:
  struct Dialled;
  struct Incoming;

  void dial(Dialled& link);
  void again(Dialled& link);
  void lost(Dialled& link);
  void opened(Dialled& link, int descriptor);
  Sent post(Dialled& link, std::string body);
  Sent put(Dialled& link, std::string payload, std::uint64_t tag);
  void post_next(Dialled& link);
  void deliver(NodeId from, std::span<const std::byte> payload);
  std::string target(const std::string& path) const;
  void beat(Dialled& link, std::uint32_t generation);
  void give_up_later(Dialled& link);  // a partition has begun
  void forget(Incoming& incoming);
  void count(const Channel& channel);

  Cluster& cluster_;
  RunLoop& loop_;
  NodeId self_;
  Listener& listener_;
  bool running_ = false, held_ = false;
  std::uint32_t run_ = 0;
  std::vector<std::unique_ptr<Dialled>> dialled_;  // by node; null for ourselves
  std::vector<std::unique_ptr<Incoming>> incoming_;
  std::vector<std::shared_ptr<Channel>> silent_;
  std::vector<bool> cut_;  // by node: a partition lies between
  Traffic closed_;
};

}  // namespace squall::live
