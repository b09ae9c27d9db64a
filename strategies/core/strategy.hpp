// The contract between a strategy and an engine: inputs and time in, a list of actions out.
//
// A Backplane is the part of a strategy that lives on a node and decides how a message reaches
// the clients of other nodes. One object per node process; it dies with the process. It is sans-IO:
// no clock, thread, socket, global or logger, and it does not know which engine plays it.
//
//   client frame ->  ClientMessage -> [Backplane of node A] -> Forward / Publish / Push / Drop
//   peer, broker ->  Peer/BrokerMessage -> [Backplane of node B] -> Push / Drop
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// What a node knows about its own connections. Kept by the engine, the same for all strategies.
class LocalSessions {
 public:
  virtual ~LocalSessions() = default;
  virtual bool has(EndpointId endpoint) const = 0;
};

// Who belongs to a room: durable application data that every node has at hand, unlike the
// connection state that strategies are about. May name members who have left in the meantime.
class RoomDirectory {
 public:
  virtual ~RoomDirectory() = default;
  virtual std::span<const EndpointId> members(RoomId room) const = 0;
};

// ---- Inputs ------------------------------------------------------------------------------------

struct Started {};  // the process is up; peers, broker and registry links are being opened
struct SessionOpened {
  EndpointId endpoint;
};
struct SessionClosed {
  EndpointId endpoint;
};
struct RenewalDue {  // the registry entry of this session is to be written again
  EndpointId endpoint;
};
struct ClientMessage {
  Copy copy;
};
struct PeerMessage {
  NodeId from;
  Copy copy;
  std::vector<EndpointId> meant = {};  // for whom, as the sender believes; empty: it does not say
  std::uint8_t attempt = 0;
};
struct Returned {  // what we forwarded there comes back: these are not there
  NodeId from;
  Copy copy;
  std::vector<EndpointId> absent;
  std::uint8_t attempt = 0;  // that failed
};
struct PeerState {
  NodeId peer;
  bool up;
};
struct BrokerMessage {
  NodeId origin;  // the node that published it
  Copy copy;
};
struct RegistryReply {
  std::uint32_t request = 0;        // echoes RegistryCall::request
  bool available = false;           // false: the registry could not be asked
  std::vector<std::uint32_t> keys;  // as asked
  std::vector<NodeId> nodes;        // get_routes: one per key; kNoNode: no such entry
  bool applied = false;             // a write: it was done
};

using Input = std::variant<Started, SessionOpened, SessionClosed, RenewalDue, ClientMessage,
                           PeerMessage, Returned, PeerState, BrokerMessage, RegistryReply>;

// ---- Actions -----------------------------------------------------------------------------------

// To the local session(s) of the message's address; a node that has none ends the copy benignly.
struct Push {
  Message message;
  std::vector<EndpointId> only = {};  // of a room: these members; empty: all that are here
};
// `meant` goes with it and costs its bytes; `attempt` tells one hop of a message from another.
struct Forward {
  Message message;
  NodeId to;
  std::vector<EndpointId> meant = {};
  std::uint8_t attempt = 0;
};
// To who forwarded it: control bytes, as that node has kept what it said. No lookup.
struct Return {
  Message message;
  NodeId to;
  std::vector<EndpointId> absent;
  std::uint8_t attempt = 0;
};
struct Publish {
  Message message;
};
struct Drop {
  Message message;
  Mechanism mechanism;
};
struct Discard {  // nothing to do for it here: a benign end
  Message message;
};
struct Subscribe {};  // to the global topic
struct RegistryCall {
  enum class Verb : std::uint8_t {
    set_route,
    delete_route,
    get_routes,
    set_if_newer,   // set_route, unless another node's entry is of this epoch or a later one
    delete_if_mine  // delete_route, unless the entry names another node
  } verb;
  std::vector<std::uint32_t> keys;  // endpoints; all but get_routes take one
  std::uint32_t request = 0;        // a number of the caller's; 0: no reply, of a write only
  std::uint64_t epoch = 0;          // set_if_newer; set_route writes 0
};

using Action = std::variant<Push, Forward, Return, Publish, Drop, Discard, Subscribe, RegistryCall>;

// Copies that a step made of one message.
struct Fork {
  MessageId message;
  std::uint32_t copies;
};

// Collects what a step wants done, and ends the copies it was given.
class Actions {
 public:
  void push(Copy copy, std::vector<EndpointId> only = {}) {
    list_.push_back(Push{std::move(copy).release(), std::move(only)});
  }
  void forward(Copy copy, NodeId to, std::vector<EndpointId> meant = {}, std::uint8_t attempt = 0) {
    list_.push_back(Forward{std::move(copy).release(), to, std::move(meant), attempt});
  }
  void give_back(Copy copy, NodeId to, std::vector<EndpointId> absent, std::uint8_t attempt) {
    list_.push_back(Return{std::move(copy).release(), to, std::move(absent), attempt});
  }
  void publish(Copy copy) { list_.push_back(Publish{std::move(copy).release()}); }
  void drop(Copy copy, Mechanism mechanism) {
    list_.push_back(Drop{std::move(copy).release(), mechanism});
  }
  void discard(Copy copy) { list_.push_back(Discard{std::move(copy).release()}); }
  // One more copy of the same message.
  Copy fork(const Copy& copy) {
    const MessageId message = copy.message().id;
    if (forks_.empty() || forks_.back().message != message) forks_.push_back({message, 0});
    ++forks_.back().copies;
    return Copy::adopt(copy.message());
  }
  void subscribe() { list_.push_back(Subscribe{}); }
  void call(RegistryCall call) { list_.push_back(std::move(call)); }

  // For a part that wraps another: what the inner one wants done, to be done as well. An action for
  // which `instead(action)` is true is left out: who says so has ended the copy in another way.
  template <typename Instead>
  void relay(Actions inner, Instead instead) {
    forks_.insert(forks_.end(), inner.forks_.begin(), inner.forks_.end());
    for (Action& action : inner.list_) {
      if (!instead(action)) list_.push_back(std::move(action));
    }
  }

  std::span<const Action> list() const { return list_; }
  std::span<const Fork> forks() const { return forks_; }  // before any action of the list
  void clear() {
    list_.clear();
    forks_.clear();
  }

 private:
  std::vector<Action> list_;
  std::vector<Fork> forks_;
};

// ---- The machine -------------------------------------------------------------------------------

class Backplane {
 public:
  virtual ~Backplane() = default;

  virtual void step(Time now, Input input, Actions& actions) = 0;

  // The process dies now: give back every copy still held, as ingress_lost_at_crash.
  virtual void lose_all(Actions& actions) = 0;
};

struct BackplaneContext {
  NodeId self;
  std::uint16_t nodes;            // cluster size
  const LocalSessions& sessions;  // both outlive the backplane
  const RoomDirectory& directory;
};

}  // namespace squall
