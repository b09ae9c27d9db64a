// Drains and their ends, at a node. See node_drain.hpp.
// The balancer is told by whoever drains the node, which may stand still itself.
#include "sim/live/node/node_drain.hpp"

namespace squall::live {

void NodeDrain::begin(Duration over, TriggerId trigger) {
  if (!process_.alive()) return;
  Cluster& cluster = process_.cluster();
  trigger_ = trigger;
  process_.note(FactKind::drained, 0, 0, 0, trigger);
  process_.accept(false);
  const Duration told = cluster.balancer.propagation_delay(process_.id());
  process_.loop().at(process_.now() + told, [this, epoch = process_.epoch()] {
    if (process_.epoch() == epoch && !process_.accepting()) {
      process_.cluster().told(process_.id(), false);
    }
  });
  drain_.begin(sessions_.all(), over,
               cluster.spec.make_before_break ? Drain::Way::ask_to_move : Drain::Way::close);
  process_.later(process_.now(), [this, number = drain_.number()] { next(number); });
  tell_backplane(true);
}

void NodeDrain::end() {
  process_.accept(process_.alive());
  const Duration told = process_.cluster().balancer.propagation_delay(process_.id());
  process_.later(process_.now() + told, [this] { process_.cluster().told(process_.id(), true); });
  tell_backplane(false);
}

void NodeDrain::moved(NodeSession& session) {
  sessions_.close(session, CloseReason::drain, trigger_);
}

void NodeDrain::next(std::uint32_t number) {
  if (process_.accepting() || !drain_.goes_on(number)) return;
  NodeSession* const session = sessions_.of(drain_.take_next());
  if (session != nullptr) {
    if (process_.cluster().spec.make_before_break && session->open)
      ask_to_move(*session);
    else
      sessions_.close(*session, CloseReason::drain, trigger_);
  }
  process_.later(process_.now() + drain_.gap(), [this, number] { next(number); });
}

// Pushes go on until the client has moved: RFC 6455 allows none after a close frame.
void NodeDrain::ask_to_move(NodeSession& session) {
  session.asked_to_move = true;
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::going_away, {}))));
}

void NodeDrain::tell_backplane(bool yes) {
  if (!process_.alive()) return;  // nobody is there to be told
  process_.later(process_.now(), [this, yes] { backplane_.step(Draining{yes}); });
}

}  // namespace squall::live
