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
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"
#include "strategies/core/position.hpp"
#include "strategies/core/rng.hpp"
#include "strategies/core/topic.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// What a node knows about its own connections. Kept by the engine, the same for all strategies.
class LocalSessions {
 public:
  virtual ~LocalSessions() = default;
  virtual bool has(EndpointId endpoint) const = 0;
  virtual std::vector<RoomId> rooms() const = 0;  // with a member here, ascending; looks at all
  virtual std::vector<EndpointId> here(RoomId room) const = 0;          // its members here
  virtual std::vector<RoomId> rooms_of(EndpointId endpoint) const = 0;  // that it has joined here
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
  // Where its client stands, when it asks for what came after that.
  std::optional<Position> seen = {};
};
struct SessionClosed {
  EndpointId endpoint;
};
// Told before the session's own opening or closing, when that is what makes the difference.
struct RoomOccupied {  // the first local member is in
  RoomId room;
};
struct RoomVacated {  // the last one is out
  RoomId room;
};
struct RoomJoined {  // an open session asked for a room, and has its seat
  EndpointId endpoint;
  RoomId room;
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
struct Unpublished {  // a publish that `returns`: nobody was there to take it
  Copy copy;
  Topic topic;
};
struct PeerState {
  NodeId peer;
  bool up;
};
struct BrokerMessage {
  NodeId origin;  // the node that published it
  Copy copy;
  std::optional<LogPlace> place = {};  // where the broker keeps it, if it does
};
// Of a message in a broker's log.
struct Logged {
  Message message;
  LogPlace place;
};
// The answer to Fetch; one for each, while the process lives. The messages are there for this step;
// who needs one for longer keeps it.
struct Fetched {
  enum class Outcome : std::uint8_t {
    reached,     // these are all that came after the place
    gone,        // these are what is left of it
    unavailable  // the broker could not be asked
  };
  std::uint32_t request;
  Outcome outcome;
  std::optional<LogPlace> newest = {};  // of all topics, when it was asked
  std::vector<Logged> messages = {};    // in order
};
// The broker has taken up a subscription: what is published from now on comes; or its end: nothing
// more will. One answer to each Subscribe and Unsubscribe, in their order, unless the link ends
// first: BrokerState.
struct Subscribed {
  Topic topic;
  bool yes;
};
// The link on which the broker speaks to the node. When it is down no subscription holds, and what
// was asked for is not answered. The link knows which topics are wanted: those whose last word was
// Subscribe; when it is up again it asks for them, and a Subscribed follows for each.
struct BrokerState {
  bool up;
};
// The link to the registry stands again, after it was down. What was written before may have gone.
struct RegistryBack {};
struct Draining {  // the node takes no new sessions, and closes the old ones; or takes them again
  bool yes;
};
struct Timer {  // of Arm
  std::uint32_t number;
};
// What this strategy on another node wants known here; it may have been lost on its way.
struct Told {
  NodeId from;
  std::vector<std::uint32_t> note;
};
struct RegistryReply {
  std::uint32_t request = 0;        // echoes RegistryCall::request
  bool available = false;           // false: the registry could not be asked
  std::vector<std::uint32_t> keys;  // as asked
  // get_routes, get_held: one per key; kNoNode: no such entry. get_members: those, ascending.
  std::vector<NodeId> nodes;
  bool applied = false;  // a write: it was done; hold: the lease was held until now
};

using Input = std::variant<Started, SessionOpened, SessionClosed, RenewalDue, ClientMessage,
                           PeerMessage, Returned, PeerState, BrokerMessage, RegistryReply,
                           RoomOccupied, RoomVacated, RoomJoined, Subscribed, BrokerState, Draining,
                           Timer, Fetched, Told, RegistryBack, Unpublished>;

// ---- Actions -----------------------------------------------------------------------------------

// To the local session(s) of the message's address; a node that has none ends the copy benignly.
struct Push {
  Message message;
  std::vector<EndpointId> only = {};   // of a room: these members; empty: all that are here
  std::optional<LogPlace> place = {};  // goes with it: where its client stands from now on
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
  Topic topic = {};
  bool kept = false;     // in the broker's log of that topic
  bool returns = false;  // comes back as Unpublished where there is no link to say it on
};
struct Drop {
  Message message;
  Mechanism mechanism;
};
struct Discard {  // nothing to do for it here: a benign end
  Message message;
};
// A history keeps the message, beside whatever else becomes of it: until it is let go its id is its
// own, and may be remembered.
struct Keep {
  Message message;
};
struct LetGo {
  Message message;
};
struct Replay {  // a copy out of a history, to this session alone
  Message message;
  EndpointId to;
  std::optional<LogPlace> place = {};  // as in Push
};
// What came on this topic after this place; nothing but the newest place, when it names none.
struct Fetch {
  Topic topic;
  std::optional<LogPlace> after;
  std::uint32_t request;
};
struct Subscribe {
  Topic topic = {};
};
struct Unsubscribe {
  Topic topic;
};
// What a welcome says to whoever asked for what was missed.
struct Resumption {
  Recovered recovered = Recovered::not_asked;
  // Where the client stands from now on; with a yes: where it stood, and what was missed follows.
  std::optional<Position> position = {};
};
// The session is told that it is in: what is meant for it comes from now on. With a room: that it
// has joined this one. Only of backplanes that admit by themselves (Backplane::admits).
struct Admit {
  EndpointId endpoint;
  std::optional<RoomId> room;
  Resumption resumption = {};
};
// The node closes the sessions of this client with 1012: it belongs to another node, and comes back
// through the balancer.
struct SendAway {
  EndpointId endpoint;
  NodeId to;  // as far as it is known
};
struct Arm {  // Timer{number} after that time, if the process still lives
  std::uint32_t number;
  Duration after;
};
// Numbers for this strategy on another node: Told. No copy, and nobody says whether it came.
struct Tell {
  NodeId to;
  std::vector<std::uint32_t> note;
};
// A key of the registry names an endpoint; with this bit it names something of a room.
inline constexpr std::uint32_t kRoomKey = 1U << 31;

// Whoever is written down "under a lease" is believed as long as his node holds the lease of the
// process that wrote it: one key of the node's is renewed, and not each entry. A lease says since
// when its process lives, so what an earlier process of the node has written is not believed.
struct RegistryCall {
  enum class Verb : std::uint8_t {
    set_route,
    delete_route,
    get_routes,
    set_if_newer,    // set_route, unless another node's entry is of this epoch or a later one
    delete_if_mine,  // delete_route, unless the entry names another node
    hold,            // this node's lease; epoch: since when its process lives. No keys
    set_held,        // set_if_newer, under the lease
    get_held,        // get_routes, of nodes that hold the lease which the route is under
    add_member,      // this node to the set of the key, under the lease; epoch: its process's
    remove_member,   // unless a later process of this node has added itself
    get_members      // of one set: the nodes that hold the lease which they are in it under
  } verb;
  std::vector<std::uint32_t> keys;  // all but hold, get_routes and get_held take one
  std::uint32_t request = 0;        // a number of the caller's; 0: no reply, of a write only
  std::uint64_t epoch = 0;          // set_route writes 0
};

using Action = std::variant<Push, Forward, Return, Publish, Drop, Discard, Subscribe, RegistryCall,
                            Unsubscribe, Admit, Arm, Keep, LetGo, Replay, Fetch, SendAway, Tell>;

// Copies that a step made of one message.
struct Fork {
  MessageId message;
  std::uint32_t copies;
};

// Collects what a step wants done, and ends the copies it was given.
class Actions {
 public:
  void push(Copy copy, std::vector<EndpointId> only = {}, std::optional<LogPlace> place = {}) {
    list_.emplace_back(Push{std::move(copy).release(), std::move(only), place});
  }
  void forward(Copy copy, NodeId to, std::vector<EndpointId> meant = {}, std::uint8_t attempt = 0) {
    list_.emplace_back(Forward{std::move(copy).release(), to, std::move(meant), attempt});
  }
  void give_back(Copy copy, NodeId to, std::vector<EndpointId> absent, std::uint8_t attempt) {
    list_.emplace_back(Return{std::move(copy).release(), to, std::move(absent), attempt});
  }
  void publish(Copy copy, Topic topic = {}, bool kept = false) {
    list_.emplace_back(Publish{std::move(copy).release(), topic, kept});
  }
  // By who has room for it when it cannot be said.
  void publish_or_return(Copy copy, Topic topic = {}) {
    list_.emplace_back(Publish{std::move(copy).release(), topic, false, true});
  }
  void publish(const Publish& again) { list_.emplace_back(again); }  // of an action left out
  void drop(Copy copy, Mechanism mechanism) {
    list_.emplace_back(Drop{std::move(copy).release(), mechanism});
  }
  void discard(Copy copy) { list_.emplace_back(Discard{std::move(copy).release()}); }
  // One more copy of the same message.
  Copy fork(const Copy& copy) { return fork(copy.message()); }
  Copy fork(const Message& kept) {
    count_fork(kept.id);
    return Copy::adopt(kept);
  }
  void keep(const Message& message) { list_.emplace_back(Keep{message}); }
  void let_go(const Message& message) { list_.emplace_back(LetGo{message}); }
  void replay(const Message& kept, EndpointId to, std::optional<LogPlace> place = {}) {
    count_fork(kept.id);
    list_.emplace_back(Replay{kept, to, place});
  }
  void fetch(const Fetch& question) { list_.push_back(question); }
  void subscribe(Topic topic = {}) { list_.emplace_back(Subscribe{topic}); }
  void unsubscribe(Topic topic) { list_.emplace_back(Unsubscribe{topic}); }
  void admit(EndpointId endpoint, const Resumption& resumption = {}) {
    list_.emplace_back(Admit{endpoint, std::nullopt, resumption});
  }
  void admit(EndpointId endpoint, RoomId room) { list_.emplace_back(Admit{endpoint, room}); }
  void send_away(EndpointId endpoint, NodeId to) { list_.emplace_back(SendAway{endpoint, to}); }
  void arm(std::uint32_t number, Duration after) { list_.emplace_back(Arm{number, after}); }
  void call(RegistryCall call) { list_.push_back(std::move(call)); }
  void tell(NodeId to, std::vector<std::uint32_t> note) {
    list_.emplace_back(Tell{to, std::move(note)});
  }

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
  std::span<Action> list() { return list_; }  // for who carries them out, and takes what they hold
  std::span<const Fork> forks() const { return forks_; }  // before any action of the list
  void clear() {
    list_.clear();
    forks_.clear();
  }

 private:
  void count_fork(MessageId message) {
    if (forks_.empty() || forks_.back().message != message) forks_.push_back({message, 0});
    ++forks_.back().copies;
  }

  std::vector<Action> list_;
  std::vector<Fork> forks_;
};

// ---- The machine -------------------------------------------------------------------------------

class Backplane {
 public:
  virtual ~Backplane() = default;

  virtual void step(Time now, Input input, Actions& actions) = 0;

  // The process dies now: give back every copy still held, as ingress_lost_at_crash, and let go of
  // what a history keeps.
  virtual void lose_all(Actions& actions) = 0;

  // Whether the welcome of a session and the answer to a join wait for Admit. Else they are sent at
  // once, before the backplane hears of it.
  virtual bool admits() const { return false; }
};

struct BackplaneContext {
  NodeId self;
  std::uint16_t nodes;            // cluster size
  const LocalSessions& sessions;  // both outlive the backplane
  const RoomDirectory& directory;
  std::uint64_t seed = 0;     // of the run
  std::uint32_t process = 0;  // of this node, counted
  Duration renewal{0};        // after which what has a lease in the registry is written again

  // A stream of random numbers that is this process's alone.
  Rng rng(Purpose purpose) const {
    return Rng(seed, purpose, std::uint64_t{process} << 16 | index(self));
  }
};

}  // namespace squall
