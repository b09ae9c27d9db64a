// Starts, signals, reaps, and in the end kills all that is left. See child_guardian.hpp.
//
// As a subreaper it inherits every process whose parent has ended, so a daemon that the program
// left behind (Erlang's epmd) is its child too and is found by sweep().
#include "sim/live/servers/child_guardian.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>

namespace squall::live {
namespace {

constexpr int kLine = 3;         // where the socket is put
constexpr int kSweepMs = 10;     // between two looks at what is still alive
constexpr int kSweepMost = 500;  // looks; nothing survives SIGKILL for 5 s but a broken kernel

struct Guardian {
  const GuardedProgram& program;
  int children_changed;  // readable when a child has ended
  pid_t running = 0;     // the program; 0: none
  int status = 0;        // how it ended
};

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void tell(int kind, int value) {
  const Report report{kind, value};
  (void)::send(kLine, &report, sizeof report, MSG_NOSIGNAL);
}

// Every signal that was caught is at its default again; none but SIGCHLD matters here.
void forget_handlers() {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
}

// Collects children that have ended; true when the program was among them.
bool reap(Guardian& guardian) {
  bool program_ended = false;
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return program_ended;
    if (pid != guardian.running) continue;
    guardian.running = 0;
    guardian.status = status;
    program_ended = true;
  }
}

// Sends SIGKILL to each process whose number stands in /proc/thread-self/children.
void kill_children() {
  const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  std::array<char, 512> buffer{};
  pid_t pid = 0;
  for (ssize_t size = 1; size > 0;) {
    size = ::read(list, buffer.data(), buffer.size());
    for (ssize_t i = 0; i < size; ++i) {
      const char c = buffer[static_cast<std::size_t>(i)];
      if (c >= '0' && c <= '9') {
        pid = pid * 10 + (c - '0');
      } else {
        if (pid > 1) ::kill(pid, SIGKILL);
        pid = 0;
      }
    }
  }
  ::close(list);
}

// Kills until nobody is left: killing a parent gives us its children, for the next look.
void sweep(Guardian& guardian) {
  for (int look = 0; look < kSweepMost; ++look) {
    if (guardian.running > 0) ::kill(-guardian.running, SIGKILL);
    kill_children();
    reap(guardian);
    if (::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) return;
    ::poll(nullptr, 0, look == 0 ? 1 : kSweepMs);
  }
}

[[noreturn]] void become(const GuardedProgram& program, pid_t guardian, int complaint) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guardian) ::_exit(126);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(program.folder) == 0) {
    ::execve(program.path, program.arguments, program.environment);
  }
  const int failure = errno;
  (void)!::write(complaint, &failure, sizeof failure);
  ::_exit(127);
}

void start(Guardian& guardian) {
  std::array<int, 2> complaint{};  // says nothing when execve() succeeds
  if (guardian.running > 0) return tell(Report::failed, EBUSY);
  if (::pipe2(complaint.data(), O_CLOEXEC) != 0) return tell(Report::failed, errno);
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(guardian.program, self, complaint[1]);
  int failure = child < 0 ? errno : 0;
  ::close(complaint[1]);
  if (child > 0) {
    while (::read(complaint[0], &failure, sizeof failure) < 0 && errno == EINTR) {
    }
  }
  ::close(complaint[0]);
  if (failure != 0) {
    if (child > 0) ::waitpid(child, nullptr, 0);
    return tell(Report::failed, failure);
  }
  ::setpgid(child, child);
  guardian.running = child;
  tell(Report::started, child);
}

// Waits until the program has ended or the time is over.
void wait_for_end(Guardian& guardian, int patience_ms) {
  const std::int64_t deadline = now_ms() + patience_ms;
  while (!reap(guardian) && guardian.running > 0) {
    const std::int64_t left = deadline - now_ms();
    if (left <= 0) return;
    ::poll(nullptr, 0, static_cast<int>(left < kSweepMs ? left : kSweepMs));
  }
}

void end(Guardian& guardian) {
  sweep(guardian);
  tell(Report::ended, guardian.status);
}

[[noreturn]] void leave(Guardian& guardian, bool orphaned) {
  sweep(guardian);
  const char* folder = guardian.program.remove_when_orphaned;
  if (orphaned && folder != nullptr) {
    const char* const words[] = {"rm", "-rf", "--", folder, nullptr};
    ::execve("/bin/rm", const_cast<char* const*>(words), guardian.program.environment);
  }
  ::_exit(0);
}

void obey(Guardian& guardian, const Order& order) {
  if (order.kind == Order::leave) leave(guardian, false);
  if (order.kind == Order::start) return start(guardian);
  if (guardian.running == 0) return;
  switch (order.kind) {
    case Order::signal: ::kill(guardian.running, order.value); return;
    case Order::stop:
      ::kill(guardian.running, SIGTERM);
      wait_for_end(guardian, order.value);
      return end(guardian);
    case Order::kill: return end(guardian);
  }
}

void prepare(const GuardedProgram& program, int line) {
  forget_handlers();
  ::setsid();  // away from the terminal: Ctrl-C is squall's, not the program's
  ::prctl(PR_SET_NAME, "squall-guardian");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // What was inherited must not stay open here: a socket that squall closes has to be closed.
  if (line != kLine) ::dup2(line, kLine);
  ::fcntl(kLine, F_SETFD, FD_CLOEXEC);
  ::close_range(kLine + 1, ~0U, 0);
  const int nothing = ::open("/dev/null", O_RDONLY);
  const int output = ::open(program.output, O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output < 0 ? nothing : output, STDOUT_FILENO);
  ::dup2(STDOUT_FILENO, STDERR_FILENO);
  ::close(nothing);
  if (output >= 0) ::close(output);
}

}  // namespace

void guard(const GuardedProgram& program, int line) {
  prepare(program, line);
  sigset_t child_ended;
  ::sigemptyset(&child_ended);
  ::sigaddset(&child_ended, SIGCHLD);
  Guardian guardian{program, ::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK)};

  for (;;) {
    std::array<pollfd, 2> watched{{{kLine, POLLIN, 0}, {guardian.children_changed, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[1].revents != 0) {
      signalfd_siginfo ignored{};
      while (::read(guardian.children_changed, &ignored, sizeof ignored) > 0) {
      }
      if (reap(guardian)) end(guardian);
    }
    if (watched[0].revents == 0) continue;
    Order order{};
    if (::recv(kLine, &order, sizeof order, 0) != sizeof order) leave(guardian, true);
    obey(guardian, order);
  }
}

}  // namespace squall::live
