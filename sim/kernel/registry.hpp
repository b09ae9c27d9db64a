// The registry: Redis-like key-value with leases. One server, first come first served.
//
// A plain write is a SET with a time to live, a plain delete is unconditional: whoever comes last
// wins. The fenced forms look at the entry first, as a script would; those under a lease look at
// the lease of the node (held.hpp). While it is down, questions are answered "unavailable" and
// writes are lost; so is what goes to a registry that has forgotten the connection behind a
// partition.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "sim/books/paths.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/kernel/held.hpp"
#include "sim/kernel/undo.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/slots.hpp"
#include "sim/record/acknowledgements.hpp"

namespace squall {

class Registry {
 public:
  explicit Registry(World& world);

  // `when`: the node's work on it is done, and it leaves.
  void call(NodeId from, RegistryCall call, Time when);
  // `epoch`: of the process that asked; another one may run on its node by now. `made`: the
  // registry's epoch in which that connected.
  void arrives(NodeId from, std::uint32_t slot, std::uint32_t epoch, std::uint32_t made);
  void replies(NodeId node, std::uint32_t slot, std::uint32_t epoch);

  // ---- links ----
  void started(NodeId node);  // a process, which connects
  void cut_off(NodeId node);  // a partition begins
  void healed(NodeId node);   // the way is open again
  void link_up(NodeId node, std::uint32_t attempt);
  void keep_alive_fails(NodeId node);

  // `lag`: a replica will take its place, which is so far behind.
  void down(TriggerId trigger, Duration lag);
  void up();
  // Why this node could not ask, the last time that it could not.
  TriggerId blame(NodeId node) const { return lines_[index(node)].trigger; }
  // Who is to blame for an entry that is missing.
  TriggerId blame_missing(Address to) const;
  void lease_check(EndpointId endpoint);
  void lease_check(NodeId node);  // of the node itself

  // A route that is back because a replica knew no better: whose doing; kStructural: none is.
  TriggerId blame_stale(EndpointId endpoint, NodeId node) const;

  // By oracle: the entry of this endpoint exists and names this node.
  bool routes_to(EndpointId endpoint, NodeId node) const;
  void check(std::vector<Violation>& violations) const;

 private:
  struct Entry {
    NodeId node = kNoNode;  // kNoNode: no entry
    std::uint64_t epoch = 0;
    Time expires{0};
    bool watched = false;                // a lease_check is on its way
    bool held = false;                   // under the lease of its node
    NodeId last = kNoNode;               // who had it
    TriggerId deleted_by = kStructural;  // of what made somebody delete it late
    TriggerId back = kStructural;        // of the failover that brought one back, ...
    NodeId back_to = kNoNode;            // ... which leads there
    bool live(Time now) const { return node != kNoNode && now < expires; }
  };
  struct Tally {
    std::uint64_t written = 0, deletes = 0, expiries = 0;
  };
  struct Line {  // of a node
    void close(TriggerId by) { open = false, trigger = by; }

    bool open = true;                 // as the node believes
    std::uint32_t made = 0;           // the registry's epoch in which it connected
    std::uint32_t attempt = 0;        // only the latest counts
    TriggerId trigger = kStructural;  // of what closed it, or lies across it
    Flight asks, hears;
    bool loaded = false;  // the scripts that are called by their names, on this connection
  };

  const Entry* known(std::uint32_t key) const;  // of an endpoint, or of a room
  Entry& entry(std::uint32_t key);
  bool covered(const Entry& entry) const {
    return leases_.covers(entry.node, entry.epoch, world_.now);
  }
  void carry_out(NodeId from, std::uint32_t epoch, RegistryCall call);
  bool write(NodeId from, const RegistryCall& call);  // true: it was done
  void set(NodeId from, const RegistryCall& call);
  bool hold(NodeId node, std::uint64_t since);
  // As it is before this call, for a replica that will not have heard of it.
  void remember(NodeId from, const RegistryCall& call);
  void put_back(std::uint32_t key, const Entry& entry, const Tally& tally);
  void watch(EndpointId endpoint);
  void watch_lease(NodeId node);
  TriggerId blame_lease() const;
  void update_reach(NodeId node);
  bool remove(NodeId from, std::uint32_t key);
  std::optional<Cut> cut_from(NodeId node) const;
  Time lost_in(const Cut& cut) const;
  void reconnect(NodeId node);
  void refuse(NodeId to, std::uint32_t epoch, const RegistryCall& call, Time leaves);
  RegistryReply look_up(NodeId from, RegistryCall call);
  void answer(NodeId to, std::uint32_t epoch, RegistryReply reply, Time leaves);
  void count_call(NodeId from, const RegistryCall& call, Time turn, Time when);
  void count_answer(NodeId to, const WireCost& cost, Time when);

  struct Called {
    RegistryCall call;
    Time turn;  // of the node: what it asks for in one is answered in one
  };
  struct Replied {
    RegistryReply reply;
    bool with_others;  // in one turn: the node hears them, and goes on, in one of its own
  };

  World& world_;
  std::vector<Entry> entries_;               // by endpoint
  std::map<std::uint32_t, Entry> of_rooms_;  // by key
  Leases leases_;
  NodeSets sets_;
  // Under way; a slot is taken at the other end.
  Slots<Called> calls_;
  Slots<Replied> replies_;
  std::vector<Line> lines_;  // by node
  Sampler reconnect_;
  bool up_ = true;
  std::uint32_t epoch_ = 0;
  TriggerId trigger_ = kStructural;  // of the last outage
  Time up_since_ = kNever;           // the end of it
  Time busy_until_{kBeforeAll};
  Time turn_ = kNever;              // of the call that is answered now
  bool with_others_ = false;        // in that turn
  std::vector<Time> last_arrival_;  // by node
  std::vector<AckingEnd> ends_;     // of the nodes, likewise
  Tally tally_;
  Undo of_late_;
};

}  // namespace squall
