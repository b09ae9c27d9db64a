// A message on a node: read it, ask the backplane, do what it says.
// What it says last is mostly to push the message to the local clients: fan_out.cpp.
#include <algorithm>
#include <utility>

#include "scenarios/model/deflate.hpp"
#include "sim/books/blame.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/fan_out.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/sessions.hpp"
#include "strategies/backplane/match.hpp"

namespace squall {
namespace {

constexpr std::uint32_t kReturns = 1U << 31;  // beside the topic of a publish that leaves

// What the node paid to take it up; nothing for what is no message.
Duration cost_of(const Input& input, const CostProfile& costs) {
  if (std::holds_alternative<ClientMessage>(input)) return costs.frame_read;
  if (std::holds_alternative<PeerMessage>(input)) return costs.peer_receive;
  if (std::holds_alternative<Returned>(input)) return costs.peer_receive;
  if (std::holds_alternative<BrokerMessage>(input)) return costs.broker_receive;
  return Duration{0};
}

template <typename... Kinds>
bool wants_several(Actions& actions) {
  if (actions.list().size() < 2) return false;
  const auto is_one = [](const Action& action) {
    return (std::holds_alternative<Kinds>(action) || ...);
  };
  return std::ranges::count_if(actions.list(), is_one) > 1;
}

TriggerId trigger_of_drop(const Drop& drop, NodeId at, TriggerId given, const World& world) {
  if (drop.mechanism == Mechanism::registry_unavailable) return world.registry->blame(at);
  if (drop.mechanism == Mechanism::route_missing)
    return world.registry->blame_missing(drop.message.address);
  if (drop.mechanism == Mechanism::publisher_buffer_overflow)
    return world.broker->links().blame_of_silence(at);
  return given;
}

}  // namespace

// The frame is at the node's network card: is there still somebody to read it?
void Nodes::frame_arrives(NodeId node, MessageId id, ConnectionId connection) {
  const ConnectionRecord& record = world_.oracle.connection(connection);
  const WireCost cost = world_.said_frame(id);
  const bool cut = record.dead != kNever && !world_.pipe(connection).flushes;
  if (cut || record.closed != kNever) {
    world_.bytes.lost(Link::client_to_lb, cost);
    world_.bytes.lost(Link::lb_to_node, cost);
    world_.ledger.drop(id, {Mechanism::uplink_in_flight_at_disconnect, world_.now, kNoNode,
                            record.trigger, record.reason});
    return;
  }
  world_.bytes.received(Link::client_to_lb, cost);
  world_.bytes.received(Link::lb_to_node, cost);
  world_.balancer->heard(connection);
  world_.ledger.arrived(id, world_.now, node);
  read_frame(node, id, connection);
}

// The run ends with it on its way.
void Nodes::frame_in_flight(MessageId id) {
  const WireCost cost = world_.said_frame(id);
  world_.bytes.in_flight(Link::client_to_lb, cost);
  world_.bytes.in_flight(Link::lb_to_node, cost);
}

void Nodes::read_frame(NodeId node, MessageId id, ConnectionId from) {
  Loop& loop = loop_of(from);
  const Bytes segments = world_.said_frame(id).segments;
  // What comes together is worked on in one turn, and so is what follows from it.
  if (!world_.client_acks->for_node(from, segments)) begin_burst(node);
  const std::uint32_t limit = world_.scenario.cluster.nodes.work_queue;
  if (limit > 0 && loop.resident(world_.now) >= limit) {
    const TriggerId held_up = held_up_by(world_.plan, node, world_.now, world_.now);
    world_.ledger.drop(id, {Mechanism::overload_shed, world_.now, kNoNode,
                            held_up != kStructural ? held_up : kOverload});
    return;
  }
  ++world_.pipe(from).unread;
  const Time done = loop.work(
      world_.now, cost(at(node),
                       world_.costs.frame_read +
                           inflating(world_.scenario.cluster.nodes, world_.ledger.message(id).size),
                       world_.ledger.message(id).size));
  world_.at(done, {EventKind::frame_done, node, static_cast<std::uint32_t>(id), at(node).epoch,
                   static_cast<std::uint32_t>(from)});
}

void Nodes::frame_done(NodeId node, MessageId id, std::uint32_t epoch, ConnectionId from) {
  --world_.pipe(from).unread;
  if (epoch != at(node).epoch) {
    Death death = world_.processes->death_of(node, epoch);
    death.node = kNoNode;  // it was the only copy
    world_.ledger.drop(id, death);
    return;
  }
  world_.ledger.accepted(id, world_.now, node);
  at(node).row.ingress.add(world_.inside());
  say_back(node, id, from);
  step(node, ClientMessage{Copy::adopt(world_.ledger.message(id))});
}

// To who has sent it, in one turn.
void Nodes::say_back(NodeId node, MessageId id, ConnectionId sender) {
  const ConnectionRecord& record = world_.oracle.connection(sender);
  if (record.closed != kNever) return;
  const Message& message = world_.ledger.message(id);
  const bool echoed = world_.overhead.echo && message.address.kind == Address::Kind::room &&
                      world_.oracle.rosters().asked_for(message.sender, message.address.room());
  const bool both = echoed && world_.answer > 0;
  const Time before = std::exchange(pushes_, both ? world_.now : pushes_);
  if (echoed) world_.fan_out->echo(at(node), id, sender);
  if (world_.answer > 0 && record.closed == kNever) acknowledge(id, sender);
  pushes_ = before;
}

void Nodes::acknowledge(MessageId id, ConnectionId sender) {
  const ConnectionRecord& record = world_.oracle.connection(sender);
  Pipe& pipe = world_.pipe(sender);
  const Time written = loop_of(sender).work(world_.now, at(pipe.node).paced(world_.costs.push));
  const Duration delay = world_.network.message_delay(world_.uplink_rng(id).at(1)) +
                         world_.network.detour(pipe, pipe.node) +
                         world_.network.weather(pipe, pipe.node, world_.frames_up(id), 1);
  world_.client_acks->node_speaks(sender, written);
  const WireCost cost = world_.client_frame(world_.answer, false);
  if (world_.fan_out->share(pipe.node, sender, cost) < cost.segments) {
    world_.client_acks->for_client(sender, written + delay);
  } else {
    pipe.last_arrival = std::max(pipe.last_arrival, written + delay);
  }
  world_.ledger.acked(id, sender, pipe.last_arrival);
  if (world_.clients->options().outbox > 0) {
    world_.at(pipe.last_arrival, {EventKind::ack_arrives, kNoNode, static_cast<std::uint32_t>(id),
                                  static_cast<std::uint32_t>(sender),
                                  static_cast<std::uint32_t>(world_.ledger.number(id))});
  }
  world_.pass_client_frame(world_.answer, false, record.node);  // cut off or not
}

// ---- the backplane -----------------------------------------------------------------------------

// What it wants done may lead to a step of the same or another node: that one has room of its own.
void Nodes::step(NodeId id, Input&& input) {
  Node& node = at(id);
  SQUALL_CHECK(node.up);
  Actions actions = std::exchange(spare_, {});
  const Duration before = std::exchange(receiving_, cost_of(input, world_.costs));
  node.backplane->step(world_.now, std::move(input), actions);
  perform(id, actions, kStructural);
  receiving_ = before;
  actions.clear();
  spare_ = std::move(actions);
}

void Nodes::step_in(Time turn, NodeId node, Input&& input) {
  const Time before = std::exchange(carried_, turn);
  step(node, std::move(input));
  carried_ = before;
}

void Nodes::perform(NodeId node, Actions& actions, TriggerId trigger) {
  for (const Fork& fork : actions.forks()) world_.ledger.forked(fork.message, fork.copies);
  const Time before =
      std::exchange(pushes_, wants_several<Push, Replay>(actions) ? world_.now : kNever);
  const bool publishes = wants_several<Publish>(actions);  // what it kept while nobody heard it
  for (Action& action : actions.list()) perform_one(node, action, trigger);
  if (publishes) begin_burst(node);
  pushes_ = before;
}

// A link that the row does not ask for is not there.
void Nodes::perform_one(NodeId node, Action& action, TriggerId trigger) {
  const BackplaneNeeds& needs = world_.backplane.needs;
  std::visit(
      Match{
          [&](const Push& push) { world_.fan_out->push(at(node), push); },
          [&](Forward& forward) {
            SQUALL_CHECK(needs.peers);
            this->forward(node, forward);
          },
          [&](Return& back) {
            SQUALL_CHECK(needs.peers);
            give_back(node, back);
          },
          [&](Tell& tell) {
            SQUALL_CHECK(needs.peers);
            this->tell(node, tell);
          },
          [&](const Publish& publish) {
            SQUALL_CHECK(needs.broker);
            const Time sent = work(node, world_.costs.publish, publish.message.size);
            const auto topic = static_cast<std::uint32_t>(world_.broker->number(publish));
            world_.at(sent, {EventKind::publish_leaves, node,
                             static_cast<std::uint32_t>(publish.message.id), at(node).epoch,
                             topic | (publish.returns ? kReturns : 0)});
          },
          [&](const Drop& drop) {
            const Message& message = drop.message;
            if (message.address != world_.ledger.message(message.id).address) {
              drop_for_one(node, drop);
              return;
            }
            if (drop.mechanism == Mechanism::route_missing &&
                message.address.kind == Address::Kind::user) {
              lookups_.add(world_.inside());
              missing_.add(world_.inside(), world_.oracle.connected(message.address.endpoint()));
            }
            world_.ledger.drop(message.id, {drop.mechanism, world_.now, kNoNode,
                                            trigger_of_drop(drop, node, trigger, world_)});
          },
          [&](const Discard& discard) { world_.ledger.benign(discard.message.id, world_.now); },
          [&](const Subscribe& wish) { ask_broker(node, wish.topic, true); },
          [&](const Unsubscribe& wish) { ask_broker(node, wish.topic, false); },
          [&](const Admit& guest) { world_.sessions->admit(node, guest); },
          [&](const SendAway& whom) { world_.sessions->send_away(node, whom); },
          [&](const Keep& kept) {
            world_.ledger.keep(kept.message.id, Ledger::Keeper::history);
            world_.memory->takes(node, Memory::Purpose::history, kept.message.size);
          },
          [&](const LetGo& gone) {
            world_.ledger.let_go(gone.message.id, Ledger::Keeper::history, world_.now);
            world_.memory->gives(node, Memory::Purpose::history, gone.message.size);
          },
          [&](const Replay& again) { world_.fan_out->replay(at(node), again); },
          [&](const Fetch& question) {
            SQUALL_CHECK(needs.broker);
            world_.broker->questions().ask(node, question,
                                           work(node, world_.costs.registry_call, 0));
          },
          [&](const Arm& timer) {
            world_.after(timer.after, {EventKind::armed, node, timer.number, at(node).epoch});
          },
          [&](RegistryCall& call) {
            SQUALL_CHECK(needs.registry);
            const Time sent = work(node, world_.costs.registry_call, 0);
            world_.registry->call(node, std::move(call), sent);
          },
      },
      action);
}

// Of a room's message, what was meant for one member: he alone misses it, if he is there at all.
void Nodes::drop_for_one(NodeId node, const Drop& drop) {
  const Message& message = drop.message;
  const EndpointId who = message.address.endpoint();
  const NodeId seat = seat_of(world_.oracle, world_.plan, who, world_.now);
  if (seat == kNoNode) {
    world_.ledger.benign(message.id, world_.now);
  } else {
    const TriggerId trigger = trigger_of_drop(drop, node, kStructural, world_);
    world_.ledger.drop(message.id, {drop.mechanism, world_.now, seat, trigger});
  }
}

// A second attempt is the same lookup's.
void Nodes::forward(NodeId node, Forward& forward) {
  const auto message = static_cast<std::uint32_t>(forward.message.id);
  if (forward.attempt == 0) count_lookup(forward.to, forward.message);
  const auto list = static_cast<Bytes>(4 * forward.meant.size());
  const Time sent = work(node, world_.costs.peer_send, forward.message.size + list);
  if (forward.meant.empty() && forward.attempt == 0) {
    world_.at(sent, {EventKind::forward_leaves, node, message, at(node).epoch,
                     static_cast<std::uint32_t>(forward.to)});
    return;
  }
  const std::uint32_t slot = world_.peers->keep(Peers::Letter{forward.message.id, node, forward.to,
                                                              std::move(forward.meant),
                                                              forward.attempt, false, turn(node)});
  world_.at(sent, {EventKind::letter_leaves, node, slot, at(node).epoch});
}

void Nodes::give_back(NodeId node, Return& back) {
  const Bytes size = wire::return_frame(static_cast<Bytes>(back.absent.size())).payload;
  const Time sent = work(node, world_.costs.peer_send, size);
  const std::uint32_t slot = world_.peers->keep(Peers::Letter{
      back.message.id, node, back.to, std::move(back.absent), back.attempt, true, turn(node)});
  world_.at(sent, {EventKind::letter_leaves, node, slot, at(node).epoch});
}

void Nodes::tell(NodeId node, Tell& tell) {
  const auto count = static_cast<Bytes>(tell.note.size());
  const Time sent = work(node, world_.costs.peer_send, wire::note_payload(count));
  const std::uint32_t slot = world_.peers->keep(Peers::Note{node, tell.to, std::move(tell.note)});
  world_.at(sent, {EventKind::note_leaves, node, slot, at(node).epoch});
}

// The loop has come to it: a copy on its way out of the process, unless that is no more.
void Nodes::forward_leaves(NodeId node, MessageId id, std::uint32_t epoch, NodeId to) {
  if (epoch != at(node).epoch) {
    Death death = world_.processes->death_of(node, epoch);
    death.node = to;
    world_.ledger.drop(id, death);
    return;
  }
  world_.ledger.saw(id,
                    {.what = Sight::What::forwarded, .at = world_.now, .node = node, .other = to});
  world_.peers->send(node, to, world_.ledger.message(id));
}

// The same; it is meant for everybody. `as`: its topic, and whether it returns.
void Nodes::publish_leaves(NodeId node, MessageId id, std::uint32_t epoch, std::uint32_t as) {
  const TopicId topic{as & ~kReturns};
  const Message& message = world_.ledger.message(id);
  if (epoch != at(node).epoch) {
    Death death = world_.processes->death_of(node, epoch);
    death.node = kNoNode;
    world_.ledger.drop(id, death);
  } else if ((as & kReturns) != 0 && !world_.broker->links().takes(node, message.size)) {
    step(node,
         Unpublished{Copy::adopt(message), world_.broker->subscriptions().topics().of(topic)});
  } else {
    world_.ledger.saw(id, {.what = Sight::What::published, .at = world_.now, .node = node});
    world_.broker->publish(node, message, topic, world_.now);
  }
}

// By oracle: did the route that is about to be used point to where the client is?
void Nodes::count_lookup(NodeId to, const Message& message) {
  if (message.address.kind != Address::Kind::user || world_.backplane.covers != Covers::route)
    return;
  lookups_.add(world_.inside());
  const EndpointId endpoint = message.address.endpoint();
  const bool stale =
      world_.oracle.connected(endpoint) && !world_.oracle.live_on(endpoint, to, world_.now);
  stale_.add(world_.inside(), stale);
  if (!stale) return;
  const TriggerId back = world_.registry->blame_stale(endpoint, to);
  if (back == kStructural) return;
  world_.ledger.note(message.id, {Mechanism::route_stale, world_.now, kNoNode, back});
}

void Nodes::ask_broker(NodeId node, Topic topic, bool yes) {
  // The attempt to connect pays for what is asked for at the start.
  const bool starting = at(node).began == world_.now;
  const Time sent = starting ? world_.now : work(node, world_.costs.registry_call, 0);
  world_.broker->subscriptions().ask(node, topic, yes, sent);
}

// A timer that is due while the loop wakes up for another one is served in its turn.
void Nodes::timer(NodeId node, std::uint32_t number, std::uint32_t epoch) {
  constexpr Duration kTimerSlack = 50us;  // of Linux: prctl(2), PR_SET_TIMERSLACK
  Node& here = at(node);
  if (here.epoch != epoch) return;
  if (world_.now - here.woke > kTimerSlack) here.woke = world_.now;
  step_in(here.woke, node, Timer{number});
}

}  // namespace squall
