// The user's commands for the faults of a script: `crash n2` -> a command of the shell.
//
// A command runs beside the load, with a time limit, and what it says is kept. It may leave servers
// behind: squall ends only the shell that it started, and that only at the limit. Belongs to the
// thread that conducts.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "sim/live/net/run_clock.hpp"

namespace squall::live {

struct Hooks {
  std::string file;                             // where they are from; empty: none
  std::map<std::string, std::string> commands;  // "crash n2", or "crash" for every node
  std::chrono::milliseconds limit = std::chrono::seconds{10};
};

// What the script does to a server, and when.
struct ServerFault {
  std::string what;  // crash, start, drain, undrain, pause, resume, broker_down, broker_up ...
  NodeId node = kNoNode;
  Time at;
  bool begins = true;  // else it ends what began
  TriggerId trigger = kStructural;

  std::string name() const;  // "crash n2"
};
std::vector<ServerFault> server_faults(const Plan& plan);  // in order of time
// The command for it; nullptr: there is none.
const std::string* command_for(const Hooks& hooks, const ServerFault& fault);
// Why there is none.
std::string why_no_command(const Hooks& hooks);
// All that a file may name.
std::vector<std::string> hook_words();
// Whether one of them happens to a node, and may be named with it: "crash n2".
bool is_of_a_node(const std::string& word);

class HookRunner {
 public:
  HookRunner(const Hooks& hooks, const RunClock& clock) : hooks_(hooks), clock_(clock) {}
  ~HookRunner();  // waits for what still runs, until its limit
  HookRunner(const HookRunner&) = delete;
  HookRunner& operator=(const HookRunner&) = delete;

  void call(const ServerFault& fault);
  void watch();                                                       // collects what has ended
  void finish();                                                      // and waits for the rest
  const std::vector<ServerFault>& called() const { return called_; }  // that had a command
  const std::vector<std::string>& log() const { return log_; }        // for the reader

 private:
  struct Running {
    std::string name;
    pid_t pid;
    int output;  // a file without a name
    Time since;
    bool cut = false;
  };
  bool over(Running& running);

  const Hooks& hooks_;
  const RunClock& clock_;
  std::vector<Running> running_;
  std::vector<ServerFault> called_;
  std::vector<std::string> log_;
};

}  // namespace squall::live
