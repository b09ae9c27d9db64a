// CPU that somebody else's processes have burnt, and which process has a port. From /proc alone.
// Reads what the system tells everybody of processes of the same user; touches none of them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/live/attach/attach.hpp"

namespace squall {

// Of all its threads until now; empty when there is no such process.
std::optional<std::chrono::nanoseconds> cpu_of(pid_t pid);
// Of all of them together; empty when one is gone.
std::optional<std::chrono::nanoseconds> cpu_of(std::span<const pid_t> pids);
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
  // Empty: there is nobody to look at, or one of them was gone, and took its CPU along.
  std::optional<std::chrono::nanoseconds> spent() const { return spent_; }

 private:
  std::vector<pid_t> pids_;
  std::optional<std::chrono::nanoseconds> begun_, spent_;
};

std::string program_of(pid_t pid);  // "node"

}  // namespace squall
