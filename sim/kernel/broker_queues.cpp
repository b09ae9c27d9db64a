// Queues, members, rebalances. See broker_queues.hpp.
// Whoever changes a queue looks afterwards whether nodes may publish again.
#include "sim/kernel/broker_queues.hpp"

#include <algorithm>
#include <utility>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/processes.hpp"

namespace squall {

BrokerQueues::BrokerQueues(World& world)
    : world_(world),
      config_(world.scenario.cluster.broker),
      members_(world.scenario.cluster.nodes.count) {}

// ---- members ------------------------------------------------------------------------------------

// A member that was silent and is the same process has missed nothing. Any other is a new one, and
// the group still waits for the one that it has replaced.
void BrokerQueues::joined(NodeId node) {
  if (!durable()) return;
  Member& member = of(node);
  const std::uint32_t process = world_.processes->epoch(node);
  const bool same = member.state == Member::State::silent && member.process == process;
  const bool news = member.state != Member::State::here && !same;
  const Time until = member.state == Member::State::silent ? member.until : world_.now;
  if (news) {
    give_again(member);
    member.saves = world_.now + config_.commit;
  }
  member.state = Member::State::here;
  member.known = true;
  member.process = process;
  ++member.generation;
  if (shared() && stops() && news && !world_.broker->links().booting()) {
    return rebalance(until);
  }
  flush(node);
  deal_out();
}

// Who says goodbye leaves at once. Of a group that stops whoever else has gone is waited for.
void BrokerQueues::left(NodeId node, const Death& death) {
  Member& member = of(node);
  if (!durable() || member.state != Member::State::here) return;
  member.state = Member::State::gone;
  ++member.generation;
  if (!shared()) return;
  if (!stops()) {
    move_to_all(member);
    return deal_out();
  }
  if (death.reason == CloseReason::drain) {
    save_all(member);
    return rebalance(world_.now);
  }
  save_until(member, world_.now);
  member.state = Member::State::silent;
  member.until = world_.now + config_.session_timeout;
  world_.at(member.until, {EventKind::member_silent, node, member.generation});
}

void BrokerQueues::event(const Event& event) {
  if (event.kind == EventKind::member_silent) {
    Member& member = of(event.node);
    if (member.state != Member::State::silent || member.generation != event.a) return;
    member.state = Member::State::gone;
    give_again(member);
    if (!stopped_) rebalance(world_.now);  // one that is under way has waited for this
    return;
  }
  if (event.a != round_) return;  // another one has begun meanwhile
  stopped_ = false;
  deal_out();
}

// All stop, until all who are waited for have come or are given up, and it is dealt out anew.
void BrokerQueues::rebalance(Time until) {
  for (Member& member : members_) {
    if (member.state == Member::State::silent) until = std::max(until, member.until);
    if (member.state == Member::State::here) save_all(member);  // before it lets go of its part
    move_to_all(member);
  }
  stopped_ = true;
  world_.at(until + config_.rebalance, {EventKind::group_goes_on, kNoNode, ++round_});
}

void BrokerQueues::move_to_all(Member& member) {
  while (!member.line.empty()) insert(all_, take(member.line));
}

// ---- places -------------------------------------------------------------------------------------

void BrokerQueues::save_until(Member& member, Time now) {
  if (member.unsaved.empty() || member.saves > now) return;
  const Time saved = member.saves + (now - member.saves) / config_.commit * config_.commit;
  member.saves = saved + config_.commit;
  // Who was away when he should have saved does so now, and has handled nothing meanwhile.
  while (!member.unsaved.empty() && member.unsaved.front().at <= saved) {
    world_.ledger.let_go(member.unsaved.front().message.message, Ledger::Keeper::group, world_.now);
    member.unsaved.pop_front();
  }
}

void BrokerQueues::save_all(Member& member) {
  for (const Handled& handled : member.unsaved) {
    world_.ledger.let_go(handled.message.message, Ledger::Keeper::group, world_.now);
  }
  member.unsaved.clear();
}

// Whoever is dealt it next goes on where this one had saved.
void BrokerQueues::give_again(Member& member) {
  for (const Handled& handled : member.unsaved) {
    world_.ledger.forked(handled.message.message, 1);
    insert(all_, handled.message);
  }
  save_all(member);
}

// In turn. Who is silent is a member still.
void BrokerQueues::deal_out() {
  std::vector<NodeId> members;
  for (std::uint16_t n = 0; n < members_.size(); ++n) {
    if (members_[n].state != Member::State::gone) members.push_back(NodeId{n});
  }
  while (!stopped_ && !members.empty() && !all_.empty()) {
    const Waiting next = take(all_);
    const NodeId one = members[turn_++ % members.size()];
    note_the_others(world_, next.message, world_.broker->subscriptions().topics().of(next.topic),
                    one);
    offer(one, next);
  }
  calm_down();
}

// ---- queues -------------------------------------------------------------------------------------

// As it would wait in a link's buffer: RESP, and no headers of TCP.
Bytes BrokerQueues::size_of(MessageId id, TopicId topic) const {
  const WireCost cost = wire::resp_message({world_.ledger.message(id).size + wire::kEnvelope,
                                            world_.broker->subscriptions().topics().length(topic)});
  return cost.payload + cost.framing;
}

BrokerQueues::Waiting BrokerQueues::waiting_of(MessageId id, NodeId origin, TopicId topic) const {
  return {id, origin, topic, number_of_[static_cast<std::size_t>(id)], size_of(id, topic)};
}

void BrokerQueues::insert(Line& line, const Waiting& waiting) {
  const auto place = std::ranges::upper_bound(line, waiting.number, {}, &Waiting::number);
  line.insert(place, waiting);
  bytes_ += waiting.size;
  alarmed_ = alarmed_ || alarm();
}

BrokerQueues::Waiting BrokerQueues::take(Line& line) {
  const Waiting first = line.front();
  line.pop_front();
  bytes_ -= first.size;
  return first;
}

bool BrokerQueues::has_room(NodeId node, const Waiting& next) const {
  const BrokerLinks& links = world_.broker->links();
  const Subscriber& link = links.of(node);
  if (!world_.broker->server().up || !link.subscribed) return false;
  const auto cut = links.cut_from(node);
  if (cut && links.lost_in(*cut) != kNever) return false;  // the link will be given up
  return link.unread == 0 || link.unread + next.size <= config_.output_hard;
}

void BrokerQueues::offer(NodeId node, const Waiting& waiting) {
  Line& line = of(node).line;
  if (line.empty() && has_room(node, waiting))
    send(node, waiting);
  else
    insert(line, waiting);
}

void BrokerQueues::send(NodeId node, const Waiting& waiting) {
  world_.broker->deliver(node, waiting.message, waiting.origin, {waiting.topic, world_.now, 0});
}

void BrokerQueues::flush(NodeId node) {
  Line& line = of(node).line;
  while (!line.empty() && has_room(node, line.front())) send(node, take(line));
}

// There is memory again: what nodes have kept comes now.
void BrokerQueues::calm_down() {
  if (!alarmed_ || alarm()) return;
  alarmed_ = false;
  BrokerLinks& links = world_.broker->links();
  for (std::uint16_t n = 0; n < members_.size(); ++n) links.publish_held(NodeId{n});
}

TriggerId BrokerQueues::blame_of_alarm() const {
  const auto longest = std::ranges::max_element(
      members_, {}, [](const Member& member) { return member.line.size(); });
  const auto node = static_cast<std::uint16_t>(longest - members_.begin());
  return world_.broker->links().of(NodeId{node}).trigger;
}

// ---- messages -----------------------------------------------------------------------------------

void BrokerQueues::hand_out(MessageId id, NodeId origin, TopicId topic) {
  const auto slot = static_cast<std::size_t>(id);
  if (number_of_.size() <= slot) number_of_.resize(slot + 1);
  number_of_[slot] = ++numbers_;
  const Waiting said = waiting_of(id, origin, topic);
  if (shared()) {
    insert(all_, said);
    return deal_out();
  }
  std::vector<NodeId> known;
  for (std::uint16_t n = 0; n < members_.size(); ++n) {
    if (members_[n].known) known.push_back(NodeId{n});
  }
  if (known.empty()) return world_.ledger.benign(id, world_.now);
  world_.ledger.forked(id, static_cast<std::uint32_t>(known.size()) - 1);
  for (const NodeId node : known) offer(node, said);
}

bool BrokerQueues::takes_back(NodeId node, MessageId id, NodeId origin, TopicId topic) {
  if (!durable()) return false;
  Member& member = of(node);
  const bool dealt_out = shared() && (stopped_ || member.state == Member::State::gone);
  insert(dealt_out ? all_ : member.line, waiting_of(id, origin, topic));
  flush(node);
  deal_out();
  return true;
}

void BrokerQueues::handles(NodeId node, MessageId id, NodeId origin, TopicId topic) {
  if (config_.commit == Duration{0}) return;
  Member& member = of(node);
  save_until(member, world_.now);
  world_.ledger.keep(id, Ledger::Keeper::group);
  member.unsaved.push_back({waiting_of(id, origin, topic), world_.now});
}

void BrokerQueues::read(NodeId node) {
  if (!durable() || of(node).line.empty()) return;
  flush(node);
  calm_down();
}

void BrokerQueues::lose_all(TriggerId trigger) {
  const auto lose = [&](Line& line, NodeId node) {
    while (!line.empty()) {
      world_.ledger.drop(take(line).message, {Mechanism::broker_lost, world_.now, node, trigger});
    }
  };
  for (std::uint16_t n = 0; n < members_.size(); ++n) {
    lose(members_[n].line, NodeId{n});
    save_all(members_[n]);  // there is nothing left that could come again
  }
  lose(all_, kNoNode);
  calm_down();
}

void BrokerQueues::finish() {
  const auto never_came = [&](Line& line, NodeId node, TriggerId trigger) {
    while (!line.empty()) {
      world_.ledger.drop(take(line).message,
                         {Mechanism::not_subscribed, world_.now, node, trigger});
    }
  };
  bool anybody = false;
  for (std::uint16_t n = 0; n < members_.size(); ++n) {
    Member& member = members_[n];
    anybody = anybody || member.state != Member::State::gone;
    save_all(member);
    if (member.state == Member::State::here) continue;
    never_came(member.line, NodeId{n}, world_.broker->links().of(NodeId{n}).trigger);
  }
  if (!anybody) never_came(all_, kNoNode, world_.broker->server().trigger);
}

std::uint64_t BrokerQueues::left_over() const {
  std::uint64_t copies = all_.size();
  for (const Member& member : members_) copies += member.line.size();
  return copies;
}

}  // namespace squall
