// Scheduler statistics of threads (nanoseconds), and the tables of TCP. See process_cpu.hpp.
// A thread that ended takes its time along: servers keep theirs.
#include "sim/cli/calibrate/process_cpu.hpp"

#include <fmt/core.h>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace squall {
namespace {

namespace fs = std::filesystem;

// The inode of the socket that listens there, from one of the kernel's tables.
std::optional<std::string> inode_of(const char* table, std::uint16_t port) {
  constexpr int kListening = 0x0A;
  std::ifstream lines(table);
  std::string line;
  std::getline(lines, line);  // the titles
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
        timeout >> inode;
    const std::size_t colon = local.rfind(':');
    if (!words || colon == std::string::npos) continue;
    const bool same = std::stoul(local.substr(colon + 1), nullptr, 16) == port;
    if (same && std::stoi(state, nullptr, 16) == kListening) return inode;
  }
  return std::nullopt;
}

bool has_socket(const fs::path& process, const std::string& inode) {
  std::error_code error;
  const std::string wanted = "socket:[" + inode + "]";
  for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone).string() == wanted) return true;
  }
  return false;
}

}  // namespace

std::optional<std::chrono::nanoseconds> cpu_of(pid_t pid) {
  std::error_code error;
  std::chrono::nanoseconds sum{0};
  bool any = false;
  for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
    std::ifstream file(thread.path() / "schedstat");
    std::int64_t ns = 0;
    if (file >> ns) sum += std::chrono::nanoseconds{ns}, any = true;
  }
  return any ? std::optional(sum) : std::nullopt;
}

std::optional<pid_t> listener_of(std::uint16_t port) {
  for (const char* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const std::optional<std::string> inode = inode_of(table, port);
    if (!inode) continue;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      if (has_socket(entry.path(), *inode)) return static_cast<pid_t>(std::stol(name));
    }
  }
  return std::nullopt;
}

std::string program_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace squall
