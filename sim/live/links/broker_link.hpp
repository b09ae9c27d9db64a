// A node's connection to the broker: publish to everybody, hear what everybody published.
//
// One interface for all brokers; a new one is a new file and a row in broker_links.cpp, and has to
// pass the contract tests (tests/contract/). A link makes one attempt to connect per open() and
// never tries again by itself: when to come back is the node's business, and part of what squall
// measures. All calls and all callbacks belong to the loop's thread; a library with threads of its
// own posts to the loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/loop.hpp"
#include "strategies/core/check.hpp"
#include "strategies/core/position.hpp"

namespace squall::live {

// Where a broker is: "redis://127.0.0.1:6379?mode=streams" in its parts.
struct BrokerAddress {
  std::string scheme;  // redis, nats, amqp, kafka
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string mode;       // redis: pubsub (default), sharded, streams
  std::string user = {};  // none: nobody asks; amqp: guest and guest, RabbitMQ's own
  std::string password = {};
  std::string text() const;
};
// Empty `error` when it worked. The error says what is wrong and what is possible.
BrokerAddress parse_broker_address(std::string_view text, std::string& error);

// What a broker's log answers; each message begins with its place (broker_log_script.hpp).
struct LogAnswer {
  std::uint32_t request;
  bool reached;  // all that came after the place is here
  LogPlace newest;
  std::vector<std::span<const std::byte>> messages;
};

// How long a link waits at each step of an attempt to connect, up to the first answer; that to the
// registry, too.
inline constexpr Duration kLinkPatience = std::chrono::seconds{5};

class BrokerLink {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void link_up() = 0;  // connected, and subscribed: what is published now is heard
    // After link_up(): the connection is gone. Instead of it: the attempt failed. `why` is for
    // people; `slow`: the broker itself cut us because we read too slowly, as far as can be known.
    virtual void link_down(const std::string& why, bool slow) = 0;
    // It hears on, and can publish no more, until open() has made that anew; link_up() says so.
    virtual void link_mute(const std::string& why) { static_cast<void>(why); }
    virtual void link_message(std::span<const std::byte> payload) = 0;
    // The broker has taken up subscribe(), or unsubscribe(). May come before the first link_up().
    virtual void link_subscribed(std::string_view topic, bool yes) {
      static_cast<void>(topic), static_cast<void>(yes);
    }
    // In the order of the questions; none comes once the link does not speak any more.
    virtual void link_fetched(const LogAnswer& answer) { static_cast<void>(answer); }
    // Right before link_down(): at the other end is no broker, or one that will never serve us.
    virtual void link_refused(const std::string& why) { static_cast<void>(why); }
  };

  virtual ~BrokerLink() = default;  // closes; no callback follows
  // One attempt at what is missing; answered by link_up() or link_down().
  virtual void open() = 0;
  virtual void close() = 0;  // at once, abruptly (a process that dies); no callback follows
  // False: not connected, nothing was sent. True says that it was written, not that it arrived.
  virtual bool publish(std::span<const std::byte> payload) = 0;
  // Only of rows with `topics`, opened with `by_topic`: such a link hears what it asked for and
  // nothing else. It remembers its topics, and asks for them again whenever it is opened.
  virtual void subscribe(const std::string& topic) { no_topics(topic); }
  virtual void unsubscribe(const std::string& topic) { no_topics(topic); }
  virtual bool publish_on(const std::string& topic, std::span<const std::byte>) {
    no_topics(topic);
    return false;
  }
  // Only of rows with `logs`, opened with a log. What is kept is heard with its place before it.
  virtual bool publish_kept(const std::string& topic, std::span<const std::byte>) {
    no_topics(topic);
    return false;
  }
  virtual bool fetch(const std::string& topic, std::optional<LogPlace>, std::uint32_t) {
    no_topics(topic);
    return false;
  }
  // Whether it still publishes when it is down: where that has a connection of its own.
  virtual bool speaks() const { return false; }
  // A reader that is paused leaves messages where they are: kernel, broker.
  virtual void pause(bool yes) = 0;
  // Stream bytes on its sockets since it was made, and segments where the kernel tells.
  virtual Traffic traffic() const = 0;

 private:
  static void no_topics(const std::string&) {
    SQUALL_CHECK(!"this link has one topic, and no log");
  }
};

// How much the broker keeps of a topic.
struct LogLimits {
  std::uint32_t messages;
  Duration window;
};

struct BrokerLinkOptions {
  BrokerAddress address;
  std::string topic = "squall:global";  // of everybody; with `by_topic` it has to be asked for, too
  std::string name;                     // unique per node: RabbitMQ's queue, Kafka's client id
  // Silence until the link is given up; zero: never. Links that speak RESP; others have their own.
  Duration keep_alive{0};
  bool by_topic = false;
  std::optional<LogLimits> log = {};
};

struct BrokerLinkRow {
  std::string_view scheme;
  std::string_view mode;  // empty: the only one; the first row of a scheme is its default
  std::uint16_t port;     // when the address names none
  std::string_view meaning;
  bool survives_outage;  // after a reconnect, hears what was published meanwhile
  bool topics;           // can hear many topics, each from its own acknowledgement on
  std::unique_ptr<BrokerLink> (*make)(Loop&, const BrokerLinkOptions&, BrokerLink::Listener&);
  // After a run on a server of others: takes away what would stay there. May take seconds. Null:
  // nothing stays.
  void (*forget)(const BrokerLinkOptions&) = nullptr;
  bool logs = false;  // keeps what it is asked to keep, and can be asked for it
};
std::span<const BrokerLinkRow> broker_links();  // the registry: one row per scheme and mode
const BrokerLinkRow* broker_link_for(const BrokerAddress& address);  // nullptr when unknown

}  // namespace squall::live
