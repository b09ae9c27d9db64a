// Pushes where a full queue lets go of older frames: what was said of those is said anew.
// Where their memory is counted, or a card is shared, the loader knows no such queue.
#include "sim/kernel/clients.hpp"
#include "sim/kernel/fan_out.hpp"
#include "sim/kernel/fan_out_batch.hpp"

namespace squall {
namespace {

constexpr std::uint32_t kNotWritten = UINT32_MAX;  // of a message outside of measure

}  // namespace

void FanOut::queue_one(const Batch& batch, Part& part, const Seat& seat, Time turn) {
  Pipe& pipe = world_.pipe(seat.connection);
  const std::uint32_t place = part.tried - 1;
  PushEntry* const entry = batch.entries == nullptr ? nullptr : &batch.entries[place];
  EgressQueue::Frame frame;
  frame.message = batch.message.id;
  // Those that have failed leave no place.
  frame.entry = entry == nullptr
                    ? kNotWritten
                    : static_cast<std::uint32_t>(batch.first_entry + place - part.failed.size());
  frame.rank = seat.rank;
  if (batch.message.address.kind == Address::Kind::room) frame.room = batch.message.address.room();
  frame.bytes = batch.wire.total();
  frame.turn = turn;
  frame.delay = way_down(batch, pipe);
  const NodeConfig& config = world_.scenario.cluster.nodes;
  const EgressQueue::Change change = queues_[seat.connection].add(
      world_.network.line(pipe), {config.egress_limit, config.egress_on_full}, frame,
      {pipe.downlink_busy, pipe.last_arrival});
  if (!change.taken) {
    part.failed.push_back(seat);
    if (entry != nullptr) entry->connection = kNoConnection;
    return;
  }
  // What stays out is acknowledged by nobody, and was told of as if it were: habits are habits.
  const Time read = std::max(change.frame.read, pipe.last_arrival + Duration{1});
  world_.client_acks->push(pipe, seat.connection, {turn, read, batch.wire.segments}, part.acks);
  pipe.downlink_busy = change.busy;
  pipe.last_arrival = change.last_read;
  follow(batch.node.id, seat.connection, change);
  const PushEntry written{seat.rank, seat.connection, change.frame.socket, change.frame.read};
  if (entry != nullptr) *entry = written;
  if (batch.positions == nullptr) return;
  batch.positions->written(pipe.link, batch.position, written, world_.oracle, world_.now);
}

// What is let go of, and what leaves sooner for it.
void FanOut::follow(NodeId node, ConnectionId connection, const EgressQueue::Change& change) {
  const bool coalesce = world_.scenario.cluster.nodes.egress_on_full == OnFull::coalesce;
  const Mechanism why = coalesce ? Mechanism::egress_coalesced : Mechanism::egress_queue_dropped;
  Positions& positions = world_.clients->positions();
  const std::uint32_t link = world_.pipe(connection).link;
  for (const EgressQueue::Frame& frame : change.gone) {
    if (frame.entry != kNotWritten) {
      world_.ledger.changed(frame.message, frame.entry, Death{why, world_.now, node, kOverload});
    }
    if (positions.kept()) positions.changed(link, connection, frame.read, std::nullopt);
  }
  for (const EgressQueue::Moved& moved : change.moved) {
    const EgressQueue::Frame& frame = moved.frame;
    const PushEntry now{frame.rank, connection, frame.socket, frame.read};
    if (frame.entry != kNotWritten) world_.ledger.changed(frame.message, frame.entry, now);
    if (positions.kept()) positions.changed(link, connection, moved.read_before, now);
  }
}

}  // namespace squall
