// CPU that somebody else's processes have burnt, and which process has a port. From /proc alone.
// Reads what the system tells everybody of processes of the same user; touches none of them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/attach/attach.hpp"

namespace squall {

// What each of its threads has burnt until now; none when there is no such process.
using ThreadCpu = std::map<pid_t, std::chrono::nanoseconds>;
ThreadCpu threads_of(pid_t pid);
// Of a process whose threads burnt so much: where one of them did nearly all, that is its loop, and
// what works beside it (a collector of garbage) keeps nobody waiting. Else all of them.
std::chrono::nanoseconds loops_of(const ThreadCpu& spent);
// Who listens on this local port, a master and its workers; empty when nobody can be found (another
// user's, another host's).
std::vector<pid_t> listeners_of(std::uint16_t port);
// Who listens where these servers are, each once; empty, and why, when one cannot be found.
std::vector<pid_t> servers_of(const std::vector<live::AttachTarget>& targets, std::string& error);
// What servers burn while a live run measures: on_measure of LiveOptions calls mark().
class MeasuredCpu {
 public:
  explicit MeasuredCpu(std::vector<pid_t> pids) : pids_(std::move(pids)) {}
  void mark(bool begins);
  // loops_of() each of them, together.
  // Empty: there is nobody to look at, or one of them was gone, and took its CPU along.
  std::optional<std::chrono::nanoseconds> spent() const { return spent_; }

 private:
  std::vector<pid_t> pids_;
  std::vector<ThreadCpu> begun_;  // by process; empty: one was gone
  std::optional<std::chrono::nanoseconds> spent_;
};

std::string program_of(pid_t pid);  // "node"

}  // namespace squall
