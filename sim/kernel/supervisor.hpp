// Who kills the process of a node, and starts it again; and who asks it whether it lives.
//
// Memory says when a process is to be killed (memory.hpp). Here it is asked, as by Kubernetes: the
// question waits in the accept queue and then for the loop, so a process that has too much to do,
// or stands still, is killed although it lives, and its clients go to the others. One thread.
#pragma once

#include <deque>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/record/run_record.hpp"
#include "strategies/core/causes.hpp"

namespace squall {

class World;
struct Node;

class Supervisor {
 public:
  explicit Supervisor(World& world);

  void started(NodeId node);
  // As in a crash; `restart`: until it runs again, 0: never.
  void kill(NodeId node, TriggerId trigger, Duration restart);
  void restart(NodeId node, std::uint32_t epoch);  // unless the script has it down
  void probe(const Event& event);
  void taken_up(NodeId node);      // the question that waited longest
  void finish(RunRecord& record);  // when processes were away

  // Who keeps the node's loops from their work; kStructural when nobody does.
  TriggerId held_up_by(NodeId node) const;

 private:
  struct Asked {                        // of the process that runs
    std::uint32_t connections = 0;      // how many there had been when it answered last
    std::uint32_t asked = 0;            // questions are numbered from 1
    std::uint32_t answered = 0;         // the last that was, in time or not
    std::uint32_t failed = 0;           // in a row
    std::deque<std::uint32_t> waiting;  // in the accept queue
  };
  void ask(Node& node, Asked& asked);
  void times_out(Node& node, Asked& asked, std::uint32_t number);
  TriggerId blame(NodeId node) const;

  World& world_;
  std::vector<Asked> asked_;  // by node
  std::vector<NodeSpell> away_;
};

}  // namespace squall
