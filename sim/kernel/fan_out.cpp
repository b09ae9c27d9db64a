// Pushes of one batch, part by part. See fan_out.hpp.
// What a full queue does to a frame, and to who waits for room in it, is decided here, too.
#include "sim/kernel/fan_out.hpp"

#include <algorithm>
#include <iterator>

#include "scenarios/model/deflate.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/fan_out_batch.hpp"
#include "sim/kernel/sessions.hpp"
#include "sim/machine/fetch_ahead.hpp"

namespace squall {
namespace {

constexpr std::size_t kAhead = 24;  // pushes: a pipe is fetched while so many others are worked on

}  // namespace

// The seats of a room; or of those members only for whom it is.
std::span<const FanOut::Seat> FanOut::seats_of(const Node& node, const Push& push) {
  const std::span<const Seat> all = node.seats.in(push.message.address.room());
  if (push.only.empty()) return all;
  chosen_.clear();
  std::ranges::copy_if(all, std::back_inserter(chosen_), [&](const Seat& seat) {
    const EndpointId who = world_.oracle.connection(seat.connection).endpoint;
    return std::ranges::find(push.only, who) != push.only.end();
  });
  return chosen_;
}

void FanOut::push(Node& node, const Push& push) {
  const Message& message = push.message;
  world_.ledger.saw(message.id, {.what = Sight::What::fan_out, .at = world_.now, .node = node.id});
  Seat one{};
  std::span<const Seat> seats;
  std::uint32_t sender_rank = UINT32_MAX;
  if (message.address.kind == Address::Kind::user) {
    one.connection = world_.sessions->of(node.id, message.address.endpoint());
    if (one.connection != kNoConnection) seats = {&one, 1};
  } else {
    seats = seats_of(node, push);
    sender_rank = world_.oracle.rosters().rank_in(message.sender, message.address.room());
  }
  if (seats.empty() || (seats.size() == 1 && seats.front().rank == sender_rank)) {
    node.waste(world_.now, world_.nodes->cost(node, world_.nodes->receiving(), message.size));
    world_.ledger.benign(message.id, world_.now);
    return;
  }
  push_to(node, message, seats, sender_rank, PushSource::live, push.place);
}

// To one session, without a look at the others of the room.
void FanOut::replay(Node& node, const Replay& replay) {
  const Message& message = replay.message;
  world_.ledger.saw(message.id, {.what = Sight::What::fan_out, .at = world_.now, .node = node.id});
  const bool room = message.address.kind == Address::Kind::room;
  const Seat seat{world_.sessions->of(node.id, replay.to),
                  room ? world_.oracle.rosters().rank_in(replay.to, message.address.room()) : 0, 0};
  if (seat.connection == kNoConnection) {
    world_.ledger.benign(message.id, world_.now);
    return;
  }
  push_to(node, message, {&seat, 1}, UINT32_MAX, PushSource::history, replay.place);
}

FanOut::Batch FanOut::begin_batch(Node& node, const Message& message, std::span<const Seat> seats) {
  const NodeConfig& nodes = world_.scenario.cluster.nodes;
  const bool lets_go = squall::lets_go(nodes.egress_on_full);
  if (!lets_go) queues_.clear();  // the script has set it otherwise
  return {
      node,
      message,
      seats,
      UINT32_MAX,
      nullptr,
      0,
      nullptr,
      Position(message.identity()),
      world_.message_frame(message.size),
      world_.nodes->cost(node, world_.costs.push + deflating(nodes, message.size), message.size),
      world_.downlink_rng(message.id),
      world_.frames_down(message.id),
      has_card(),
      world_.memory->counts(),
      lets_go};
}

// One seat, and one part of it.
void FanOut::echo(Node& node, MessageId id, ConnectionId sender) {
  const Message& message = world_.ledger.message(id);
  const Seat seat{sender, 0, 0};
  const Batch batch = begin_batch(node, message, {&seat, 1});
  parts_.resize(std::max<std::size_t>(parts_.size(), 1));
  Part& part = parts_.front();
  push_part(batch, part, 0, 1);
  serve_loops(batch, {&part, 1});
  if (!part.failed.empty()) {  // it was too much for his socket, and he misses nothing
    const bool kick = world_.scenario.cluster.nodes.egress_on_full == OnFull::disconnect;
    if (kick) world_.sessions->close(sender, CloseReason::kick, kOverload);
    return;
  }
  book_frames(batch, 1, BytePurpose::control);
  book_acks(batch, part);
  if (world_.nodes->shared_turn(node.id) != kNever) share_segments(batch);
}

void FanOut::push_to(Node& node, const Message& message, std::span<const Seat> seats,
                     std::uint32_t sender_rank, PushSource source,
                     const std::optional<LogPlace>& place) {
  auto& entries = world_.ledger.push(message.id, node.id, world_.now, source);
  const std::size_t before = entries.size();
  const bool measured = world_.ledger.measured(message.id);
  if (measured) entries.resize(before + seats.size());
  Positions& positions = world_.clients->positions();
  Batch batch = begin_batch(node, message, seats);
  batch.sender_rank = sender_rank;
  batch.first_entry = before;
  if (measured) batch.entries = entries.data() + before;
  const bool told = positions.kept() && place.has_value() == world_.spec.has_log();
  if (told) batch.positions = &positions;
  if (place) batch.position = Position(*place);
  // Who waits for a socket cannot know beforehand when the next part's turn is; one card is one,
  // and what is let go of is other messages'.
  const bool alone = blocks() || batch.card || batch.lets_go;
  const unsigned parts = alone ? 1 : world_.crew.parts_for(seats.size());
  parts_.resize(std::max<std::size_t>(parts_.size(), parts));
  world_.crew.each(parts, [&](unsigned part) {
    push_part(batch, parts_[part], part_begin(seats.size(), parts, part),
              part_begin(seats.size(), parts, part + 1));
  });
  if (measured) {
    entries.resize(before + parts_[parts - 1].tried);
    const auto failed = [&](const Part& part) { return !part.failed.empty(); };
    if (std::any_of(parts_.begin(), parts_.begin() + parts, failed)) {
      const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(before);
      const auto gone = [](const PushEntry& e) { return e.connection == kNoConnection; };
      entries.erase(std::remove_if(begin, entries.end(), gone), entries.end());
    }
  }
  end_batch(batch, {parts_.data(), parts});
}

// The pushes to seats [begin, end).
void FanOut::push_part(const Batch& batch, Part& part, std::size_t begin, std::size_t end) {
  part.tried = 0;
  part.acks = {};
  part.failed.clear();
  part.waiting.clear();
  part.turns.clear();
  part.turns.reserve(2 * Crew::kApart / sizeof(Turn) + batch.node.loops.size());  // for itself
  for (const Loop& loop : batch.node.loops) {
    part.turns.push_back({loop.start(world_.now), loop.start(world_.now)});
  }
  for (const Seat& seat : batch.seats.first(begin)) {  // what the other parts do before
    if (seat.rank == batch.sender_rank) continue;
    ++part.turns[seat.loop].count;
    ++part.tried;
  }
  for (std::size_t l = 0; l < part.turns.size() && begin > 0; ++l) {
    Turn& turn = part.turns[l];
    turn.at = batch.node.loops[l].next(turn.at, batch.cost, turn.count);
  }
  std::size_t fetched = begin;
  for (std::size_t i = begin; i < end; ++i) {
    for (; fetched < std::min(i + kAhead, end); ++fetched) {
      fetch_ahead(&world_.pipe(batch.seats[fetched].connection));
    }
    if (batch.seats[i].rank != batch.sender_rank) push_one(batch, part, batch.seats[i]);
  }
}

bool FanOut::blocks() const {
  return world_.scenario.cluster.nodes.egress_on_full == OnFull::block;
}

// When a loop that waits for a socket goes on: there is room, or the client has given up, since a
// pong that does not come through ends the connection. What follows finds it closed; only a silent
// death tells nobody.
// It would come behind all that the line is `busy` with, however soon there is room for a frame.
Time FanOut::unblocked(ConnectionId connection, Time at, Duration wait, Duration busy) {
  const ConnectionRecord& to = world_.oracle.connection(connection);
  const bool over = to.dead <= world_.now && to.reason != CloseReason::silent;
  if (over || to.closed <= world_.now) return at;
  const Duration patience = world_.plan.patience(to.endpoint);
  if (busy <= patience) return at + wait;
  const Time gone = gives_up_.try_emplace(connection, at + patience).first->second;
  return std::min(at + wait, gone);
}

// How long a frame has to wait for room in the queue of a line that is busy for so long.
Duration FanOut::until_it_fits(const Batch& batch, const Line& line, Duration busy) const {
  if (busy <= Duration{0}) return Duration{0};
  const Bytes room = world_.scenario.cluster.nodes.egress_limit + kSendBuffer - batch.wire.total();
  return busy - std::max(Duration{0}, line.time(room));
}

bool FanOut::has_card() const { return world_.scenario.cluster.net.client_bandwidth > 0; }

// The same, where the queue of a connection waits for the card that all of them share.
Duration FanOut::until_the_card_has_room(const Batch& batch, const Seat& seat, Time at) {
  const Bytes room = world_.scenario.cluster.nodes.egress_limit + kSendBuffer - batch.wire.total();
  return cards_[batch.node.id].until_there_is(room, seat.connection, at);
}

// When the last byte of a frame has left the node; the line of its client goes on from there.
// `socket`: when it has left user space.
Time FanOut::through_the_card(const Batch& batch, const Seat& seat, Time at, Time& socket) {
  Card& card = cards_[batch.node.id];
  const Bytes bytes = batch.wire.total();
  const Duration held = card.until_there_is(kSendBuffer - bytes, seat.connection, at);
  socket = std::max(socket, at + held);
  const Duration work = Line(world_.scenario.cluster.net.client_bandwidth).time(bytes);
  return card.serve(seat.connection, at, bytes, work, world_.now);
}

void FanOut::ended(NodeId node, ConnectionId connection) {
  queues_.erase(connection);
  if (const auto card = cards_.find(node); card != cards_.end()) card->second.forget(connection);
}

// One frame to one connection: its turn in the loop, the egress queue, the client's line.
void FanOut::push_one(const Batch& batch, Part& part, const Seat& seat) {
  Pipe& pipe = world_.pipe(seat.connection);
  Turn& turn = part.turns[pipe.loop];
  turn.at = batch.node.loops[pipe.loop].next(turn.at, batch.cost);
  ++turn.count;
  PushEntry* entry = batch.entries == nullptr ? nullptr : &batch.entries[part.tried];
  ++part.tried;
  if (batch.lets_go) return queue_one(batch, part, seat, turn.at);
  const Line& line = world_.network.line(pipe);
  const Time free = std::max(turn.at, pipe.downlink_busy);
  Duration wait = until_it_fits(batch, line, free - turn.at);
  if (batch.card) wait = std::max(wait, until_the_card_has_room(batch, seat, turn.at));
  if (wait > Duration{0}) {
    if (!blocks()) {
      part.failed.push_back(seat);
      if (entry != nullptr) entry->connection = kNoConnection;
      return;
    }
    const Duration busy = std::max(free - turn.at, wait);
    turn.at = std::max(turn.at, unblocked(seat.connection, turn.at, wait, busy));
  }
  pipe.downlink_busy = std::max(free, turn.at) + line.time(batch.wire.total());
  // It has left user space when the kernel holds all of it.
  Time socket = std::max(turn.at, pipe.downlink_busy - line.buffer());
  Time out = pipe.downlink_busy;
  if (batch.card) out = std::max(out, through_the_card(batch, seat, turn.at, socket));
  // Never equal: two frames of one connection have an order, and room_divergence looks at it.
  const Time read = std::max(pipe.last_arrival + Duration{1}, out + way_down(batch, pipe));
  world_.client_acks->push(pipe, seat.connection, {turn.at, read, batch.wire.segments}, part.acks);
  pipe.last_arrival = read;
  if (batch.counts_memory && socket > turn.at) {
    part.waiting.push_back({seat.connection, turn.at, socket});
  }
  if (entry == nullptr && batch.positions == nullptr) return;
  const PushEntry frame{seat.rank, seat.connection, socket, read};
  if (entry != nullptr) *entry = frame;
  if (batch.positions == nullptr) return;
  batch.positions->written(pipe.link, batch.position, frame, world_.oracle, world_.now);
}

Bytes FanOut::share(NodeId node, ConnectionId to, const WireCost& cost) {
  const Time turn = world_.nodes->shared_turn(node);
  if (turn == kNever) return 0;
  const Bytes shared = flights_[to].join(turn, cost);
  world_.share(Link::node_to_lb, shared, world_.now, node);
  world_.share(Link::lb_to_client, shared, world_.now, node);
  return shared;
}

// Of one turn: what goes to a client leaves together.
void FanOut::share_segments(const Batch& batch) {
  for (const Seat& seat : batch.seats) {
    if (seat.rank == batch.sender_rank) continue;
    const Bytes shared = share(batch.node.id, seat.connection, batch.wire);
    world_.acknowledge(false, -shared, world_.now, batch.node.id);
  }
}

// Frames that no ledger judges.
void FanOut::book_frames(const Batch& batch, std::uint32_t frames, BytePurpose purpose) {
  for (const Link link : {Link::node_to_lb, Link::lb_to_client}) {
    world_.bytes.sent(link, purpose, batch.wire, world_.now, batch.node.id, frames);
    world_.bytes.received(link, batch.wire, frames);
  }
  world_.acknowledge(false, wire::acks(batch.wire.segments) * frames, world_.now, batch.node.id);
}

// The message until the last loop is through with it, and each frame from its turn on.
void FanOut::count_memory(const Batch& batch, std::span<const Part> parts) {
  Time through = world_.now;
  for (const Turn& turn : parts.back().turns) {
    if (turn.count > 0) through = std::max(through, turn.at);
  }
  const NodeId node = batch.node.id;
  world_.memory->works_on(node, batch.message.size, through);
  for (const Part& part : parts) {
    for (const Memory::Frame& frame : part.waiting) {
      world_.memory->waits(node, frame, batch.wire.payload + batch.wire.framing);
    }
  }
}

void FanOut::serve_loops(const Batch& batch, std::span<const Part> parts) {
  const Part& last = parts.back();  // it knows where the loops stand in the end
  for (std::size_t l = 0; l < last.turns.size(); ++l) {
    const Turn& turn = last.turns[l];
    if (turn.count == 0) continue;
    batch.node.loops[l].serve(world_.now, turn.start, turn.at, batch.cost * turn.count);
  }
  if (batch.counts_memory) count_memory(batch, parts);
}

void FanOut::book_acks(const Batch& batch, const Part& part) {
  world_.acknowledge(false, part.acks.of_client, world_.now, batch.node.id);
  world_.acknowledge(false, part.acks.of_warm_up, -1ns, batch.node.id);
  world_.acknowledge(true, part.acks.of_node, world_.now, batch.node.id);
}

void FanOut::end_batch(const Batch& batch, std::span<const Part> parts) {
  Node& node = batch.node;
  const Part& last = parts.back();
  serve_loops(batch, parts);
  node.row.pushes.add(world_.inside(), last.tried);
  const MessageId id = batch.message.id;
  const bool kick = world_.scenario.cluster.nodes.egress_on_full == OnFull::disconnect;
  const Death death{
      kick ? Mechanism::purged_by_slow_consumer_kick : Mechanism::egress_queue_dropped, world_.now,
      node.id, kOverload, kick ? CloseReason::kick : CloseReason::none};
  std::vector<ConnectionId> kicked;
  for (const Part& part : parts) {
    if (batch.entries != nullptr) book_acks(batch, part);  // of other messages nothing is booked
    for (const Seat& seat : part.failed) {
      world_.ledger.push_failed(id, seat.rank, death);
      if (kick) kicked.push_back(seat.connection);
    }
  }
  world_.ledger.pushed(id, world_.now, last.tried);
  // From before measure. Where nodes read now and then such frames are many, and a card carries
  // them when they leave.
  const bool late = batch.entries == nullptr && world_.backplane.reads_log;
  if (late) book_frames(batch, last.tried, BytePurpose::payload_useful);
  if ((batch.entries != nullptr || late) && world_.nodes->shared_turn(node.id) != kNever) {
    share_segments(batch);
  }
  for (const ConnectionId connection : kicked) {
    world_.sessions->close(connection, CloseReason::kick, kOverload);
  }
}

}  // namespace squall
