// The life of a node's link to the broker, and what passes on it. See node_broker.hpp.
// A publish is stamped before its bytes leave: whoever reads it stamps it later.
#include "sim/live/node/node_broker.hpp"

#include <utility>

namespace squall::live {

// ---- the link ----------------------------------------------------------------------------------

void NodeBroker::begin(const std::string& name) {
  const Cluster& cluster = process_.cluster();
  const BrokerAddress& address = cluster.broker[index(process_.id())];
  const BrokerLinkRow& row = *broker_link_for(address);
  BrokerLinkOptions options{address, cluster.run.topic(), name,
                            cluster.scenario.cluster.broker.keep_alive, row.topics};
  const StrategySpec& spec = cluster.spec;
  if (spec.has_log()) options.log = LogLimits{spec.resume_messages, spec.resume};
  link_.hold(row.make(process_.loop(), options, *this));
  topics_.begin(*link_, row.topics);
  process_.first() ? link_->open() : connect_again();
}

void NodeBroker::end() {
  link_.end(process_.loop());
  speaks_ = connects_again_ = false;
  topics_.end();
  log_.end();
}

void NodeBroker::connect_again() {
  if (connects_again_) return;
  const Time when = reconnects_.next(Place::Kind::broker);
  if (when == kNever) return;
  connects_again_ = true;
  process_.later(when, [this] {
    connects_again_ = false;
    link_->open();
  });
}

void NodeBroker::speaking(bool yes) {
  if (std::exchange(speaks_, yes) != yes) process_.note(FactKind::speaking, 0, 0, yes);
  if (!yes) log_.nobody_answers();
}

void NodeBroker::link_up() {
  const bool news = topics_.begin_to_hear();
  if (news) process_.note(FactKind::broker_link, 0, 0, 1);
  speaking(true);
  waiting_bytes_ = 0;
  for (const Publish& what : std::exchange(waiting_, {})) publish(what);
  if (news) topics_.tell();
}

void NodeBroker::link_down(const std::string& why, bool slow) {
  process_.link_failed("broker", why);
  const bool news = topics_.cease_to_hear();
  if (news) process_.note(FactKind::broker_link, 0, 0, slow ? 2 : 0);
  speaking(speaks_ && link_->speaks());
  connect_again();
  if (news) backplane_.step(BrokerState{false});
}

void NodeBroker::link_mute(const std::string& why) {
  process_.link_failed("broker", why);
  speaking(false);
  connect_again();
}

// ---- what is heard -----------------------------------------------------------------------------

void NodeBroker::link_message(std::span<const std::byte> payload) {
  const auto said = from_broker(process_.cluster(), payload);
  if (!said) return;
  work_.after(&CostProfile::broker_receive, said->message.size,
              [this, said = *said] { take(said); });
}

void NodeBroker::take(const FromBroker& said) {
  process_.note(FactKind::broker_read, static_cast<std::uint32_t>(said.message.id));
  backplane_.step(BrokerMessage{said.from, Copy::adopt(said.message), said.place});
}

// ---- what is said ------------------------------------------------------------------------------

void NodeBroker::publish(const Publish& what) {
  const Message& message = what.message;
  if (speaks_) {
    const Time when = process_.now();
    if (write(what)) {
      process_.note_at(when, FactKind::published, message, what.topic.id,
                       static_cast<std::uint8_t>(what.topic.kind));
    } else {
      not_said(what, Mechanism::publish_failed);
    }
    return;
  }
  const Bytes limit = process_.cluster().scenario.cluster.broker.publisher_buffer;
  if (limit == 0) {
    not_said(what, Mechanism::publish_failed);
  } else if (waiting_bytes_ + message.size > limit) {
    not_said(what, Mechanism::publisher_buffer_overflow);
  } else {
    waiting_.push_back(what);
    waiting_bytes_ += message.size;
  }
}

void NodeBroker::not_said(const Publish& what, Mechanism mechanism) {
  if (what.returns)
    backplane_.step(Unpublished{Copy::adopt(what.message), what.topic});
  else
    process_.drop(what.message, mechanism);
}

bool NodeBroker::write(const Publish& what) {
  const std::string payload =
      encode_peer_message(what.message, process_.id(), process_.cluster().run.stamp);
  const auto bytes = std::as_bytes(std::span(payload));
  if (what.kept) return link_->publish_kept(topics_.text_of(what.topic), bytes);
  if (topics_.by_topic()) return link_->publish_on(topics_.text_of(what.topic), bytes);
  return link_->publish(bytes);
}

void NodeBroker::lose_waiting(Mechanism mechanism) {
  for (const Publish& what : std::exchange(waiting_, {})) process_.drop(what.message, mechanism);
  waiting_bytes_ = 0;
}

void NodeBroker::fetch(const Fetch& question) {
  log_.asked(question.request);
  const bool asked =
      speaks_ && link_->fetch(topics_.text_of(question.topic), question.after, question.request);
  if (!asked) log_.nobody_answers();
}

}  // namespace squall::live
