// A program that we start, and that never outlives us: not after Ctrl-C, not after SIGKILL.
//
// Between us and the program stands a guardian (child_guardian.hpp), a forked process that waits
// on a socket. When the socket ends, because we are gone however that happened, it kills the
// program and all it started, daemons included, and removes the scratch folder. A guardian, and
// not PR_SET_PDEATHSIG alone: that one fires when the *thread* ends which started the program, and
// does not reach what the program starts. It shares our memory as it was at the start: start
// programs before a run fills it. One object belongs to one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace squall::live {

struct ChildCommand {
  std::filesystem::path program;  // as found by find_program()
  std::vector<std::string> arguments;
  std::vector<std::string> environment;        // "NAME=VALUE", added to our own
  std::filesystem::path folder;                // where it runs
  std::filesystem::path output;                // standard output and error, appended
  std::filesystem::path remove_when_orphaned;  // a folder; empty: none
};

class ChildProcess {
 public:
  // Null when it could not be started (no such program, no such folder), and then `error` says
  // why. A program that ends at once has been started.
  static std::unique_ptr<ChildProcess> start(const ChildCommand& command, std::string& error);
  ~ChildProcess();  // stops it first
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  bool running();  // as far as its guardian has told, who tells when all that it started is gone
  // Whether the program itself is there, and no zombie: this is seen at once.
  bool lives() const;
  pid_t pid() const { return pid_; }  // of the last start; it leads its own process group

  // "exit code 1", "signal 9"; empty while it runs.
  std::string how_it_ended();

  // To the program alone; nothing happens when it has ended.
  void signal(int number);

  // SIGTERM, after `patience` SIGKILL to it and everything it started. Returns when all are gone.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds{5});

  // SIGKILL at once, as if the machine had lost power.
  void kill_hard();

  // The same command once more, after an end. A sentence on failure, else nothing. Cheap at any
  // size of our own process: the guardian starts it, not we.
  std::string start_again();

 private:
  ChildProcess(pid_t guardian, int line) : guardian_(guardian), line_(line) {}

  void order(int kind, int value);
  void hear(std::chrono::milliseconds patience);  // takes the reports that are there

  pid_t guardian_;
  int line_;  // to the guardian
  pid_t pid_ = 0;
  bool running_ = false;
  int status_ = 0;   // as waitpid() tells it
  int failure_ = 0;  // errno of the last start
  bool guardian_gone_ = false;
};

// The whole path of a program: from $PATH, or from the sbin folders, which $PATH often lacks. A
// name with a slash is only looked at. Empty when it is not there.
std::filesystem::path find_program(std::string_view name);

}  // namespace squall::live
