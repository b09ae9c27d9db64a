// The clients' side: logins, the handshake as the client sees it, heartbeats, sending.
//
// The rules are the sans-IO ClientLink; this file plays its actions in virtual time. An endpoint
// keeps min(k, nodes) links; it sends on the first that is ready.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "sim/kernel/world.hpp"
#include "sim/machine/fetch_ahead.hpp"

namespace squall {

class Clients {
 public:
  explicit Clients(World& world);
  void begin();  // schedules every endpoint's first login and drop

  void login(EndpointId endpoint, std::uint32_t n);
  void logout(EndpointId endpoint, std::uint32_t n);
  void drop(EndpointId endpoint, std::uint32_t n);
  void disconnect(EndpointId endpoint, DisconnectHow how, TriggerId trigger);

  void link_timer(std::uint32_t link, std::uint32_t generation);
  void upgraded(ConnectionId id);
  void welcome(ConnectionId id);
  void attempt_refused(ConnectionId id);
  void end_at_client(ConnectionId id);
  // ---- heartbeats ----
  bool ping_ended(ConnectionId id, Time pong_due);
  void pong(ConnectionId id);
  bool path_ended(ConnectionId id);
  void cut_off(ConnectionId id);
  void book_in_flight(EventKind frame);
  void book_pongs_in_flight();

  void join(EndpointId endpoint, RoomId room);
  void leave(EndpointId endpoint, RoomId room);
  bool wants(EndpointId endpoint, RoomId room) const;

  void send(const Send& send);
  void frame_arrives(NodeId node, MessageId id, ConnectionId connection);
  void frame_in_flight(MessageId id);
  void finish();  // what is still queued was never sent

  // Nodes that sister links of this connection use or try.
  std::vector<NodeId> sisters(ConnectionId id) const;

  // For events that will soon be played.
  void fetch_link(std::uint32_t link) const { fetch_ahead(&slots_[link]); }
  void fetch_pipe(std::uint32_t link) const;

  // Numbers an endpoint's delays, for World::client_delay.
  std::uint32_t next_delay(EndpointId endpoint) {
    return slots_[index(endpoint) * links_per_endpoint_].delays++;
  }

  // Keys the delays of frames to one connection: by recipient and by which of its links this is, so
  // that sister paths are independent.
  std::uint64_t path(const Pipe& pipe) const {
    return index(owner(pipe.link)) | std::uint64_t{slot(pipe.link)} << 32;
  }

  struct Tally {
    std::uint64_t attempts = 0, established = 0, refused = 0, timed_out = 0, abandoned = 0;
    Count attempts_in_measure;
  };
  const Tally& tally() const { return tally_; }
  std::uint64_t pending() const;
  std::uint64_t ready_links() const { return ready_links_; }
  EndpointId owner(std::uint32_t link) const { return EndpointId{link / links_per_endpoint_}; }
  // Which of its endpoint's links this is, from 0.
  std::uint32_t slot(std::uint32_t link) const { return link % links_per_endpoint_; }

 private:
  struct alignas(32) Slot {  // two share a cache line, and none lies on two
    ClientLink link;
    ConnectionId connection = kNoConnection;
    std::uint32_t delays = 0;  // drawn for this endpoint so far; in the slot of its first link
  };
  static_assert(sizeof(Slot) == 32);

  std::uint32_t line_of(std::int64_t bits_per_second);
  Rng backoff_rng(std::uint32_t link) const;
  void play(std::uint32_t link, const LinkActions& actions, CloseReason why, TriggerId trigger);
  void connect(std::uint32_t link);
  void give_up(std::uint32_t link, CloseReason why, TriggerId trigger);
  void lost(std::uint32_t link, CloseReason why, TriggerId trigger);
  void start_timer(std::uint32_t link, Time at);
  void ping(std::uint32_t link);
  bool timer_waits_for_ping(std::uint32_t link, Time at) const;
  void notice(ConnectionId id);
  void close(ConnectionId id, CloseReason why, TriggerId trigger, bool tell_node);
  TriggerId blame_silence(ConnectionId id) const;
  ConnectionId ready_connection(EndpointId endpoint) const;
  void write(MessageId id, ConnectionId primary);
  void transmit(MessageId id, ConnectionId connection, std::uint64_t draw);
  void flush(EndpointId endpoint);
  void drop_queue(EndpointId endpoint);
  void tell_all(EndpointId endpoint, RoomId room, EventKind what);
  void tell(ConnectionId id, RoomId room, EventKind what);

  World& world_;
  LinkOptions options_;
  std::uint32_t links_per_endpoint_;
  Paged<Slot> slots_;                                   // by link
  std::map<EndpointId, std::deque<MessageId>> queued_;  // offline, waiting for a connection
  std::map<EndpointId, std::set<RoomId>> joined_;       // individuals only
  std::vector<std::uint32_t> lines_;                    // by population: place in World::lines
  Tally tally_;
  std::uint64_t ready_links_ = 0;
};

}  // namespace squall
