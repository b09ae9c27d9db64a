// Handshakes one after another, loop by loop. See handshakes.hpp.
// Whoever has walked away meanwhile has cost the work all the same.
#include "sim/kernel/handshakes.hpp"

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/supervisor.hpp"

namespace squall {
namespace {

// A SYN that nobody answers is sent again after 1 s, then after 2, 4 and so on: 1, 3, 7, 15, 31 and
// 63 s after the first; 127 s after it connect() fails (Linux, tcp_syn_retries).
constexpr std::uint32_t kSynRetries = 6;

// Both directions, when the node takes the request up.
void book_bytes(World& world, ConnectionId id) {
  const NodeId node = world.oracle.connection(id).node;
  wire::HandshakeCost cost = wire::handshake(world.tls);
  const Bytes others = world.plan.client(world.oracle.connection(id).endpoint).requests - 1;
  cost.up += others * (wire::kUpgradeRequest + 2 * wire::kTcpIpHeader);
  cost.down += others * (wire::kUpgradeResponse + wire::kTcpIpHeader);
  const auto book = [&](Link link, Bytes bytes) {
    world.bytes.sent(link, BytePurpose::handshake, {bytes, 0, 0}, world.now, node);
    world.bytes.received(link, {bytes, 0, 0});
  };
  book(Link::client_to_lb, cost.up);
  book(Link::lb_to_node, cost.up);
  book(Link::node_to_lb, cost.down);
  book(Link::lb_to_client, cost.down);
}

}  // namespace

void Handshakes::arrives(NodeId node, ConnectionId id, std::uint32_t again) {
  Node& here = at(node);
  if (again > 0 && world_.oracle.connection(id).dead != kNever) return;  // and its kernel is silent
  const bool full =
      !here.door.has_place_for(id) && world_.scenario.cluster.nodes.on_limit == OnLimit::refuse;
  if (!here.up || !here.accepting || full || again > kSynRetries) {
    turn_away(node, id);
    return;
  }
  if (queue_is_full(here)) return is_not_answered(node, id, again);
  Pipe& pipe = world_.pipe(id);
  pipe.node = node;
  pipe.loop = here.next_loop();
  if (here.door.has_place_for(id)) here.door.take_place(id);
  AcceptQueue& queue = here.accept_queues[pipe.loop];
  queue.waiting.push_back(id);
  take_next(here, queue);
}

// Whichever loop they are for: it is one socket that they wait at.
bool Handshakes::queue_is_full(const Node& node) const {
  const std::uint32_t most = world_.scenario.cluster.nodes.accept_queue;
  std::size_t waiting = 0;
  for (const AcceptQueue& queue : node.accept_queues) waiting += queue.waiting.size();
  return most > 0 && waiting >= most;
}

// The node's kernel drops the SYN. The rest of the handshake follows the one that is answered.
void Handshakes::is_not_answered(NodeId node, ConnectionId id, std::uint32_t again) {
  const WireCost syn{wire::kTcpIpHeader, 0, 0};
  for (const Link link : {Link::client_to_lb, Link::lb_to_node}) {
    const bool arrives = link == Link::client_to_lb;
    world_.bytes.passed(link, BytePurpose::handshake, syn, world_.now, node, arrives);
  }
  world_.after(Duration{1s} * (1U << again),
               {EventKind::handshake_arrives, node, static_cast<std::uint32_t>(id), again + 1});
}

// It is refused; but of a lost host nobody refuses it, and the client's time-out will notice.
void Handshakes::turn_away(NodeId node, ConnectionId id) {
  release(node, id);
  if (at(node).host_lost) return;
  world_.after(world_.client_delay(id),
               {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
}

// The connection is over for the balancer and for the node; somebody else may come in.
void Handshakes::release(NodeId node, ConnectionId id) {
  world_.balancer->released(id);
  if (world_.oracle.connection(id).opened == kNever) world_.memory->released(node, id);
  Node& here = at(node);
  if (!here.door.limits()) return;
  here.door.leave(id);
  for (AcceptQueue& queue : here.accept_queues) take_next(here, queue);
}

void Handshakes::take_next(Node& node, AcceptQueue& queue) {
  if (queue.taking || queue.waiting.empty()) return;
  const ConnectionId next = queue.waiting.front();
  if (next == kNoConnection) {
    queue.waiting.pop_front();
    queue.taking = true;
    return world_.supervisor->taken_up(node.id);
  }
  if (!node.door.has_place_for(next) || !node.door.may_begin()) return;
  queue.waiting.pop_front();
  node.door.take_place(next);
  node.door.begin(next);
  take_up(next);
}

bool Handshakes::question(NodeId node) {
  Node& here = at(node);
  if (queue_is_full(here)) return false;
  here.accept_queues.front().waiting.push_back(kNoConnection);
  take_next(here, here.accept_queues.front());
  return true;
}

void Handshakes::question_ended(NodeId node) {
  AcceptQueue& queue = at(node).accept_queues.front();
  queue.taking = false;
  take_next(at(node), queue);
}

void Handshakes::take_up(ConnectionId id) {
  const Pipe& pipe = world_.pipe(id);
  at(pipe.node).accept_queues[pipe.loop].taking = true;
  book_bytes(world_, id);
  world_.memory->connected(pipe.node, id);
  const Time done =
      world_.nodes->loop_of(id).work(world_.now, at(pipe.node).paced(world_.costs.handshake));
  world_.at(done, {EventKind::handshake_done, pipe.node, static_cast<std::uint32_t>(id),
                   at(pipe.node).epoch});
}

// The process dies: its kernel refuses who was still waiting for it, if there is one.
void Handshakes::refuse_waiting(Node& node) {
  std::vector<ConnectionId> all;
  for (AcceptQueue& queue : node.accept_queues) {
    all.insert(all.end(), queue.waiting.begin(), queue.waiting.end());
    queue = {};
  }
  all.insert(all.end(), node.asking.begin(), node.asking.end());
  node.asking.clear();
  node.door.clear();
  std::erase(all, kNoConnection);
  for (const ConnectionId id : all) turn_away(node.id, id);
}

void Handshakes::done(NodeId node, ConnectionId id, std::uint32_t epoch) {
  Node& here = at(node);
  if (epoch != here.epoch) {
    turn_away(node, id);
    return;
  }
  AcceptQueue& queue = here.accept_queues[world_.pipe(id).loop];
  queue.taking = false;
  const bool abandoned = world_.oracle.connection(id).dead != kNever;
  if (!database_.is_asked() || abandoned) here.door.handshake_ended(id);
  take_next(here, queue);
  if (abandoned) {  // the work was wasted
    here.waste(world_.now, here.paced(world_.costs.handshake));
    release(node, id);
  } else if (database_.is_asked()) {
    here.asking.insert(id);
    world_.at(database_.answer(world_.now),
              {EventKind::admitted, node, static_cast<std::uint32_t>(id), epoch});
  } else {
    world_.after(world_.client_delay(id),
                 {EventKind::upgraded, kNoNode, static_cast<std::uint32_t>(id)});
  }
}

// The database has answered: maybe too late for the client, or for the process.
void Handshakes::admitted(NodeId node, ConnectionId id, std::uint32_t epoch) {
  Node& here = at(node);
  if (epoch != here.epoch) return;  // it was turned away when the process died
  here.asking.erase(id);
  here.door.handshake_ended(id);
  if (world_.oracle.connection(id).dead != kNever) {
    release(node, id);
  } else {
    world_.after(world_.client_delay(id),
                 {EventKind::upgraded, kNoNode, static_cast<std::uint32_t>(id)});
  }
  for (AcceptQueue& queue : here.accept_queues) take_next(here, queue);
}

}  // namespace squall
