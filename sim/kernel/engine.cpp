// The main loop: take the next event, hand it to the part it concerns, settle what has ended.
// Events are grouped by whom they concern, so that each group reads as one story.
#include "sim/kernel/engine.hpp"

#include <algorithm>
#include <string>

#include "scenarios/model/settings.hpp"
#include "sim/books/setup.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/faults.hpp"
#include "sim/kernel/fetch_event.hpp"
#include "sim/kernel/hurry.hpp"
#include "sim/kernel/left_over.hpp"
#include "sim/kernel/look.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/world.hpp"

namespace squall {
namespace {

std::uint64_t fold(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * 0x100000001b3ULL;
}

// A connection's life, seen from the client.
void client_event(World& world, const Event& event) {
  const ConnectionId connection{event.a};
  const EndpointId endpoint{event.a};
  switch (event.kind) {
    case EventKind::login: world.clients->login(endpoint, event.b); break;
    case EventKind::logout: world.clients->logout(endpoint, event.b); break;
    case EventKind::drop: world.clients->drop(endpoint, event.b); break;
    case EventKind::link_timer: world.clients->link_timer(event.a, event.b); break;
    case EventKind::at_balancer: world.balancer->attempt(connection, event.node); break;
    case EventKind::upgraded: world.clients->upgraded(connection); break;
    case EventKind::welcome: world.clients->welcome(connection); break;
    case EventKind::attempt_refused: world.clients->attempt_refused(connection); break;
    case EventKind::end_at_client: world.clients->end_at_client(connection); break;
    case EventKind::going_away: world.clients->going_away(connection); break;
    case EventKind::pong_arrives: world.clients->pong(connection); break;
    case EventKind::membership_acked:
      if (world.clients->wants(endpoint, RoomId{event.b})) {
        world.oracle.membership(endpoint, RoomId{event.b}, true, world.now);
      }
      break;
    default: SQUALL_CHECK(false);
  }
}

// A connection's life, seen from the node.
void session_event(World& world, const Event& event) {
  Nodes& nodes = *world.nodes;
  const ConnectionId connection{event.a};
  switch (event.kind) {
    case EventKind::handshake_arrives: nodes.handshake_arrives(event.node, connection); break;
    case EventKind::handshake_done: nodes.handshake_done(event.node, connection, event.b); break;
    case EventKind::subscribe_arrives: nodes.subscribe_arrives(event.node, connection); break;
    case EventKind::subscribe_done: nodes.subscribe_done(event.node, connection, event.b); break;
    case EventKind::end_at_node: nodes.end_at_node(event.node, connection); break;
    case EventKind::ping_arrives: nodes.ping_arrives(event.node, connection); break;
    case EventKind::session_check: nodes.session_check(event.node, connection); break;
    case EventKind::join_arrives:
      nodes.join_arrives(event.node, connection, RoomId{event.b});
      break;
    case EventKind::leave_arrives:
      nodes.leave_arrives(event.node, connection, RoomId{event.b});
      break;
    case EventKind::drain_step: nodes.drain_step(event.node, event.b); break;
    case EventKind::move_arrives: nodes.move_arrives(event.node, connection); break;
    case EventKind::renewal: nodes.renew(event.node, connection); break;
    case EventKind::ping_read: nodes.ping_read(event.node, connection); break;
    case EventKind::wakes: nodes.wakes(event.node); break;
    case EventKind::admitted: nodes.admitted(event.node, connection, event.b); break;
    case EventKind::aged: nodes.aged(event.node, connection); break;
    case EventKind::idle_check: world.balancer->idle_check(event.node, connection); break;
    default: SQUALL_CHECK(false);
  }
}

// A message's way from node to node.
void message_event(World& world, const Event& event) {
  const MessageId message{event.a};
  const NodeId other{static_cast<std::uint16_t>(event.c)};
  const auto by = static_cast<std::uint16_t>(event.c >> 16);  // the process
  const TopicId topic{event.c};
  Broker& broker = *world.broker;
  switch (event.kind) {
    case EventKind::frame_arrives:
      world.clients->frame_arrives(event.node, message, ConnectionId{event.b});
      break;
    case EventKind::frame_done:
      world.nodes->frame_done(event.node, message, event.b, ConnectionId{event.c});
      break;
    case EventKind::forward_leaves: world.nodes->leaves(event.node, message, event.b, other); break;
    case EventKind::publish_leaves:
      world.nodes->leaves(event.node, message, event.b, kNoNode, topic);
      break;
    case EventKind::peer_arrives:
      world.peers->arrives(event.node, message, other, event.b, by);
      break;
    case EventKind::peer_done: world.peers->done(event.node, message, event.b, other); break;
    case EventKind::publish_arrives:
      broker.publish_arrives(event.node, message, event.b, topic);
      break;
    case EventKind::publish_done: broker.publish_done(event.node, message, event.b, topic); break;
    case EventKind::broker_message_arrives:
      broker.message_arrives(event.node, message, event.b, topic);
      break;
    case EventKind::broker_message_done:
      broker.message_done(event.node, message, event.b, topic);
      break;
    case EventKind::settle: world.ledger.settle(message); break;
    case EventKind::ack_arrives:
      world.clients->ack_arrives(message, ConnectionId{event.b}, event.c);
      break;
    default: SQUALL_CHECK(false);
  }
}

// The outside world, and what parts of the cluster learn of each other.
void cluster_event(World& world, const Event& event) {
  const NodeId peer{static_cast<std::uint16_t>(event.a)};
  switch (event.kind) {
    case EventKind::stimulus: world.faults->stimulus(event.a); break;
    case EventKind::traffic: world.faults->traffic(event.a); break;
    case EventKind::broker_link_up: world.broker->link_up(event.node, event.b); break;
    case EventKind::broker_link_lost: world.broker->keep_alive_fails(event.node); break;
    case EventKind::registry_arrives:
      world.registry->arrives(event.node, event.a, event.b, event.c);
      break;
    case EventKind::registry_link_up: world.registry->link_up(event.node, event.b); break;
    case EventKind::registry_link_lost: world.registry->keep_alive_fails(event.node); break;
    case EventKind::registry_reply: world.registry->replies(event.node, event.a, event.b); break;
    case EventKind::lease_check: world.registry->lease_check(EndpointId{event.a}); break;
    case EventKind::peer_down: world.peers->learns(event.node, peer, false); break;
    case EventKind::peer_up: world.peers->learns(event.node, peer, true); break;
    case EventKind::balancer_told: world.balancer->told(event.node, event.a != 0); break;
    case EventKind::topic_arrives:
    case EventKind::topic_done:
    case EventKind::topic_answered: world.broker->topic_event(event); break;
    case EventKind::fetch_arrives:
    case EventKind::fetch_done:
    case EventKind::fetch_answered: world.broker->fetch_event(event); break;
    case EventKind::armed: world.nodes->timer(event.node, event.a, event.b); break;
    case EventKind::drain_told: world.nodes->step_if_up(event.node, Draining{event.a != 0}); break;
    default: SQUALL_CHECK(false);
  }
}

// What is for a process that stands still waits until it goes on.
bool put_off(World& world, const Event& event) {
  const bool waits = is_for_a_process(event.kind) && world.nodes->stands_still(event.node);
  if (waits) world.nodes->do_later(event);
  return waits;
}

void dispatch(World& world, const Event& event) {
  if (put_off(world, event)) return;
  switch (event.kind) {
    case EventKind::stimulus:
    case EventKind::traffic:
    case EventKind::broker_link_up:
    case EventKind::broker_link_lost:
    case EventKind::registry_arrives:
    case EventKind::registry_reply:
    case EventKind::registry_link_up:
    case EventKind::registry_link_lost:
    case EventKind::lease_check:
    case EventKind::peer_down:
    case EventKind::peer_up:
    case EventKind::topic_arrives:
    case EventKind::topic_done:
    case EventKind::topic_answered:
    case EventKind::fetch_arrives:
    case EventKind::fetch_done:
    case EventKind::fetch_answered:
    case EventKind::armed:
    case EventKind::drain_told:
    case EventKind::balancer_told: cluster_event(world, event); break;
    case EventKind::login:
    case EventKind::logout:
    case EventKind::drop:
    case EventKind::link_timer:
    case EventKind::at_balancer:
    case EventKind::upgraded:
    case EventKind::welcome:
    case EventKind::attempt_refused:
    case EventKind::end_at_client:
    case EventKind::going_away:
    case EventKind::pong_arrives:
    case EventKind::membership_acked: client_event(world, event); break;
    case EventKind::handshake_arrives:
    case EventKind::handshake_done:
    case EventKind::subscribe_arrives:
    case EventKind::subscribe_done:
    case EventKind::end_at_node:
    case EventKind::ping_arrives:
    case EventKind::session_check:
    case EventKind::join_arrives:
    case EventKind::leave_arrives:
    case EventKind::renewal:
    case EventKind::ping_read:
    case EventKind::wakes:
    case EventKind::move_arrives:
    case EventKind::admitted:
    case EventKind::aged:
    case EventKind::idle_check:
    case EventKind::drain_step: session_event(world, event); break;
    case EventKind::frame_arrives:
    case EventKind::frame_done:
    case EventKind::forward_leaves:
    case EventKind::publish_leaves:
    case EventKind::peer_arrives:
    case EventKind::peer_done:
    case EventKind::publish_arrives:
    case EventKind::publish_done:
    case EventKind::broker_message_arrives:
    case EventKind::broker_message_done:
    case EventKind::ack_arrives:
    case EventKind::settle: message_event(world, event); break;
    case EventKind::letter_leaves:
    case EventKind::letter_arrives:
    case EventKind::letter_done: world.peers->letter_event(event); break;
  }
}

class Run {
 public:
  Run(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
      const PlayOptions& options)
      : options_(options),
        world_(scenario, spec, seed, options),
        hurry_(world_),
        left_over_(world_),
        measure_(scenario.time.measure),
        end_(scenario.time.measure + scenario.time.drain),
        connected_(scenario.time.measure) {
    record_ = begin_record(world_.plan, spec);
    world_.ledger.share_work(world_.crew);
  }

  RunRecord play() {
    world_.nodes->begin();
    world_.clients->begin();
    world_.faults->begin();
    world_.peers->begin();
    while (!world_.queue.empty() && !told_to_stop()) {
      Time at;
      const Event event = world_.queue.pop(at);
      world_.queue.look_ahead(near_, 5, [&](const Event& soon) { fetch_through(world_, soon); });
      world_.queue.look_ahead(far_, 12, [&](const Event& soon) { fetch_for(world_, soon); });
      pass_marks(at);
      if (at > end_) {
        left_over_.take(event);
        break;
      }
      world_.now = at;
      dispatch(world_, event);
      schedule_settling();
      if (!of_heartbeats(event.kind)) {
        hash_ = fold(fold(hash_, static_cast<std::uint64_t>(at.count())),
                     static_cast<std::uint64_t>(event.kind) << 32 ^ event.a);
      }
      ++record_.events;
      if (hurry_.spent_by(at, event)) {
        cut_short_ = hurry_.sentence(event);
        break;
      }
    }
    finish();
    return std::move(record_);
  }

 private:
  bool told_to_stop() {
    const bool enough = options_.max_events != 0 && record_.events >= options_.max_events;
    if (record_.events % 1024 != 0) return stopped_by(enough, false);
    if (options_.reached != nullptr) options_.reached->store(world_.now.count());
    if (options_.onlooker != nullptr && options_.onlooker->wishes()) {
      options_.onlooker->show(look_at(world_, connected_, end_));
    }
    return stopped_by(enough, options_.stop != nullptr && *options_.stop);
  }

  bool stopped_by(bool enough, bool told) {
    if (enough || told) cut_short_ = enough ? "event limit" : "stopped";
    return enough || told;
  }

  // Counts the connected at every full second, and takes stock when measure ends.
  void pass_marks(Time at) {
    connected_.pass(at, world_.clients->ready_links());
    if (at < measure_ || stock_taken_) return;
    stock_taken_ = true;
    world_.now = measure_;
    world_.nodes->end_measure(record_);
  }

  void schedule_settling() {
    for (const auto& [message, when] : world_.ledger.take_extinct()) {
      world_.at(std::max(when, world_.now),
                {EventKind::settle, kNoNode, static_cast<std::uint32_t>(message)});
    }
  }

  void finish() {
    pass_marks(end_);
    world_.now = std::max(world_.now, end_);
    world_.queue.for_each([&](const Event& left) { left_over_.take(left); });
    world_.clients->book_pongs_in_flight();
    world_.clients->finish();
    world_.broker->finish();
    left_over_.add("waiting for the registry", world_.nodes->give_back());
    for (const auto& [message, when] : world_.ledger.take_extinct()) world_.ledger.settle(message);
    world_.ledger.settle_decided(world_.now);
    world_.oracle.finish(world_.now, record_);
    world_.ledger.finish(record_);
    world_.nodes->finish(record_);
    record_.bytes = world_.bytes.window();
    connected_.write(world_.window, record_);
    check();
    // The books of half a run cannot balance; that is no news.
    if (!cut_short_.empty()) record_.violations = {{std::string(kCutShort), cut_short_}};
    seal();
    if (world_.witness != nullptr) world_.oracle.tell(*world_.witness);
  }

  // The conservation laws of every run.
  void check() {
    const Clients::Tally& tally = world_.clients->tally();
    record_.attempts = tally.attempts;
    record_.connection_attempts = tally.attempts_in_measure;
    record_.established = tally.established;
    record_.refused = tally.refused;
    record_.timed_out = tally.timed_out;
    record_.abandoned = tally.abandoned;
    record_.pending = world_.clients->pending();
    const std::uint64_t ends =
        tally.established + tally.refused + tally.timed_out + tally.abandoned + record_.pending;
    if (tally.attempts != ends) {
      record_.violations.push_back({"connections", "attempts " + std::to_string(tally.attempts) +
                                                       " != their ends " + std::to_string(ends)});
    }
    world_.ledger.check(record_.violations, left_over_.copies());
    world_.oracle.check(record_.violations);
    world_.bytes.check(record_.violations);
    world_.registry->check(record_.violations);
  }

  void seal() {
    for (const Cell& cell : record_.cells) {
      for (const std::uint64_t count : std::initializer_list<std::uint64_t>{
               cell.owed, cell.live, cell.live_after_reconnect, cell.lost, cell.excused,
               cell.dup_suppressed, static_cast<std::uint64_t>(cell.latency.sum())}) {
        hash_ = fold(hash_, count);
      }
    }
    for (const LinkBytes& link : record_.bytes) {
      for (const Bytes bytes : link.sent) hash_ = fold(hash_, static_cast<std::uint64_t>(bytes));
    }
    for (const ByteBook::Totals& link : world_.bytes.totals()) {
      hash_ = fold(fold(hash_, static_cast<std::uint64_t>(link.received)),
                   static_cast<std::uint64_t>(link.lost));
    }
    record_.fingerprint = hash_;
  }

  const PlayOptions& options_;
  World world_;
  Hurry hurry_;
  LeftOver left_over_;
  Time measure_, end_;
  RunRecord record_;
  EventQueue<Event>::Outlook near_, far_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  ConnectedSeconds connected_;
  bool stock_taken_ = false;
  std::string cut_short_;  // why, when it was
};

}  // namespace

RunRecord play(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
               const PlayOptions& options) {
  try {
    return as_played_by(spec, scenario,
                        [&](const Scenario& own) { return Run(own, spec, seed, options).play(); });
  } catch (const PlanStopped&) {
    RunRecord record;
    record.violations.push_back({std::string(kCutShort), "stopped while its plan was made"});
    return record;
  }
}

}  // namespace squall
