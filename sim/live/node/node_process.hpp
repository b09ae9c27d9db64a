// One process of a node after another: which one it is, whether it lives, stands still or takes new
// clients, what it does later, and what it writes down.
//
// It has no socket and no session: what a process had, the other parts of the node let go of when
// it dies (node.cpp). All of it belongs to the thread of the node's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/live/cluster.hpp"

namespace squall::live {

class NodeProcess {
 public:
  NodeProcess(Cluster& cluster, NodeId id);

  Cluster& cluster() const { return cluster_; }
  RunLoop& loop() const { return loop_; }
  NodeId id() const { return id_; }
  Time now() const { return loop_.now(); }

  // ---- its life ----
  void begin();
  void end(bool silently);  // with what it would have done later; silently: its host is lost
  void pause(bool yes) { paused_ = yes; }
  void wake();    // does what was due while it stood still
  void finish();  // the run is over: no timer finds a living process

  std::uint32_t epoch() const { return epoch_; }  // odd while a process lives
  bool alive() const { return epoch_ % 2 == 1; }
  bool first() const { return epoch_ == 1; }
  bool paused() const { return paused_; }
  bool silent() const { return silent_; }  // as its host is lost: it never says a word again
  bool accepting() const { return accepting_; }
  void accept(bool yes) { accepting_ = yes; }  // new clients

  // Runs `then` later, if this process still lives.
  void later(Time when, std::function<void()> then);

  // ---- what happened ----
  void note(FactKind kind, std::uint32_t a, std::uint32_t b = 0, std::uint8_t detail = 0,
            TriggerId trigger = TriggerId{0}) {
    cluster_.note(loop_, kind, a, b, id_, detail, trigger);
  }
  void note_at(Time when, FactKind kind, const Message& message, std::uint32_t what,
               std::uint8_t detail = 0, TriggerId trigger = TriggerId{0});
  void drop(const Message& message, Mechanism mechanism);

  // ---- for people ----
  void link_failed(const std::string& what, const std::string& why);  // it is tried again
  void no_link(const std::string& what, const std::string& why);      // no run survives it
  void cannot_come_back(const std::string& why);
  const std::string& last_error() const { return last_error_; }

 private:
  std::string name() const;

  Cluster& cluster_;
  RunLoop& loop_;
  NodeId id_;
  std::uint32_t epoch_ = 0;
  bool accepting_ = false, paused_ = false, silent_ = false;
  std::vector<std::function<void()>> due_;  // while it was paused
  std::string last_error_;
};

}  // namespace squall::live
