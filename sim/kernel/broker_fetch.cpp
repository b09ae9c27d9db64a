// What a node asks the broker's log, and the answer. See broker.hpp and broker_logs.hpp.
// It goes on the connection that speaks, like a publish; what the broker says meanwhile comes on
// the other one. A question that cannot get through, or nobody answers, is answered `unavailable`.
#include <algorithm>
#include <utility>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"
#include "strategies/core/check.hpp"

namespace squall {

void Broker::fetch(NodeId from, const Fetch& question, Time when) {
  Subscriber& link = links_[index(from)];
  const TopicId topic = topics_.number(question.topic);
  const std::uint32_t epoch = world_.nodes->epoch(from);
  const Duration delay = world_.cluster_delay(World::Hop::broker, from);
  const auto cut = cut_from(from);
  const Time lost = cut ? lost_in(*cut) : kNever;
  if (!link.connected || lost != kNever) {
    return refuse(from, epoch, question.request, lost != kNever ? lost : world_.now + delay);
  }
  const WireCost cost = question_cost(question, topic);
  world_.bytes.passed(Link::node_to_broker, BytePurpose::control, cost, world_.now, from);
  world_.bytes.acknowledged(Link::broker_to_node, link.speaks.sent(world_.now), world_.now, from);
  const Time leaves = cut ? std::max(when, cut->until) : when;
  Time& arrives = link.last_publish.front();
  arrives = std::max(arrives, leaves + delay);
  world_.at(arrives, {EventKind::fetch_arrives, from,
                                questions_.put({question, topic, epoch, link.made}), epoch});
}

void Broker::refuse(NodeId to, std::uint32_t epoch, std::uint32_t request, Time when) {
  answer(to, epoch, {.request = request, .outcome = Fetched::Outcome::unavailable}, when);
}

void Broker::answer(NodeId to, std::uint32_t epoch, Fetched answer, Time when) {
  const std::uint32_t slot = answers_.put(std::move(answer));
  unread_answers_.insert(slot);
  world_.at(when, {EventKind::fetch_answered, to, slot, epoch});
}

void Broker::fetch_event(const Event& event) {
  switch (event.kind) {
    case EventKind::fetch_arrives: question_arrives(event.node, event.a); break;
    case EventKind::fetch_done: look_up(event.node, event.a); break;
    case EventKind::fetch_answered: answer_arrives(event.node, event.a, event.b); break;
    default: SQUALL_CHECK(false);
  }
}

void Broker::question_arrives(NodeId node, std::uint32_t slot) {
  const Question& question = questions_[slot];
  if (!up_ || question.made != epoch_) {
    const Duration delay = world_.cluster_delay(World::Hop::broker, node);
    refuse(node, question.process, question.fetch.request, world_.now + delay);
    questions_.take(slot);
    return;
  }
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().registry_call;
  world_.at(busy_until_, {EventKind::fetch_done, node, slot});
}

// Each message of the answer costs as much as one that is said to one subscriber.
void Broker::look_up(NodeId node, std::uint32_t slot) {
  const Question question = questions_.take(slot);
  const Duration delay = world_.cluster_delay(World::Hop::broker, node);
  if (question.made != epoch_) {
    return refuse(node, question.process, question.fetch.request, world_.now + delay);
  }
  Fetched answer{question.fetch.request, Fetched::Outcome::reached, logs_.newest(), {}};
  if (question.fetch.after) {
    const BrokerLogs::Found found = logs_.since(question.topic, *question.fetch.after, world_.now);
    if (!found.reached) answer.outcome = Fetched::Outcome::gone;
    for (const BrokerLogs::Entry& entry : found.entries) {
      answer.messages.push_back(
          {world_.ledger.message(entry.message), {logs_.epoch(), entry.offset}});
      world_.ledger.keep(entry.message, Ledger::Keeper::reader);
    }
  }
  const auto count = static_cast<std::int64_t>(answer.messages.size());
  busy_until_ = std::max(busy_until_, world_.now) + count * service_costs().per_subscriber;
  const auto cut = cut_from(node);
  const Time lost = cut ? lost_in(*cut) : kNever;
  const WireCost cost = answer_cost(answer);
  world_.bytes.passed(Link::broker_to_node, BytePurpose::payload_relayed, cost, world_.now, node,
                      lost == kNever);
  if (lost != kNever) {
    let_go(answer, world_.now);
    return refuse(node, question.process, question.fetch.request, lost);
  }
  const Time leaves = cut ? std::max(cut->until, busy_until_) : busy_until_;
  this->answer(node, question.process, std::move(answer), leaves + delay);
}

// Another process than the one that asked would not know the question.
void Broker::answer_arrives(NodeId node, std::uint32_t slot, std::uint32_t process) {
  const Fetched answer = answers_.take(slot);
  unread_answers_.erase(slot);
  if (world_.nodes->up(node) && process == world_.nodes->epoch(node)) {
    const bool told = answer.outcome != Fetched::Outcome::unavailable;
    if (told) world_.nodes->work(node, world_.costs.registry_call, 0);
    for (const Logged& logged : answer.messages) {
      world_.nodes->work(node, world_.costs.broker_receive, logged.message.size);
    }
    world_.nodes->step(node, answer);
  }
  let_go(answer, world_.now);
}

void Broker::let_go(const Fetched& answer, Time now) {
  for (const Logged& logged : answer.messages) {
    world_.ledger.let_go(logged.message.id, Ledger::Keeper::reader, now);
  }
}

// ---- bytes -------------------------------------------------------------------------------------

WireCost Broker::question_cost(const Fetch& question, TopicId topic) const {
  const LogPlace after = question.after.value_or(LogPlace{});
  return wire::resp_fetch({.topic = topics_.length(topic),
                           .epoch = wire::decimal_digits(after.epoch),
                           .offset = wire::decimal_digits(static_cast<Bytes>(after.offset)),
                           .window = wire::decimal_digits(world_.spec.resume / 1ms)});
}

WireCost Broker::answer_cost(const Fetched& answer) {
  const LogPlace newest = answer.newest.value_or(LogPlace{});
  Bytes payload = 0, framing = wire::resp_fetched_framing(
                         static_cast<Bytes>(answer.messages.size()), newest.epoch,
                         static_cast<Bytes>(newest.offset));
  for (const Logged& logged : answer.messages) {
    const Bytes body = logged.message.size + wire::kEnvelope + wire::kLogPlace;
    payload += body;
    framing += wire::resp_bulk_framing(body);
  }
  return wire::resp_transfer(payload, framing);
}

}  // namespace squall
