// One message to the sessions of one node, as one event: departures in closed form, loop by loop.
//
// A push is no event of its own; it is judged when the message settles (sim/record/settling.cpp).
// Pushes to different connections touch different memory, so a crew may split a large fan-out: each
// part computes where the loops stand when its first push is due, and all see the same times.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "sim/kernel/card.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/egress_queue.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/lookup.hpp"

namespace squall {

class FanOut {
 public:
  explicit FanOut(World& world) : world_(world) {}
  void push(Node& node, const Push& push);
  void replay(Node& node, const Replay& replay);
  // To who has said it: bytes and work, and no copy that the ledger knows.
  void echo(Node& node, MessageId id, ConnectionId sender);
  // A session, and all of a process, is over.
  void ended(NodeId node, ConnectionId connection);
  void died(NodeId node) { cards_.erase(node); }
  // A frame to a client leaves now: how many of its segments are those of frames before it, as both
  // leave in one burst. That is booked; what it spares in acknowledgements is not.
  Bytes share(NodeId node, ConnectionId to, const WireCost& cost);

 private:
  using Seat = Seating::Seat;
  struct Batch;  // one in progress
  struct Turn {  // of a loop
    Time start, at;
    std::uint32_t count = 0;  // pushes so far
  };
  struct alignas(Crew::kApart) Part {  // what one thread does
    std::vector<Turn> turns;           // by loop
    std::vector<Seat> failed;
    std::vector<Memory::Frame> waiting;  // for their sockets; where memory is counted
    std::uint32_t tried = 0;             // so far, those of earlier parts included
    ClientAcks::Difference acks;
  };

  void push_to(Node& node, const Message& message, std::span<const Seat> seats,
               std::uint32_t sender_rank, PushSource source, const std::optional<LogPlace>& place);
  Batch begin_batch(Node& node, const Message& message, std::span<const Seat> seats);
  std::span<const Seat> seats_of(const Node& node, const Push& push);
  void push_part(const Batch& batch, Part& part, std::size_t begin, std::size_t end);
  void push_one(const Batch& batch, Part& part, const Seat& seat);
  Duration way_down(const Batch& batch, const Pipe& pipe) const;
  void queue_one(const Batch& batch, Part& part, const Seat& seat, Time turn);
  void follow(NodeId node, ConnectionId connection, const EgressQueue::Change& change);
  bool blocks() const;
  Time unblocked(ConnectionId connection, Time at, Duration wait, Duration busy);
  Duration until_it_fits(const Batch& batch, const Line& line, Duration busy) const;
  bool has_card() const;  // one that is shared, and not endless
  Duration until_the_card_has_room(const Batch& batch, const Seat& seat, Time at);
  Time through_the_card(const Batch& batch, const Seat& seat, Time at, Time& socket);
  void end_batch(const Batch& batch, std::span<const Part> parts);
  void serve_loops(const Batch& batch, std::span<const Part> parts);
  void book_acks(const Batch& batch, const Part& part);
  void count_memory(const Batch& batch, std::span<const Part> parts);
  void share_segments(const Batch& batch);
  void book_frames(const Batch& batch, std::uint32_t frames, BytePurpose purpose);

  World& world_;
  std::vector<Part> parts_;  // scratch, as the next
  std::vector<Seat> chosen_;
  std::map<NodeId, Card> cards_;                // towards clients
  std::map<ConnectionId, EgressQueue> queues_;  // where a full one lets go of older frames
  Lookup<ConnectionId, Flight> flights_;        // of bursts
  std::map<ConnectionId, Time> gives_up_;       // when a client that blocks a loop has left
};

}  // namespace squall
