// A client as a whole: its links, which of them sends, what waits while none can, its rooms.
//
// Sans-IO: inputs and time in, actions out; both engines play it. The rules of one link are in
// client_link.hpp, those of the outbox in outbox.hpp. The engine's own names for things
// (connections, messages) are carried through and never looked into.
// Make before break: when a node says going_away, the client opens one more link (one is kept free
// for that), says `move` on the old one when that is ready, and the node, which has pushed until
// then, closes. A position is the last message that the client has heard of: a node with a history
// replays what came after it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "strategies/connection/client_link.hpp"
#include "strategies/connection/outbox.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"
#include "strategies/core/position.hpp"

namespace squall {

// What those from this endpoint on do otherwise than others.
struct ClientKind {
  std::uint32_t from = 0;
  LinkOptions link;
  std::size_t queue = 0;
};

struct EndpointOptions {
  LinkOptions link;
  std::uint16_t links = 1;  // at once, to different nodes
  bool make_before_break = false;
  std::size_t queue = 0;      // messages that may wait for a connection; the next is refused
  bool on_all_links = false;  // a message reaches only those nodes that it is sent to
  std::size_t outbox = 0;     // messages that are kept until they are acknowledged

  std::vector<ClientKind> kinds{};  // ascending, the first from 0; empty: all do the same

  const LinkOptions& link_of(EndpointId who) const {
    return kinds.empty() ? link : kind_of(who).link;
  }
  std::size_t queue_of(EndpointId who) const { return kinds.empty() ? queue : kind_of(who).queue; }
  const ClientKind& kind_of(EndpointId who) const;
  // How many an endpoint has at its disposal.
  std::uint16_t slots() const { return make_before_break ? links + 1 : links; }
};

// A link and what it is about. Two share a cache line, and none lies on two.
struct alignas(32) EndpointLink {
  ClientLink machine;
  ConnectionId connection = kNoConnection;  // the engine's: of the present attempt
  std::uint32_t draws = 0;                  // the engine's
};
static_assert(sizeof(EndpointLink) == 32);

struct Endpoint {
  EndpointId id;
  std::span<EndpointLink> links;
};

struct EndpointAction {
  enum class Kind : std::uint8_t {
    // ---- of `link` ----
    connect,  // start an attempt
    abandon,  // give the running attempt up, `why`: timeout, logout
    close,    // the connection is over, `why`: heartbeat, logout, or what cut it
    ready,    // count on it: what follows may be written
    send_ping,
    start_timer,  // `at`, `generation`
    ask_to_join,  // `room`
    ask_to_leave,
    move,  // tell the node that nothing more is expected on this link
    // ---- of the endpoint ----
    joined,   // `room`
    message,  // `step` of `message`
  } kind;
  enum class Step : std::uint8_t {
    write,        // on `link`, for the first time
    write_also,   // the same on another link
    write_again,  // for the `times`th time: nobody has acknowledged it
    refuse,       // no link is ready, and there is no room to wait
    never_sent,   // it has waited for nothing
    keep,         // it is in the outbox
    let_go,       // it is not any more
  } step = Step::write;
  CloseReason why = CloseReason::none;
  std::uint16_t link = 0;
  std::uint32_t generation = 0;
  std::uint32_t times = 1;
  Time at{0};
  MessageId message{0};
  RoomId room = kNoRoom;
};

// The machine. What an input returns is played before the next input.
class Endpoints {
 public:
  using Actions = std::span<const EndpointAction>;

  Endpoints(const EndpointOptions& options, std::uint64_t seed)
      : options_(options), seed_(seed), outbox_(options.outbox) {}
  const EndpointOptions& options() const { return options_; }

  // ---- the user ----
  Actions login(const Endpoint& who, Time now);
  Actions logout(const Endpoint& who);
  Actions send(const Endpoint& who, MessageId message);
  Actions join(const Endpoint& who, RoomId room);
  Actions leave(const Endpoint& who, RoomId room);
  void begins_in(EndpointId who, RoomId room) { rooms_[who].insert(room); }

  // ---- a link ----
  // The welcome: the node has seated it in these rooms.
  Actions opened(const Endpoint& who, std::uint16_t link, Time now, std::span<const RoomId> seated);
  // The attempt failed, or the ready connection ended and the client noticed.
  Actions lost(const Endpoint& who, std::uint16_t link, Time now);
  // The node will close it: it wants the client to be somewhere else by then.
  Actions going_away(const Endpoint& who, std::uint16_t link, Time now);
  Actions timer(const Endpoint& who, std::uint16_t link, std::uint32_t generation, Time now);
  // The paths of all ready connections break, and the device knows.
  Actions cut(const Endpoint& who, Time now, CloseReason why);
  Actions acknowledged(EndpointId who, MessageId message);

  // ---- the position ----
  void saw(EndpointId who, const Position& position) { seen_.insert_or_assign(who, position); }
  std::optional<Position> seen(EndpointId who) const;

  // ---- the end of the run ----
  // Somebody for whom messages still wait, to be sent or to be acknowledged.
  std::optional<EndpointId> waiting() const;
  Actions give_up_queue(EndpointId who);

  const std::set<RoomId>& rooms(EndpointId who) const;

 private:
  void begin() { actions_.clear(); }
  void add(const Endpoint& who, std::uint16_t link, const LinkActions& actions,
           CloseReason abandoned, CloseReason closed);
  void replace_leaving(const Endpoint& who, Time now);
  void move_to_new(const Endpoint& who);
  void end_link(const Endpoint& who, std::uint16_t link, Time now);
  void write(const Endpoint& who, std::uint16_t primary, MessageId message);
  void write_again(const Endpoint& who);
  void drop_queue(EndpointId who);
  void ask(const Endpoint& who, RoomId room, EndpointAction::Kind what);
  Rng backoff(const Endpoint& who, std::uint16_t link) const;

  EndpointOptions options_;
  std::uint64_t seed_;
  std::vector<EndpointAction> actions_;
  Outbox outbox_;
  std::map<EndpointId, Position> seen_;
  std::map<EndpointId, std::deque<MessageId>> queued_;
  std::map<EndpointId, std::set<RoomId>> rooms_;  // of those that name theirs
};

}  // namespace squall
