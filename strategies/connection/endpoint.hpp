// A client as a whole: its links, which of them sends, what waits while none can, its rooms.
//
// Sans-IO: inputs and time in, actions out; both engines play it. The rules of one link are in
// client_link.hpp. The links of an endpoint lie where the engine wants them; what only few
// endpoints have is kept here. The engine's own names for things (connections, messages) are
// carried through and never looked into.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "strategies/connection/client_link.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"

namespace squall {

struct EndpointOptions {
  LinkOptions link;
  std::uint16_t links = 1;    // at once, to different nodes
  std::size_t queue = 0;      // messages that may wait for a connection; the next is refused
  bool on_all_links = false;  // a message reaches only those nodes that it is sent to
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
    write,       // `message`, for the first time
    write_also,  // the same on another link
    // ---- of the endpoint ----
    joined,      // `room`
    refuse,      // `message`: no link is ready, and there is no room to wait
    never_sent,  // `message`: it has waited for nothing
  } kind;
  CloseReason why = CloseReason::none;
  std::uint16_t link = 0;
  std::uint32_t generation = 0;
  Time at{0};
  MessageId message{0};
  RoomId room = kNoRoom;
};

// The machine. What an input returns is played before the next input.
class Endpoints {
 public:
  using Actions = std::span<const EndpointAction>;

  Endpoints(const EndpointOptions& options, std::uint64_t seed) : options_(options), seed_(seed) {}
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
  Actions timer(const Endpoint& who, std::uint16_t link, std::uint32_t generation, Time now);
  // The paths of all ready connections break, and the device knows.
  Actions cut(const Endpoint& who, Time now, CloseReason why);

  // ---- the end of the run ----
  // Somebody for whom messages still wait.
  std::optional<EndpointId> waiting() const;
  Actions give_up_queue(EndpointId who);

  const std::set<RoomId>& rooms(EndpointId who) const;

 private:
  void begin() { actions_.clear(); }
  void add(std::uint16_t link, const LinkActions& actions, CloseReason abandoned,
           CloseReason closed);
  void end_link(const Endpoint& who, std::uint16_t link, Time now);
  void write(const Endpoint& who, std::uint16_t primary, MessageId message);
  void drop_queue(EndpointId who);
  void ask(const Endpoint& who, RoomId room, EndpointAction::Kind what);
  Rng backoff(const Endpoint& who, std::uint16_t link) const;

  EndpointOptions options_;
  std::uint64_t seed_;
  std::vector<EndpointAction> actions_;
  std::map<EndpointId, std::deque<MessageId>> queued_;
  std::map<EndpointId, std::set<RoomId>> rooms_;  // of those that name theirs
};

}  // namespace squall
