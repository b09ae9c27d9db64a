// A broker link and everything it told, for tests.
// Belongs to the thread of its loop: look at it through LiveLoop (live_loop.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/resp/resp.hpp"
#include "strategies/core/check.hpp"

namespace squall::testing {

class HeardLink final : public live::BrokerLink::Listener {
 public:
  HeardLink(live::Loop& loop, const live::BrokerAddress& address, const std::string& name,
            const std::string& topic = "squall:global", bool by_topic = false) {
    const live::BrokerLinkRow* row = live::broker_link_for(address);
    SQUALL_CHECK(row != nullptr);
    link = row->make(loop, {.address = address, .topic = topic, .name = name, .by_topic = by_topic},
                     *this);
  }

  bool publish(std::string_view text) { return link->publish(live::bytes_of(text)); }

  std::unique_ptr<live::BrokerLink> link;
  int ups = 0, downs = 0;
  std::string why;    // of the last end
  bool slow = false;  // the last end
  std::vector<std::string> heard;
  std::vector<std::string> answers;  // to subscribe() and unsubscribe(): "+TOPIC", "-TOPIC"

 private:
  void link_up() override { ++ups; }
  void link_down(const std::string& reason, bool was_slow) override {
    ++downs;
    why = reason;
    slow = was_slow;
  }
  void link_subscribed(std::string_view topic, bool yes) override {
    answers.push_back((yes ? "+" : "-") + std::string(topic));
  }
  void link_message(std::span<const std::byte> payload) override {
    heard.emplace_back(live::text_of(payload));
  }
};

}  // namespace squall::testing
