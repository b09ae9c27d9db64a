// The clients' side: logins, the handshake as the client sees it, heartbeats, sending.
//
// The rules are the sans-IO Endpoints; this file plays their actions in virtual time. An endpoint
// keeps min(k, nodes) links.
#pragma once

#include <vector>

#include "sim/kernel/positions.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/fetch_ahead.hpp"
#include "strategies/connection/endpoint.hpp"

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
  void going_away(ConnectionId id);  // the node asks it to move
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
  bool keeps_outbox() const { return machine_.options().outbox > 0; }
  void ack_arrives(MessageId id, ConnectionId connection, std::uint32_t number);
  void frame_arrives(NodeId node, MessageId id, ConnectionId connection);
  void frame_in_flight(MessageId id);
  void finish();  // what is still queued was never sent

  // Nodes that sister links of this connection use or try.
  std::vector<NodeId> sisters(ConnectionId id) const;

  // What clients have heard of; kept only where a history asks for it.
  Positions& positions() { return positions_; }
  std::optional<Position> seen(EndpointId endpoint) const { return machine_.seen(endpoint); }

  // For events that will soon be played.
  void fetch_link(std::uint32_t link) const { fetch_ahead(&links_[link]); }
  void fetch_pipe(std::uint32_t link) const;

  // Numbers an endpoint's delays, for World::client_delay.
  std::uint32_t next_delay(EndpointId endpoint) { return links_[first_link(endpoint)].draws++; }

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
  EndpointId owner(std::uint32_t link) const { return EndpointId{link >> log_stride_}; }
  // Which of its endpoint's links this is, from 0.
  std::uint16_t slot(std::uint32_t link) const {
    return static_cast<std::uint16_t>(link & ((1U << log_stride_) - 1));
  }

 private:
  std::uint32_t line_of(std::int64_t bits_per_second);
  std::uint32_t first_link(EndpointId endpoint) const {
    return static_cast<std::uint32_t>(endpoint) << log_stride_;
  }
  Endpoint at(EndpointId endpoint) {
    return {endpoint, {&links_[first_link(endpoint)], machine_.options().slots()}};
  }
  // `cut`: who cut the paths, where that is why they end.
  void play(EndpointId endpoint, Endpoints::Actions actions, TriggerId cut = kStructural);
  void play_message(EndpointId endpoint, std::uint32_t link, const EndpointAction& action);
  TriggerId blame(std::uint32_t link, CloseReason why, TriggerId cut) const;
  void connect(std::uint32_t link);
  void give_up(std::uint32_t link, CloseReason why, TriggerId trigger);
  void lost(std::uint32_t link);
  std::optional<Position> take_position(EndpointId endpoint);
  void ready(ConnectionId id);
  void start_timer(std::uint32_t link, Time at);
  void ping(std::uint32_t link);
  bool timer_waits_for_ping(std::uint32_t link, Time at) const;
  void notice(ConnectionId id);
  void close(ConnectionId id, CloseReason why, TriggerId trigger, bool tell_node);
  void transmit(MessageId id, ConnectionId connection, std::uint64_t draw);
  void tell(ConnectionId id, RoomId room, EventKind what);

  World& world_;
  Endpoints machine_;
  // Links are numbered endpoint by endpoint, a power of two each: so those of one endpoint lie side
  // by side in one page.
  std::uint32_t log_stride_;
  Paged<EndpointLink> links_;         // by number
  std::vector<std::uint32_t> lines_;  // by population: place in World::lines
  Positions positions_;
  Tally tally_;
  std::uint64_t ready_links_ = 0;
};

}  // namespace squall
