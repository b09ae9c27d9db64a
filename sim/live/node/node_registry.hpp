// A node's questions to the registry of routes, and what it writes there.
//
// A question that cannot be put is answered `unavailable`: from the loop, never from inside the
// question. The connection itself: links/registry_link.hpp; here it is opened again.
#pragma once

#include <string>
#include <vector>

#include "sim/live/links/registry_link.hpp"
#include "sim/live/node/held_link.hpp"
#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_reconnects.hpp"

namespace squall::live {

class NodeRegistry final : private RegistryLink::Listener {
 public:
  NodeRegistry(NodeProcess& process, NodeBackplane& backplane, NodeReconnects& reconnects)
      : process_(process), backplane_(backplane), reconnects_(reconnects) {}

  void begin();  // a process wants its link
  void end();    // it has died
  void pause(bool yes) { link_.pause(yes); }
  void close() { link_.close(); }  // the run is over
  bool up() const { return up_; }
  Traffic traffic() const { return link_.traffic(); }

  // What a process asks before its first link stands waits for it, as with clients of Redis.
  void call(const RegistryCall& call);

 private:
  void connected(bool yes);
  void ask(const RegistryCall& call);
  void write(const RegistryCall& call);
  void note_route(RegistryCall::Verb verb, const std::vector<std::uint32_t>& keys);
  void open_again();
  void registry_up() override;
  void registry_down(const std::string& why) override;
  void registry_refused(const std::string& why) override { process_.no_link("registry", why); }

  NodeProcess& process_;
  NodeBackplane& backplane_;
  NodeReconnects& reconnects_;
  HeldLink<RegistryLink> link_;
  bool up_ = false;
  bool connects_ = false;              // for the first time in the life of this process
  std::vector<RegistryCall> waiting_;  // for that
  bool was_down_ = false;              // in the life of this process
};

}  // namespace squall::live
