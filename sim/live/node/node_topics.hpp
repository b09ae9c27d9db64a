// Topics of the broker, at one node: what was asked for, and what is heard.
//
// A topic is heard from the broker's acknowledgement on: that is when the fact is written down and
// when the backplane is told. What ends it is the node's own wish, which takes effect at once in
// the books, or the end of the link.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"

namespace squall::live {

class NodeTopics {
 public:
  NodeTopics(NodeProcess& process, NodeBackplane& backplane)
      : process_(process), backplane_(backplane) {}

  void begin(BrokerLink& link, bool by_topic);
  void end();  // the process has died

  void ask(Topic topic, bool yes);
  void acknowledged(std::string_view text, bool yes);  // by the broker

  // Whether the link is up: connected, and what is published now is heard. News, if it was not so.
  bool hears() const { return hears_; }
  bool begin_to_hear() { return !std::exchange(hears_, true); }
  bool cease_to_hear();
  void tell();  // the backplane, that the link is up: first that, then what is heard already

  bool by_topic() const { return by_topic_; }
  std::string text_of(Topic topic) const;

 private:
  void subscribed(Topic topic, bool yes) { backplane_.step(Subscribed{topic, yes}); }

  NodeProcess& process_;
  NodeBackplane& backplane_;
  BrokerLink* link_ = nullptr;
  bool by_topic_ = false;  // the broker knows topics, and the link hears what it asks for
  bool hears_ = false;
  std::map<std::string, Topic, std::less<>> asked_;  // by their text
  std::vector<Topic> early_;                         // heard before the whole link was up
};

}  // namespace squall::live
