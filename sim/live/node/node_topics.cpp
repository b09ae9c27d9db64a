// Subscriptions of a node, and when its backplane hears of them. See node_topics.hpp.
// A link without topics hears the global one whenever it is up.
#include "sim/live/node/node_topics.hpp"

#include <utility>

namespace squall::live {

void NodeTopics::begin(BrokerLink& link, bool by_topic) {
  link_ = &link;
  by_topic_ = by_topic;
}

void NodeTopics::end() {
  link_ = nullptr;
  hears_ = false;
  asked_.clear();
  early_.clear();
}

// "squall:RUN", "squall:RUN:room:7"
std::string NodeTopics::text_of(Topic topic) const {
  const std::string all = process_.cluster().run.topic();
  return topic.kind == Topic::Kind::global ? all : all + ":" + name(topic);
}

void NodeTopics::ask(Topic topic, bool yes) {
  const std::string text = text_of(topic);
  yes ? asked_.insert_or_assign(text, topic) : asked_.try_emplace(text, topic);
  if (!by_topic_) {
    SQUALL_CHECK(topic.kind == Topic::Kind::global);
    if (hears_) process_.later(process_.now(), [this, topic, yes] { subscribed(topic, yes); });
    return;
  }
  if (!yes) {
    process_.note(FactKind::topic, topic.id, static_cast<std::uint32_t>(topic.kind), 0);
  }
  yes ? link_->subscribe(text) : link_->unsubscribe(text);
}

void NodeTopics::acknowledged(std::string_view text, bool yes) {
  const auto found = asked_.find(text);
  if (found == asked_.end()) return;
  const Topic topic = found->second;
  if (yes) process_.note(FactKind::topic, topic.id, static_cast<std::uint32_t>(topic.kind), 1);
  if (hears_)
    subscribed(topic, yes);
  else if (yes)
    early_.push_back(topic);
}

bool NodeTopics::cease_to_hear() {
  early_.clear();
  return std::exchange(hears_, false);
}

void NodeTopics::tell() {
  std::vector<Topic> heard = std::exchange(early_, {});
  if (!by_topic_) {
    for (const auto& [text, topic] : asked_) heard.push_back(topic);
  }
  backplane_.step(BrokerState{true});
  for (const Topic topic : heard) subscribed(topic, true);
}

}  // namespace squall::live
