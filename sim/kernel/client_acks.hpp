// Which acknowledgements between a client and its node go alone, and which ride on what is said.
//
// Both ends behave as sim/record/acknowledgements.hpp says. The client's is one byte of the Pipe:
// it reads when the Pipe says that something arrives, which is known when that is sent; so what is
// on its way when the client speaks counts as heard. The node's end hears in events of its own; a
// push looks at it only when the client has said something since the node spoke last.
#pragma once

#include "sim/kernel/flight.hpp"
#include "sim/kernel/world.hpp"
#include "sim/record/acknowledgements.hpp"

namespace squall {

class ClientAcks {
 public:
  explicit ClientAcks(World& world) : world_(world) {}

  void opened(ConnectionId id);  // the client has answered the node's answer to its request
  // For the client, to arrive at `at`, and not before what was sent before it: a segment.
  void for_client(ConnectionId id, Time at);
  void client_speaks(ConnectionId id);
  // How many segments of a frame are those of others that it writes at this instant.
  Bytes says_with_others(ConnectionId id, const WireCost& cost);
  // A segment that the node reads. False: with the one before, in the same flight.
  bool for_node(ConnectionId id, Bytes segments = 1);
  void node_speaks(ConnectionId id, Time at);
  void finish();  // what still waits goes alone

  // A push, which is booked elsewhere as if each of its flights was acknowledged alone: how many
  // acknowledgements are more or fewer than that. Only the state of this connection changes.
  struct Difference {
    Bytes of_client = 0, of_node = 0;
    Bytes of_warm_up = 0;  // of clients, gone before measure
  };
  struct Pushed {
    Time leaves, read;
    Bytes segments;
  };
  void push(Pipe& pipe, ConnectionId id, const Pushed& frame, Difference& sum) {
    if (pipe.over) return;  // nobody acknowledges anything
    // Its pace is not followed while it only listens: this is done for every push.
    if (!pipe.client_acks.only_listens()) sum.of_client += differs(pipe, frame, sum);
    if (pipe.unanswered) sum.of_node += answer(pipe, id, frame.leaves);
  }

 private:
  static Bytes differs(Pipe& pipe, const Pushed& frame, Difference& sum);
  static Time gone_at(const Pipe& pipe) { return pipe.last_arrival + AckHabit::kDelay; }
  void book_overdue(ConnectionId id, Time at);
  Bytes answer(Pipe& pipe, ConnectionId id, Time at) {
    pipe.unanswered = false;
    return node_ends_[index(id)].sent(at);
  }

  World& world_;
  Flight says_;  // of the client that spoke last
  ConnectionId says_on_ = kNoConnection;
  Paged<AckingEnd> node_ends_;  // by connection, as far as one has spoken
};

}  // namespace squall
