// Bare acknowledgements of what is no push. See client_acks.hpp.
// Who has gone acknowledges nothing; its segments are booked where it goes.
#include "sim/kernel/client_acks.hpp"

#include <algorithm>
#include <utility>

namespace squall {

void ClientAcks::opened(ConnectionId id) {
  world_.pipe(id).client_acks = AckHabit::of_one_who_answers();
}

Bytes ClientAcks::differs(Pipe& pipe, const Pushed& frame, Difference& sum) {
  if (pipe.client_acks.overdue(pipe.last_arrival, frame.read)) {
    ++(gone_at(pipe) < Time{0} ? sum.of_warm_up : sum.of_client);
  }
  return pipe.client_acks.received(pipe.last_arrival, frame.read, frame.segments) -
         wire::acks(frame.segments);
}

// What has waited in vain until `at`.
void ClientAcks::book_overdue(ConnectionId id, Time at) {
  Pipe& pipe = world_.pipe(id);
  if (pipe.over || !pipe.client_acks.overdue(pipe.last_arrival, at)) return;
  world_.acknowledge(false, 1, gone_at(pipe), world_.oracle.connection(id).node);
}

void ClientAcks::for_client(ConnectionId id, Time at) {
  Pipe& pipe = world_.pipe(id);
  const Time before = pipe.last_arrival;
  book_overdue(id, std::max(before, at));
  pipe.last_arrival = std::max(before, at);
  world_.acknowledge(false, pipe.client_acks.received(before, pipe.last_arrival, 1), world_.now,
                     world_.oracle.connection(id).node);
}

void ClientAcks::client_speaks(ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  book_overdue(id, world_.now);
  world_.acknowledge(false, pipe.client_acks.sent(pipe.last_arrival, world_.now), world_.now,
                     world_.oracle.connection(id).node);
}

Bytes ClientAcks::says_with_others(ConnectionId id, const WireCost& cost) {
  if (std::exchange(says_on_, id) != id) says_ = {};
  return says_.join(world_.now, cost);
}

void ClientAcks::finish() {
  for (std::uint32_t c = 0; c < world_.pipes.size(); ++c) book_overdue(ConnectionId{c}, world_.now);
}

bool ClientAcks::for_node(ConnectionId id, Bytes segments) {
  const std::size_t place = index(id);
  while (node_ends_.size() <= place) node_ends_.emplace_back(AckHabit::of_one_who_answers());
  world_.pipe(id).unanswered = true;
  if (node_ends_[place].heard() == world_.now) return false;
  const ConnectionRecord& record = world_.oracle.connection(id);
  world_.acknowledge(true, node_ends_[place].received(world_.now, segments), world_.now,
                     record.node);
  return true;
}

void ClientAcks::node_speaks(ConnectionId id, Time at) {
  Pipe& pipe = world_.pipe(id);
  if (!pipe.unanswered) return;
  world_.acknowledge(true, answer(pipe, id, at), world_.now, world_.oracle.connection(id).node);
}

}  // namespace squall
