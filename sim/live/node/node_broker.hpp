// A node's link to the broker: what it publishes there, what it hears, and how the link comes back.
//
// It speaks on one connection and may hear on another: each may be gone while the other is not.
// What it wants to say while nobody listens waits in a buffer, if the scenario gives it one.
#pragma once

#include <deque>
#include <string>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/node/held_link.hpp"
#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_log.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_reconnects.hpp"
#include "sim/live/node/node_topics.hpp"
#include "sim/live/node/node_work.hpp"

namespace squall::live {

class NodeBroker final : private BrokerLink::Listener {
 public:
  NodeBroker(NodeProcess& process, NodeBackplane& backplane, NodeReconnects& reconnects,
             NodeWork& work)
      : process_(process),
        backplane_(backplane),
        reconnects_(reconnects),
        work_(work),
        topics_(process, backplane),
        log_(process, backplane) {}

  void begin(const std::string& name);  // a process wants its link; `name` is its alone
  void end();                           // it has died
  void pause(bool yes) { link_.pause(yes); }
  void close() { link_.close(); }  // the run is over
  void lose_waiting(Mechanism mechanism);
  bool up() const { return hears() && speaks_; }
  bool hears() const { return topics_.hears(); }
  Traffic traffic() const { return link_.traffic(); }

  // ---- the backplane says ----
  void publish(const Publish& what);
  void ask(Topic topic, bool yes) { topics_.ask(topic, yes); }
  void fetch(const Fetch& question);

 private:
  bool write(const Publish& what);
  void not_said(const Publish& what, Mechanism mechanism);
  void speaking(bool yes);
  void connect_again();
  void take(const FromBroker& said);

  void link_up() override;
  void link_down(const std::string& why, bool slow) override;
  void link_mute(const std::string& why) override;
  void link_message(std::span<const std::byte> payload) override;
  void link_subscribed(std::string_view text, bool yes) override {
    topics_.acknowledged(text, yes);
  }
  void link_fetched(const LogAnswer& answer) override { log_.answered(answer); }
  void link_refused(const std::string& why) override { process_.no_link("broker", why); }

  NodeProcess& process_;
  NodeBackplane& backplane_;
  NodeReconnects& reconnects_;
  NodeWork& work_;
  NodeTopics topics_;
  NodeLog log_;
  HeldLink<BrokerLink> link_;
  bool speaks_ = false, connects_again_ = false;
  std::deque<Publish> waiting_;  // for the broker to come back
  Bytes waiting_bytes_ = 0;
};

}  // namespace squall::live
