// Scheduler statistics of threads (nanoseconds), and the tables of TCP. See process_cpu.hpp.
// A thread that ended takes its time along: servers keep theirs.
#include "sim/cli/calibrate/process_cpu.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace squall {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

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

ThreadCpu threads_of(pid_t pid) {
  std::error_code error;
  ThreadCpu burnt;
  for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
    std::ifstream file(thread.path() / "schedstat");
    std::int64_t ns = 0;
    if (file >> ns) burnt[static_cast<pid_t>(std::stol(thread.path().filename()))] = 1ns * ns;
  }
  return burnt;
}

std::chrono::nanoseconds loops_of(const ThreadCpu& spent) {
  constexpr double kNearlyAll = 0.8;
  std::chrono::nanoseconds sum{0}, most{0};
  for (const auto& [thread, one] : spent) sum += one, most = std::max(most, one);
  const bool one_loop =
      static_cast<double>(most.count()) >= kNearlyAll * static_cast<double>(sum.count());
  return one_loop ? most : sum;
}

std::vector<pid_t> listeners_of(std::uint16_t port) {
  std::vector<pid_t> found;
  for (const char* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const std::optional<std::string> inode = inode_of(table, port);
    if (!inode) continue;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      if (has_socket(entry.path(), *inode)) found.push_back(static_cast<pid_t>(std::stol(name)));
    }
  }
  return found;
}

std::vector<pid_t> servers_of(const std::vector<live::AttachTarget>& targets, std::string& error) {
  std::vector<pid_t> pids;
  for (const live::AttachTarget& target : targets) {
    const std::vector<pid_t> here = listeners_of(target.at.port);
    if (here.empty()) {
      error = fmt::format("{}: no process of this machine is seen to listen there", target.url);
      return {};
    }
    for (const pid_t pid : here) {
      if (std::ranges::find(pids, pid) == pids.end()) pids.push_back(pid);
    }
  }
  return pids;
}

void MeasuredCpu::mark(bool begins) {
  std::vector<ThreadCpu> now;
  for (const pid_t pid : pids_) {
    now.push_back(threads_of(pid));
    if (now.back().empty()) now.clear();
    if (now.empty()) break;
  }
  if (begins) {
    begun_ = std::move(now);
    return;
  }
  if (now.empty() || begun_.empty()) return;
  std::chrono::nanoseconds sum{0};
  for (std::size_t i = 0; i < now.size(); ++i) {
    for (auto& [thread, burnt] : now[i]) {
      const auto before = begun_[i].find(thread);
      if (before != begun_[i].end()) burnt -= before->second;
    }
    sum += loops_of(now[i]);
  }
  spent_ = sum;
}

std::string program_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace squall
