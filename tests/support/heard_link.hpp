// A broker link and everything it told, for tests.
// Belongs to the thread of its loop: look at it through LiveLoop (live_loop.hpp).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/resp/resp.hpp"
#include "strategies/core/check.hpp"

namespace squall::testing {

class HeardLink final : public live::BrokerLink::Listener {
 public:
  HeardLink(live::Loop& loop, const live::BrokerAddress& address, const std::string& name,
            const std::string& topic = "squall:global", bool by_topic = false,
            std::optional<live::LogLimits> log = {}) {
    const live::BrokerLinkRow* row = live::broker_link_for(address);
    SQUALL_CHECK(row != nullptr);
    link = row->make(
        loop,
        {.address = address, .topic = topic, .name = name, .by_topic = by_topic, .log = log},
        *this);
  }

  bool publish(std::string_view text) { return link->publish(live::bytes_of(text)); }

  std::unique_ptr<live::BrokerLink> link;
  int ups = 0, downs = 0;
  std::string why;    // of the last end
  bool slow = false;  // the last end
  std::vector<std::string> heard;
  struct Answer {
    std::uint32_t request;
    bool reached;
    LogPlace newest;
    std::vector<std::string> messages;  // each with its place before it
  };
  std::vector<Answer> fetched;
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
  void link_fetched(const live::LogAnswer& answer) override {
    fetched.push_back({answer.request, answer.reached, answer.newest, {}});
    for (const auto& message : answer.messages) {
      fetched.back().messages.emplace_back(live::text_of(message));
    }
  }
  void link_message(std::span<const std::byte> payload) override {
    heard.emplace_back(live::text_of(payload));
  }
};

}  // namespace squall::testing
