// Publish and deliver, outages, and what its words weigh. See broker.hpp.
// An epoch per connection tells copies of a dead connection from those of the living one.
#include "sim/kernel/broker.hpp"

#include <algorithm>

#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
namespace {

// What an output buffer holds of a message: RESP in user space. TCP headers are not in it.
Bytes buffered(const WireCost& cost) { return cost.payload + cost.framing; }

// The connection that a copy was sent on, from the half of its number: no copy is 65,536 cuts old.
std::uint32_t epoch_of(const Subscriber& link, std::uint32_t half) {
  return link.epoch - static_cast<std::uint16_t>(link.epoch - half);
}

NodeId origin_of(std::uint32_t link) { return NodeId{static_cast<std::uint16_t>(link >> 16)}; }

// So much more is to wait for a reader.
bool over_limit(Subscriber& link, Bytes more, const BrokerConfig& config, Time now) {
  link.unread += more;
  if (link.unread <= config.output_soft)
    link.over_soft_since = kNever;
  else if (link.over_soft_since == kNever)
    link.over_soft_since = now;
  return link.unread > config.output_hard ||
         (link.over_soft_since != kNever && now - link.over_soft_since > config.output_soft_for);
}

}  // namespace

Broker::Broker(World& world)
    : world_(world),
      links_(world),
      subscriptions_(world),
      logs_(world.spec, world.ledger),
      questions_(world),
      masters_(world.scenario.cluster.broker, subscriptions_.topics()),
      last_on_bus_(std::size_t{masters_.count()} * masters_.count(), kBeforeAll) {}

bool Broker::hears(NodeId node, Topic topic) const {
  const TopicId* const id = subscriptions_.topics().known(topic);
  return id != nullptr && hears(node, *id);
}

TopicId Broker::number(const Publish& publish) {
  Topics& topics = subscriptions_.topics();
  const TopicId topic = topics.number(publish.topic);
  if (publish.kept) topics.keep_log(topic);
  return topic;
}

// ---- publishing ---------------------------------------------------------------------------------

void Broker::publish(NodeId from, const Message& message, TopicId topic, Time when) {
  Subscriber& link = links_.of(from);
  if (!link.connected || links_.queues().alarm()) {
    hold_or_fail(from, message, topic);
    return;
  }
  const WireCost cost = publish_cost(message, topic);
  world_.bytes.sent(Link::node_to_broker, BytePurpose::payload_relayed, cost, world_.now, from);
  const auto cut = links_.cut_from(from);
  const Time turn = link.released == world_.now ? world_.now : world_.nodes->burst(from);
  const Bytes shared = link.says.join(cut ? cut->until : turn, cost);
  world_.share(Link::node_to_broker, shared, world_.now, from);
  const Bytes bare = link.speaks.sent(world_.now);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, from);
  if (const Time lost = cut ? links_.unsent_in(*cut) : kNever; lost != kNever) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(message.id, {Mechanism::publish_failed, lost, kNoNode, cut->trigger});
    return;
  }
  Time leaves = world_.network.depart(from, cost.total(), when);
  if (cut) leaves = std::max(leaves, cut->until);
  link.way = world_.network.cluster_delay(Place::Kind::broker, from);
  Time& arrives = link.last_publish[masters_.path(message.sequence, topic)];
  arrives = std::max(arrives, leaves + link.way);
  world_.at(arrives,
            {EventKind::publish_arrives, from, static_cast<std::uint32_t>(message.id),
             link.made | world_.processes->epoch(from) << 16, static_cast<std::uint32_t>(topic)});
}

void Broker::hold_or_fail(NodeId from, const Message& message, TopicId topic) {
  Subscriber& link = links_.of(from);
  const TriggerId trigger = links_.blame_of_silence(from);
  const Bytes limit = links_.may_hold(from);
  if (limit == 0) {
    world_.ledger.drop(message.id, {Mechanism::publish_failed, world_.now, kNoNode, trigger});
  } else if (link.held_bytes + message.size > limit) {
    world_.ledger.drop(message.id,
                       {Mechanism::publisher_buffer_overflow, world_.now, kNoNode, trigger});
  } else {
    link.held.push_back({message.id, topic});
    link.held_bytes += message.size;
    world_.memory->takes(from, Memory::Purpose::publisher, message.size);
  }
}

void Broker::publish_from_outside(const Send& send) {
  const MessageId id =
      world_.ledger.offer({send.at, send.traffic, send.sender, send.to, send.size});
  world_.ledger.written(id, world_.now);
  world_.ledger.arrived(id, world_.now, kNoNode);
  world_.ledger.accepted(id, world_.now, kNoNode);
  if (!server_.up) {
    world_.ledger.drop(id, {Mechanism::publish_failed, world_.now, kNoNode, server_.trigger});
    return;
  }
  const bool heard = world_.backplane.covers == Covers::broker_link;
  if (world_.spec.has_log() && heard) subscriptions_.topics().keep_log(kGlobalTopic);
  const std::uint16_t at = masters_.of(kNoNode, kGlobalTopic);
  BrokerMaster& master = masters_.at(at);
  master.work(world_.now, work_at_home(at, kGlobalTopic));
  master.turns.push_back(kNever);
  world_.at(master.busy_until, {EventKind::publish_done, kNoNode, static_cast<std::uint32_t>(id),
                                server_.epoch, static_cast<std::uint32_t>(kGlobalTopic)});
}

void Broker::publish_arrives(NodeId origin, MessageId id, std::uint32_t epochs, TopicId topic) {
  const std::uint32_t epoch = epochs & kLowHalf;
  const auto by = static_cast<std::uint16_t>(epochs >> 16);
  const WireCost cost = publish_cost(world_.ledger.message(id), topic);
  // Of a process that has died the kernel still sends what it was given, when the path opens; a
  // host that is lost takes it along.
  const Death* const death = world_.processes->died_holding(origin, by, kBroker);
  if (death != nullptr && death->reason == CloseReason::host_loss) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(
        id, {Mechanism::publish_failed, world_.now, kNoNode, death->trigger, death->reason});
    return;
  }
  if (!server_.up || epoch != server_.epoch) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(id, {Mechanism::broker_lost, world_.now, kNoNode, server_.trigger});
    if (static_cast<std::uint16_t>(world_.processes->epoch(origin)) == by) {
      links_.spoke_to_nobody(origin, epoch);
    }
    return;
  }
  world_.bytes.received(Link::node_to_broker, cost);
  const std::uint16_t at = masters_.of(origin, topic);
  BrokerMaster& master = masters_.at(at);
  master.work(world_.now, work_at_home(at, topic));
  master.turns.push_back(world_.now);
  const bool answered =
      master.busy_until - world_.now < AckingEnd::kDelay;  // the reply says it, too
  world_.bytes.acknowledged(Link::node_to_broker, wire::acks(cost.segments) - answered, world_.now,
                            origin);
  world_.at(master.busy_until, {EventKind::publish_done, origin, static_cast<std::uint32_t>(id),
                                epoch, static_cast<std::uint32_t>(topic)});
}

void Broker::publish_done(NodeId origin, MessageId id, std::uint32_t epoch, TopicId topic) {
  if (epoch != server_.epoch) {
    world_.ledger.drop(id, {Mechanism::broker_lost, server_.down_since, kNoNode, server_.trigger});
    return;
  }
  const std::uint16_t master = masters_.of(origin, topic);
  const Time turn = masters_.at(master).turns.front();
  masters_.at(master).turns.pop_front();
  if (origin != kNoNode) count_reply(origin, masters_.hearers_at(master, topic));
  if (subscriptions_.topics().has_log(topic)) logs_.append(topic, id, world_.now);
  if (masters_.has_bus()) pass_on(id, origin, {topic, turn, master});
  hand_out(id, origin, {topic, turn, master});
}

// To those who hear it at this master.
void Broker::hand_out(MessageId id, NodeId origin, const Published& as) {
  if (links_.queues().durable()) return links_.queues().hand_out(id, origin, as.topic);
  const auto hearers = subscriptions_.topics().hearers(as.topic);
  hearers_.assign(hearers.begin(),
                  hearers.end());  // who is cut meanwhile hears nothing any more
  if (masters_.has_bus()) {
    std::erase_if(hearers_, [&](NodeId node) { return masters_.of(node, as.topic) != as.master; });
  }
  const bool shared = world_.scenario.cluster.broker.group == ConsumerGroup::shared;
  if (shared && !hearers_.empty()) {
    const NodeId one = turns_.next(as.topic, hearers_);
    note_the_others(world_, id, subscriptions_.topics().of(as.topic), one);
    return deliver(one, id, origin, as);
  }
  note_the_deaf(world_.ledger.message(id), as.topic, as.master);
  if (hearers_.empty()) {
    world_.ledger.benign(id, world_.now);
    return;
  }
  world_.ledger.forked(id, static_cast<std::uint32_t>(hearers_.size()) - 1);
  for (const NodeId node : hearers_) deliver(node, id, origin, as);
}

// Nobody sends a copy to a node that does not hear the topic: where somebody waits for it, that is
// why he misses it.
void Broker::note_the_deaf(const Message& message, TopicId topic, std::uint16_t master) {
  for (std::uint16_t n = 0; n < links_.count(); ++n) {
    const NodeId node{n};
    if (masters_.of(node, topic) != master) continue;  // another one says it to this node
    if (subscriptions_.topics().hears(topic, node) || !world_.processes->up(node)) continue;
    if (world_.backplane.reads_log && links_.of(node).connected) continue;  // it will ask
    if (topic != kGlobalTopic && !world_.sessions->anybody_at(node, message.address)) continue;
    world_.ledger.note(
        message.id, {Mechanism::not_subscribed, world_.now, node, blame_of_deafness(node, topic)});
  }
}

// What took the link; or what the subscription waits for; or nobody: it is under way.
TriggerId Broker::blame_of_deafness(NodeId node, TopicId topic) const {
  const Subscriber& link = links_.of(node);
  if (!link.subscribed || subscriptions_.of(node).restored > 0 || topic == kGlobalTopic)
    return link.trigger;
  const auto way = links_.cut_from(node);
  return way ? way->trigger : kStructural;
}

// The run ends with it on its way.
void Broker::publish_in_flight(MessageId id, TopicId topic) {
  world_.bytes.in_flight(Link::node_to_broker, publish_cost(world_.ledger.message(id), topic));
}

void Broker::message_in_flight(MessageId id, TopicId topic) {
  world_.bytes.in_flight(Link::broker_to_node, message_cost(world_.ledger.message(id), topic));
}

// ---- delivering ---------------------------------------------------------------------------------

void Broker::kill_slow_reader(NodeId node, MessageId id) {
  Subscriber& link = links_.of(node);
  const auto way = links_.cut_from(node);
  const TriggerId held_up = held_up_by(world_.plan, node, world_.now, world_.now);
  const TriggerId trigger = held_up != kStructural ? held_up : way ? way->trigger : kOverload;
  const Death death{Mechanism::subscriber_buffer_killed, world_.now, node, trigger};
  world_.ledger.drop(id, death);
  links_.cut(node, death);
  link.goodbye = way.has_value();
  link.listening = link.goodbye;
  links_.tell_state(node);
  links_.reconnect(node);
}

// When the last byte has left the card, if there is one to wait for.
Time Broker::depart(std::uint16_t master, Bytes bytes) {
  const std::int64_t rate = world_.scenario.cluster.net.broker_bandwidth;
  if (rate == 0) return world_.now;
  Time& busy = masters_.at(master).card_busy;
  return busy = std::max(busy, world_.now) + Line(rate).time(bytes);
}

void Broker::deliver(NodeId node, MessageId id, NodeId origin, const Published& as) {
  const TopicId topic = as.topic;
  Subscriber& link = links_.of(node);
  const WireCost cost = message_cost(world_.ledger.message(id), topic);
  const auto way = links_.cut_from(node);
  const bool over = over_limit(link, buffered(cost), world_.scenario.cluster.broker, world_.now);
  if (over && !links_.queues().durable()) {
    kill_slow_reader(node, id);
    return;
  }
  world_.bytes.sent(Link::broker_to_node, BytePurpose::payload_relayed, cost, world_.now, node);
  // What waits at a partition leaves together, and what came together is passed on together: from
  // one node in a burst of its own, from several at one instant. A backend outside says one thing
  // at a time.
  const Time together = origin == kNoNode ? kNever : links_.of(origin).says.burst;
  const Time burst = way ? way->until : together;
  link.passes_on = burst != kNever;
  const Bytes shared = link.hears.join(link.passes_on ? burst : as.turn, cost);
  world_.share(Link::broker_to_node, shared, world_.now, node);
  world_.bytes.acknowledged(Link::broker_to_node, -shared, world_.now, node);
  if (const Time lost = way ? links_.lost_in(*way) : kNever; lost != kNever) {
    world_.bytes.lost(Link::broker_to_node, cost);
    world_.ledger.drop(id, {Mechanism::not_subscribed, lost, node, way->trigger});
    return;
  }
  const Time out = depart(as.master, cost.total());
  const Time leaves = way ? std::max(way->until, out) : out;
  Time& arrives = link.last_arrival[masters_.path(world_.ledger.message(id).sequence, topic)];
  arrives = std::max(arrives, leaves + world_.network.cluster_delay(Place::Kind::broker, node));
  world_.at(arrives, {EventKind::broker_message_arrives, node, static_cast<std::uint32_t>(id),
                      (link.epoch & kLowHalf) | static_cast<std::uint32_t>(origin) << 16,
                      static_cast<std::uint32_t>(topic)});
}

void Broker::message_arrives(NodeId node, MessageId id, std::uint32_t of_link, TopicId topic) {
  Subscriber& link = links_.of(node);
  const std::uint32_t epoch = epoch_of(link, of_link);
  const WireCost cost = message_cost(world_.ledger.message(id), topic);
  if (epoch != link.epoch) {
    world_.bytes.lost(Link::broker_to_node, cost);
    if (!links_.queues().takes_back(node, id, origin_of(of_link), topic)) {
      world_.ledger.drop(id, link.deaths[epoch]);
    }
    return;
  }
  world_.bytes.received(Link::broker_to_node, cost);
  // Nobody reads it at once: the kernel waits for the second segment.
  const bool waits = world_.processes->stands_still(node);
  link.unacknowledged = waits && !link.unacknowledged;
  const Bytes acks = link.unacknowledged ? 0 : link.listens.received(world_.now, cost.segments);
  world_.bytes.acknowledged(Link::broker_to_node, acks, world_.now, node);
  const Time done =
      world_.nodes->work(node, world_.costs.broker_receive, world_.ledger.message(id).size);
  if (link.passes_on) world_.nodes->begin_burst(node);
  world_.at(done, {EventKind::broker_message_done, node, static_cast<std::uint32_t>(id), of_link,
                   static_cast<std::uint32_t>(topic)});
}

void Broker::message_done(NodeId node, MessageId id, std::uint32_t of_link, TopicId topic) {
  Subscriber& link = links_.of(node);
  const std::uint32_t epoch = epoch_of(link, of_link);
  const NodeId origin = origin_of(of_link);
  if (epoch != link.epoch) {
    if (!links_.queues().takes_back(node, id, origin, topic))
      world_.ledger.drop(id, link.deaths[epoch]);
    return;
  }
  link.unread -= buffered(message_cost(world_.ledger.message(id), topic));
  world_.ledger.saw(id, {.what = Sight::What::from_broker, .at = world_.now, .node = node});
  const auto place = subscriptions_.topics().has_log(topic) ? logs_.place_of(id) : std::nullopt;
  links_.queues().handles(node, id, origin, topic);
  world_.nodes->step(node, BrokerMessage{origin, Copy::adopt(world_.ledger.message(id)), place});
  links_.queues().read(node);
}

// ---- outages ------------------------------------------------------------------------------------

void Broker::down(TriggerId trigger, std::optional<Duration> lag) {
  server_.up = false;
  ++server_.epoch;
  SQUALL_CHECK(server_.epoch <= UINT16_MAX);  // half a number of an event
  server_.trigger = trigger;
  server_.down_since = world_.now;
  masters_.died(world_.now);
  if (!world_.scenario.cluster.broker.persistent) links_.queues().lose_all(trigger);
  if (lag) {
    logs_.fail_over(world_.now, *lag, trigger);
  } else if (!world_.scenario.cluster.broker.persistent) {
    logs_.lose(world_.now, world_.backplane.reads_log ? std::optional(trigger) : std::nullopt);
  }
  for (std::uint16_t n = 0; n < links_.count(); ++n) links_.broker_died(NodeId{n}, trigger);
}

void Broker::up() {
  server_.up = true;
  for (std::uint16_t n = 0; n < links_.count(); ++n) links_.reconnect(NodeId{n});
}

void Broker::finish() {
  logs_.finish();
  questions_.finish();
  links_.finish();
  links_.queues().finish();
}

// ---- bytes --------------------------------------------------------------------------------------

WireCost Broker::publish_cost(const Message& message, TopicId topic) const {
  const wire::Publication said{message.size + wire::kEnvelope,
                               subscriptions_.topics().length(topic)};
  if (!subscriptions_.topics().has_log(topic)) return wire::resp_publish(said);
  return wire::resp_publish_kept(said, wire::decimal_digits(world_.spec.resume_messages),
                                 wire::decimal_digits(world_.spec.resume / 1ms));
}

WireCost Broker::message_cost(const Message& message, TopicId topic) const {
  const Bytes place = subscriptions_.topics().has_log(topic) ? wire::kLogPlace : 0;
  return wire::resp_message(
      {message.size + wire::kEnvelope + place, subscriptions_.topics().length(topic)});
}

// How many heard it. It comes as long after as the publish was under way; nothing waits for it.
void Broker::count_reply(NodeId to, Bytes copies) {
  Subscriber& link = links_.of(to);
  const WireCost cost = wire::resp_integer(copies);
  const bool heard = link.connected && world_.processes->up(to);
  world_.bytes.passed(Link::broker_to_node, BytePurpose::control, cost, world_.now, to, heard);
  if (!heard) return;
  const Bytes shared = link.replies.join(link.says.burst, cost);
  world_.share(Link::broker_to_node, shared, world_.now, to);
  if (shared == cost.segments) return;
  const Bytes bare = link.speaks.received(world_.now + link.way, cost.segments);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, to);
}

}  // namespace squall
