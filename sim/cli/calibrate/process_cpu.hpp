// CPU that somebody else's processes have burnt, and which process has a port. From /proc alone.
// Reads what the system tells everybody of processes of the same user; touches none of them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace squall {

// Of all its threads until now; empty when there is no such process.
std::optional<std::chrono::nanoseconds> cpu_of(pid_t pid);
// Who listens on this local port; empty when nobody can be found (another user's, another host's).
std::optional<pid_t> listener_of(std::uint16_t port);
std::string program_of(pid_t pid);  // "node"

}  // namespace squall
