// The memory of the nodes' processes, in double entry: what was taken and given back, and for what.
//
// Counted only where the scenario says it (cluster.nodes.memory); else every call returns at once.
// Counted is what a process holds: itself, its connections from the handshake on, frames that wait
// for a client's socket, messages that wait for a loop, for the broker, or in a history. Over the
// limit it is killed, and started again (supervisor.hpp). ARCHITECTURE.md says what is not
// counted, and who is to blame. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/kernel/event.hpp"
#include "sim/machine/slots.hpp"
#include "sim/record/run_record.hpp"
#include "strategies/core/causes.hpp"

namespace squall {

class World;
struct Node;

class Memory {
 public:
  enum class Purpose : std::uint8_t { process, connections, egress, work, publisher, history };
  static constexpr std::size_t kPurposes = static_cast<std::size_t>(Purpose::history) + 1;
  struct Frame {  // that waits in user space for a client's socket
    ConnectionId to;
    Time from, until;
  };

  explicit Memory(World& world);
  bool counts() const { return config_ != nullptr; }

  // ---- processes and connections ----
  void started(NodeId node);
  void died(NodeId node);  // all it had is free
  void connected(NodeId node, ConnectionId id);
  void released(NodeId node, ConnectionId id);

  // ---- what waits ----
  void takes(NodeId node, Purpose purpose, Bytes size);  // one message
  void gives(NodeId node, Purpose purpose, Bytes size);
  void waits(const Event& event);  // for a loop; the event is its end
  void waits_no_more(const Event& event);
  void works_on(NodeId node, Bytes size, Time until);
  void waits(NodeId node, const Frame& frame, Bytes size);

  void event(const Event& event);
  void take_stock(NodeId node);        // when measure ends
  void left_over(const Event& event);  // not played any more: it waits still
  void finish(RunRecord& record);      // the law

 private:
  struct Waiting {
    ConnectionId to;  // kNoConnection: a loop works on it
    Bytes size;
    Time until;
    std::uint32_t epoch;  // of the process
  };
  struct Account {  // of one node
    std::array<Bytes, kPurposes> taken{}, given{};
    Bytes level = 0;
    bool over = false;             // the limit; it will be killed at once
    std::uint32_t first_link = 0;  // to the broker, of the process that runs
    std::set<ConnectionId> connections;
    std::map<ConnectionId, Bytes> queues;  // towards clients
    // Of work: what its senders had kept for their next connection, by why they had to.
    std::map<TriggerId, Bytes> kept;
    std::vector<Waiting> stuck;           // behind a path that is dead, and not closed yet
    std::array<Bytes, kPurposes> left{};  // that waits still at the end
  };

  Account& at(NodeId node) { return accounts_[index(node)]; }
  void take(NodeId node, Purpose purpose, Bytes bytes);
  void give(NodeId node, Purpose purpose, Bytes bytes);
  Bytes waiting(const Event& event) const;  // of what an event ends; 0: of a process that is dead
  Bytes* kept_for(const Event& event);      // nullptr: it was said on a connection that stood
  bool lives(NodeId node, const Waiting& what) const;
  void grows(NodeId node, std::uint32_t slot);
  void shrinks(NodeId node, std::uint32_t slot);
  void kill(NodeId node, std::uint32_t epoch);
  TriggerId blame(NodeId node) const;
  std::map<TriggerId, std::int64_t> sent_away(NodeId node) const;
  Bytes resident(NodeId node, Purpose purpose) const;
  bool enters(const Node& node, ConnectionId id) const;

  World& world_;
  const MemoryConfig* config_;  // nullptr: not counted
  Bytes per_connection_ = 0;
  std::vector<Account> accounts_;
  Slots<Waiting> slots_;
  std::set<ConnectionId> entering_;  // whose next step into a session, or away, is left over
};

}  // namespace squall
