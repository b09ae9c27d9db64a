// Our end of the line to the guardian: orders go out, reports come back. See child_process.hpp.
//
// The socket keeps message borders (SOCK_SEQPACKET), so an order is never read by halves.
#include "sim/live/servers/child_process.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "sim/live/servers/child_guardian.hpp"

namespace squall::live {
namespace {

// The guardian kills within its own bounds; this is beyond them.
constexpr std::chrono::seconds kGuardianPatience{15};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

// Our own environment, then the additions; an addition replaces the entry of its name.
std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    bool replaced = false;
    for (const std::string& addition : additions) {
      replaced = replaced || name_of(addition) == name_of(*entry);
    }
    if (!replaced) all.emplace_back(*entry);
  }
  all.insert(all.end(), additions.begin(), additions.end());
  return all;
}

// No handler of ours may run in the guardian: it is forked with all signals blocked.
pid_t fork_guardian(const GuardedProgram& program, int line) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t guardian = ::fork();
  if (guardian == 0) guard(program, line);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return guardian;
}

// Waits at most so long; a signal that is caught meanwhile does not shorten it.
bool readable(int descriptor, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{descriptor, POLLIN, 0};
    const int count = ::poll(&watched, 1, std::max(0, static_cast<int>(left.count())));
    if (count >= 0 || errno != EINTR) return count > 0;
  }
}

bool is_program(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::unique_ptr<ChildProcess> ChildProcess::start(const ChildCommand& command, std::string& error) {
  std::vector<std::string> words{command.program.string()};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = environment_with(command.environment);
  const std::vector<char*> word_pointers = pointers_to(words);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  const bool removes = !command.remove_when_orphaned.empty();
  const GuardedProgram program{
      .path = command.program.c_str(),
      .arguments = word_pointers.data(),
      .environment = environment_pointers.data(),
      .folder = command.folder.empty() ? "." : command.folder.c_str(),
      .output = command.output.empty() ? "/dev/null" : command.output.c_str(),
      .remove_when_orphaned = removes ? command.remove_when_orphaned.c_str() : nullptr};

  std::array<int, 2> line{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line.data()) != 0) {
    error = std::string("cannot start a process: ") + std::strerror(errno);
    return nullptr;
  }
  const pid_t guardian = fork_guardian(program, line[1]);
  const int failure = errno;
  ::close(line[1]);
  if (guardian < 0) {
    ::close(line[0]);
    error = std::string("cannot start a process: ") + std::strerror(failure);
    return nullptr;
  }
  std::unique_ptr<ChildProcess> process(new ChildProcess(guardian, line[0]));
  const std::string complaint = process->start_again();
  if (complaint.empty()) return process;
  error = command.program.string() + ": " + complaint;
  return nullptr;
}

ChildProcess::~ChildProcess() {
  stop();
  order(Order::leave, 0);
  ::close(line_);
  while (::waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ChildProcess::order(int kind, int value) {
  const Order order{kind, value};
  if (::send(line_, &order, sizeof order, MSG_NOSIGNAL) != sizeof order) guardian_gone_ = true;
}

void ChildProcess::hear(std::chrono::milliseconds patience) {
  while (!guardian_gone_ && readable(line_, patience)) {
    Report report{};
    if (::recv(line_, &report, sizeof report, 0) != sizeof report) {
      // Somebody killed the guardian, and with it went the program (PR_SET_PDEATHSIG).
      guardian_gone_ = true;
      running_ = false;
      status_ = SIGKILL;
      return;
    }
    running_ = report.kind == Report::started;
    if (report.kind == Report::started) pid_ = report.value;
    if (report.kind == Report::ended) status_ = report.value;
    if (report.kind == Report::failed) failure_ = report.value;
    patience = std::chrono::milliseconds{0};
  }
}

bool ChildProcess::running() {
  hear(std::chrono::milliseconds{0});
  return running_;
}

// "PID (NAME) STATE ...", and a name may have brackets.
bool ChildProcess::lives() const {
  std::ifstream file(fmt::format("/proc/{}/stat", pid_));
  std::string line;
  std::getline(file, line);
  const std::size_t name_ends = line.rfind(')');
  if (name_ends == line.npos || name_ends + 2 >= line.size()) return false;
  const char state = line[name_ends + 2];
  return state != 'Z' && state != 'X';
}

std::string ChildProcess::how_it_ended() {
  if (running()) return {};
  if (WIFSIGNALED(status_)) return fmt::format("signal {}", WTERMSIG(status_));
  return fmt::format("exit code {}", WEXITSTATUS(status_));
}

void ChildProcess::signal(int number) {
  if (running()) order(Order::signal, number);
}

void ChildProcess::stop(std::chrono::milliseconds patience) {
  if (!running()) return;
  order(Order::stop, static_cast<int>(patience.count()));
  hear(patience + kGuardianPatience);
}

void ChildProcess::kill_hard() {
  if (!running()) return;
  order(Order::kill, 0);
  hear(kGuardianPatience);
}

std::string ChildProcess::start_again() {
  if (running()) return "it runs already";
  failure_ = 0;
  order(Order::start, 0);
  hear(kGuardianPatience);
  if (failure_ != 0) return std::strerror(failure_);
  // The report of an end may have come behind the one of the start: it was started all the same.
  return guardian_gone_ ? "its guardian process is gone" : "";
}

std::filesystem::path find_program(std::string_view name) {
  if (name.find('/') != name.npos) return is_program(name) ? name : std::string_view{};
  const char* own = std::getenv("PATH");
  const std::string folders =
      std::string(own == nullptr ? "" : own) + ":/usr/local/sbin:/usr/sbin:/sbin";
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const std::filesystem::path folder = folders.substr(begin, end - begin);
    if (!folder.empty() && is_program(folder / name)) return folder / name;
    begin = end + 1;
  }
  return {};
}

}  // namespace squall::live
