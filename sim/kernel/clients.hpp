// The clients' side: logins, the handshake as the client sees it, heartbeats, sending.
//
// The rules are the sans-IO Endpoints; this file plays their actions in virtual time. An endpoint
// keeps min(k, nodes) links.
#pragma once

#include <vector>

#include "sim/books/lives.hpp"
#include "sim/kernel/link_numbers.hpp"
#include "sim/kernel/positions.hpp"
#include "sim/kernel/world.hpp"
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
  void timer(std::uint32_t link, Time due);  // of its present generation
  void start_timer(std::uint32_t link, Time at);
  void upgraded(ConnectionId id);
  void welcome(ConnectionId id);
  void going_away(ConnectionId id);  // the node asks it to move
  void attempt_refused(ConnectionId id);
  void end_at_client(ConnectionId id);

  void join(EndpointId endpoint, RoomId room);
  void leave(EndpointId endpoint, RoomId room);
  bool wants(EndpointId endpoint, RoomId room) const;

  void send(const Send& send);
  void ack_arrives(MessageId id, ConnectionId connection, std::uint32_t number);
  void finish();  // what is still queued was never sent

  // Nodes that sister links of this connection use or try.
  std::vector<NodeId> sisters(ConnectionId id) const;

  // What clients have heard of; kept only where a history asks for it.
  Positions& positions() { return positions_; }
  std::optional<Position> seen(EndpointId endpoint) const { return machine_.seen(endpoint); }

  const EndpointOptions& options() const { return machine_.options(); }
  const LinkNumbers& numbers() const { return numbers_; }
  EndpointLink& link(std::uint32_t number) { return links_[number]; }

  // Numbers an endpoint's delays, for World::client_delay.
  std::uint32_t next_delay(EndpointId endpoint) { return links_[numbers_.first(endpoint)].draws++; }

  struct Tally {
    std::uint64_t attempts = 0, established = 0, refused = 0, timed_out = 0, abandoned = 0;
    std::uint64_t ready = 0;  // links, now
    Count attempts_in_measure;
  };
  const Tally& tally() const { return tally_; }
  std::uint64_t pending() const;

 private:
  Endpoint at(EndpointId endpoint) {
    return {endpoint, {&links_[numbers_.first(endpoint)], machine_.options().slots()}};
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
  void notice(ConnectionId id);
  void close(ConnectionId id, CloseReason why, TriggerId trigger, bool tell_node);

  World& world_;
  const Lives lives_;
  Endpoints machine_;
  LinkNumbers numbers_;
  Paged<EndpointLink> links_;         // by number
  std::vector<std::uint32_t> lines_;  // by population: place in World::lines
  Positions positions_;
  Tally tally_;
};

}  // namespace squall
