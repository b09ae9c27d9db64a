// A node's connection to the registry of routes: client -> node, in a key-value server that speaks
// RESP (the embedded one or Redis).
//
// Like a BrokerLink it does not reconnect by itself. A question that cannot be answered is answered
// `available = false`; a write that cannot be made is lost, as in the simulator.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/loop.hpp"

namespace squall::live {

class RegistryLink {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void registry_up() = 0;
    virtual void registry_down(const std::string& why) = 0;
    // Right before it: at the other end is no registry, or one that will never serve us.
    virtual void registry_refused(const std::string& why) { static_cast<void>(why); }
  };
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string user, password;  // none: nobody asks
    std::string prefix = "squall:route:";
    Duration lease{60'000'000'000};
    Duration keep_alive{0};  // silence until the link is given up; zero: never
  };
  // Empty: the registry could not be asked. Else one node per key; kNoNode: no entry.
  using Routes = std::function<void(std::optional<std::vector<NodeId>>)>;
  // Empty: likewise. Else whether it was written or deleted.
  using Done = std::function<void(std::optional<bool> applied)>;

  static std::unique_ptr<RegistryLink> make(Loop& loop, const Options& options, Listener& listener);

  virtual ~RegistryLink() = default;  // closes; callbacks that are owed never come
  virtual void open() = 0;            // one attempt; answered by registry_up() or registry_down()
  virtual void close() = 0;           // abruptly; no callback follows
  virtual void set_route(std::uint32_t key, NodeId node, Done done) = 0;
  virtual void delete_route(std::uint32_t key, Done done) = 0;
  // Unless another node's entry is of this epoch or a later one, and unless the entry is another
  // node's (Lua scripts).
  virtual void set_route_if_newer(std::uint32_t key, NodeId node, std::uint64_t epoch,
                                  Done done) = 0;
  virtual void delete_route_if_mine(std::uint32_t key, NodeId node, Done done) = 0;
  virtual void get_routes(std::vector<std::uint32_t> keys, Routes routes) = 0;
  // ---- under leases: RegistryCall says what that means ----
  // `applied`: it was held until now.
  virtual void hold_lease(NodeId node, std::uint64_t since, Done done) = 0;
  virtual void set_held_route(std::uint32_t key, NodeId node, std::uint64_t epoch, Done done) = 0;
  virtual void get_held_routes(std::vector<std::uint32_t> keys, Routes routes) = 0;
  virtual void add_member(std::uint32_t set, NodeId node, std::uint64_t epoch, Done done) = 0;
  virtual void remove_member(std::uint32_t set, NodeId node, std::uint64_t epoch, Done done) = 0;
  virtual void get_members(std::uint32_t set, Routes members) = 0;
  // A process that stands still: what is answered stays in the kernel.
  virtual void pause(bool yes) = 0;
  virtual Traffic traffic() const = 0;
};

}  // namespace squall::live
