// Questions and answers. See log_questions.hpp.
// The broker's one server works on them between publishes.
#include "sim/kernel/log_questions.hpp"

#include <algorithm>
#include <utility>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

WireCost answer_cost(const Fetched& answer) {
  const LogPlace newest = answer.newest.value_or(LogPlace{});
  Bytes payload = 0,
        framing = wire::resp_fetched_framing(static_cast<Bytes>(answer.messages.size()),
                                             newest.epoch, static_cast<Bytes>(newest.offset));
  for (const Logged& logged : answer.messages) {
    const Bytes body = logged.message.size + wire::kEnvelope + wire::kLogPlace;
    payload += body;
    framing += wire::resp_bulk_framing(body);
  }
  return wire::resp_transfer(payload, framing);
}

}  // namespace

void LogQuestions::ask(NodeId from, const Fetch& question, Time when) {
  Subscriber& link = world_.broker->links().of(from);
  const TopicId topic = world_.broker->subscriptions().topics().number(question.topic);
  const std::uint32_t epoch = world_.processes->epoch(from);
  const Duration delay = world_.network.cluster_delay(Place::Kind::broker, from);
  const auto cut = world_.broker->links().cut_from(from);
  const Time lost = cut ? world_.broker->links().lost_in(*cut) : kNever;
  if (!link.connected || lost != kNever) {
    return refuse(from, epoch, question.request, lost != kNever ? lost : world_.now + delay);
  }
  const Time turn = world_.nodes->turn(from, cut);
  count_question(from, question_cost(question, topic), turn);
  const Time leaves = cut ? std::max(when, cut->until) : when;
  // What the node publishes before waits for its loop, as this does, and has not left yet.
  Time& arrives = last_arrival_[index(from)];
  arrives = std::max({arrives, link.last_publish.front(), leaves + delay});
  world_.at(arrives, {EventKind::fetch_arrives, from,
                      questions_.put({question, topic, epoch, link.made, turn}), epoch});
}

void LogQuestions::refuse(NodeId to, std::uint32_t epoch, std::uint32_t request, Time when) {
  answer(to, epoch, {.request = request, .outcome = Fetched::Outcome::unavailable}, when);
}

void LogQuestions::answer(NodeId to, std::uint32_t epoch, Fetched answer, Time when) {
  const std::uint32_t slot = answers_.put(std::move(answer));
  if (unread_.size() <= slot) unread_.resize(slot + 1);
  unread_[slot] = true;
  world_.at(when, {EventKind::fetch_answered, to, slot, epoch});
}

void LogQuestions::event(const Event& event) {
  if (event.kind == EventKind::fetch_arrives) return question_arrives(event.node, event.a);
  if (event.kind == EventKind::fetch_done) return look_up(event.node, event.a);
  SQUALL_CHECK(event.kind == EventKind::fetch_answered);
  answer_arrives(event.node, event.a, event.b);
}

void LogQuestions::question_arrives(NodeId node, std::uint32_t slot) {
  const Question& question = questions_[slot];
  if (!world_.broker->server().up || question.made != world_.broker->server().epoch) {
    const Duration delay = world_.network.cluster_delay(Place::Kind::broker, node);
    refuse(node, question.process, question.fetch.request, world_.now + delay);
    questions_.take(slot);
    return;
  }
  // A cluster of several keeps no logs (strategy_fit.cpp).
  const Time done = world_.broker->masters().at(0).work(world_.now, service_costs().registry_call);
  world_.at(done, {EventKind::fetch_done, node, slot});
}

// Each message of the answer costs as much as one that is said to one subscriber.
void LogQuestions::look_up(NodeId node, std::uint32_t slot) {
  const Question question = questions_.take(slot);
  const Duration delay = world_.network.cluster_delay(Place::Kind::broker, node);
  if (question.made != world_.broker->server().epoch) {
    return refuse(node, question.process, question.fetch.request, world_.now + delay);
  }
  BrokerLogs& logs = world_.broker->logs();
  Fetched answer{question.fetch.request, Fetched::Outcome::reached, logs.newest(), {}};
  if (question.fetch.after) {
    const BrokerLogs::Found found = logs.since(question.topic, *question.fetch.after, world_.now);
    if (!found.reached) answer.outcome = Fetched::Outcome::gone;
    for (const BrokerLogs::Entry& entry : found.entries) {
      answer.messages.push_back(
          {world_.ledger.message(entry.message), {logs.epoch(), entry.offset}});
      world_.ledger.keep(entry.message, Ledger::Keeper::reader);
    }
  }
  const auto count = static_cast<std::int64_t>(answer.messages.size());
  const Time read =
      world_.broker->masters().at(0).work(world_.now, count * service_costs().per_subscriber);
  const auto cut = world_.broker->links().cut_from(node);
  const Time lost = cut ? world_.broker->links().lost_in(*cut) : kNever;
  const WireCost cost = answer_cost(answer);
  world_.bytes.passed(Link::broker_to_node, BytePurpose::payload_relayed, cost, world_.now, node,
                      lost == kNever);
  if (lost != kNever) {
    let_go(answer, world_.now);
    return refuse(node, question.process, question.fetch.request, lost);
  }
  const Time leaves = cut ? std::max(cut->until, read) : read;
  share_answer(node, cost, cut ? cut->until : question.turn, leaves + delay);
  this->answer(node, question.process, std::move(answer), leaves + delay);
}

// Another process than the one that asked would not know the question.
void LogQuestions::answer_arrives(NodeId node, std::uint32_t slot, std::uint32_t process) {
  const Fetched answer = answers_.take(slot);
  unread_[slot] = false;
  if (world_.processes->up(node) && process == world_.processes->epoch(node)) {
    const bool told = answer.outcome != Fetched::Outcome::unavailable;
    if (told) world_.nodes->work(node, world_.costs.registry_call, 0);
    for (const Logged& logged : answer.messages) {
      world_.nodes->work(node, world_.costs.broker_receive, logged.message.size);
    }
    world_.nodes->step(node, answer);
  }
  let_go(answer, world_.now);
}

void LogQuestions::let_go(const Fetched& answer, Time now) {
  for (const Logged& logged : answer.messages) {
    world_.ledger.let_go(logged.message.id, Ledger::Keeper::reader, now);
  }
}

// ---- bytes --------------------------------------------------------------------------------------

// What a node asks in one turn leaves together. Its first acknowledgement rides on an answer.
void LogQuestions::count_question(NodeId from, const WireCost& cost, Time turn) {
  Subscriber& link = world_.broker->links().of(from);
  world_.bytes.passed(Link::node_to_broker, BytePurpose::control, cost, world_.now, from);
  const Bytes shared = link.asks.join(turn, cost);
  world_.share(Link::node_to_broker, shared, world_.now, from);
  const Bytes all = link.asks.segments(), before = all - (cost.segments - shared);
  const Bytes bare = wire::acks(all) - (before == 0 ? 1 : wire::acks(before));
  world_.bytes.acknowledged(Link::node_to_broker, bare, world_.now, from);
  world_.bytes.acknowledged(Link::broker_to_node, link.speaks.sent(world_.now), world_.now, from);
}

// And is answered together, as Redis runs what it has read before it writes.
void LogQuestions::share_answer(NodeId to, const WireCost& cost, Time turn, Time arrives) {
  Subscriber& link = world_.broker->links().of(to);
  const Bytes shared = link.answers.join(turn, cost);
  world_.share(Link::broker_to_node, shared, world_.now, to);
  if (shared == cost.segments) return;
  const Bytes bare = link.speaks.received(arrives, cost.segments - shared);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, to);
}

WireCost LogQuestions::question_cost(const Fetch& question, TopicId topic) const {
  const LogPlace after = question.after.value_or(LogPlace{});
  return wire::resp_fetch({.topic = world_.broker->subscriptions().topics().length(topic),
                           .epoch = wire::decimal_digits(after.epoch),
                           .offset = wire::decimal_digits(static_cast<Bytes>(after.offset)),
                           .window = wire::decimal_digits(world_.spec.resume / 1ms)});
}

void LogQuestions::finish() {
  for (std::uint32_t slot = 0; slot < unread_.size(); ++slot) {
    if (unread_[slot]) let_go(answers_[slot], kNever);
  }
}

}  // namespace squall
