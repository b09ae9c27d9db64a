// Starts the user's commands and waits for them, without standing still. See hooks.hpp.
// The shell gets a session of its own: what it leaves behind is nobody's child of ours.
#include "sim/live/attach/hooks.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>

#include "sim/live/books/engine_facts.hpp"

extern char** environ;

namespace squall::live {
namespace {

constexpr std::size_t kShown = 200;  // of what a command said

struct Word {
  Stimulus::Kind kind;
  const char* what;
  bool of_node, begins;
};
using Kind = Stimulus::Kind;
constexpr std::array kWords{
    Word{Kind::crash, "crash", true, true},
    Word{Kind::host_lost, "host_lost", true, true},
    Word{Kind::stop, "stop", true, true},
    Word{Kind::start, "start", true, false},
    Word{Kind::drain, "drain", true, true},
    Word{Kind::undrain, "undrain", true, false},
    Word{Kind::cut, "partition", false, true},
    Word{Kind::heal, "heal", false, false},
    Word{Kind::broker_down, "broker_down", false, true},
    Word{Kind::broker_up, "broker_up", false, false},
    Word{Kind::registry_down, "registry_down", false, true},
    Word{Kind::registry_up, "registry_up", false, false},
};

std::string said(int file) {
  std::array<char, kShown> buffer;
  const ssize_t got = ::pread(file, buffer.data(), buffer.size(), 0);
  std::string text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  std::ranges::replace(text, '\n', ' ');
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string ended_by(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace

std::string ServerFault::name() const {
  return node == kNoNode ? what : fmt::format("{} n{}", what, index(node) + 1);
}

std::vector<ServerFault> server_faults(const Plan& plan) {
  std::vector<ServerFault> faults;
  for (const Stimulus& stimulus : plan.stimuli()) {
    const auto word = std::ranges::find(kWords, stimulus.kind, &Word::kind);
    if (word == kWords.end()) continue;
    const NodeId node = word->of_node ? NodeId{static_cast<std::uint16_t>(stimulus.item)} : kNoNode;
    faults.push_back({word->what, node, stimulus.at, word->begins, stimulus.trigger});
  }
  for (std::uint16_t n = 0; n < plan.scenario().cluster.nodes.count; ++n) {
    for (const Pause& pause : plan.pauses(NodeId{n})) {
      faults.push_back({"pause", NodeId{n}, pause.range.begin, true, pause.trigger});
      faults.push_back({"resume", NodeId{n}, pause.range.end, false, pause.trigger});
    }
  }
  std::ranges::stable_sort(faults, {}, &ServerFault::at);
  return faults;
}

std::vector<std::string> hook_words() {
  std::vector<std::string> words{"pause", "resume"};
  for (const Word& word : kWords) words.emplace_back(word.what);
  return words;
}

bool is_of_a_node(const std::string& word) {
  if (word == "pause" || word == "resume") return true;
  const auto row = std::ranges::find_if(kWords, [&](const Word& one) { return word == one.what; });
  return row != kWords.end() && row->of_node;
}

const std::string* command_for(const Hooks& hooks, const ServerFault& fault) {
  for (const std::string& name : {fault.name(), fault.what}) {
    const auto found = hooks.commands.find(name);
    if (found != hooks.commands.end()) return &found->second;
  }
  return nullptr;
}

std::string why_no_command(const Hooks& hooks) {
  return hooks.file.empty() ? "no --hooks FILE" : hooks.file + " has no command for it";
}

HookRunner::~HookRunner() { finish(); }

void HookRunner::call(const ServerFault& fault) {
  const std::string* const command = command_for(hooks_, fault);
  if (command == nullptr) return;
  called_.push_back(fault);
  const int output = ::memfd_create("hook", MFD_CLOEXEC);
  if (output < 0) {
    log_.push_back(
        fmt::format("hook `{}` was not started: {}", fault.name(), std::strerror(errno)));
    return;
  }
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, output, 1);
  ::posix_spawn_file_actions_adddup2(&files, output, 2);
  posix_spawnattr_t how;
  ::posix_spawnattr_init(&how);
  sigset_t none;
  sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&how, &none);
  ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  const std::string node =
      "SQUALL_NODE=" + (fault.node == kNoNode ? "" : fmt::format("n{}", index(fault.node) + 1));
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("SQUALL_NODE=")) environment.push_back(*entry);
  }
  environment.push_back(const_cast<char*>(node.c_str()));
  environment.push_back(nullptr);
  std::array<char*, 4> arguments{const_cast<char*>("sh"), const_cast<char*>("-c"),
                                 const_cast<char*>(command->c_str()), nullptr};
  pid_t pid = 0;
  const int failed =
      ::posix_spawn(&pid, "/bin/sh", &files, &how, arguments.data(), environment.data());
  ::posix_spawnattr_destroy(&how);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed == 0) {
    running_.push_back({fault.name(), pid, output, clock_.now()});
    return;
  }
  ::close(output);
  log_.push_back(
      fmt::format("hook `{}` could not be started: {}", fault.name(), std::strerror(failed)));
}

bool HookRunner::over(Running& running) {
  int status = 0;
  const Duration lasted = clock_.now() - running.since;
  if (::waitpid(running.pid, &status, WNOHANG) == 0) {
    if (lasted < hooks_.limit || running.cut) return false;
    running.cut = true;
    ::kill(running.pid, SIGKILL);  // the shell that we started, and nothing else
    return false;
  }
  const std::string words = said(running.output);
  log_.push_back(fmt::format("hook `{}` at {}: {} after {}{}", running.name, seconds(running.since),
                             running.cut ? "cut off at its limit" : ended_by(status),
                             seconds(lasted), words.empty() ? "" : "; it said: " + words));
  ::close(running.output);
  return true;
}

void HookRunner::watch() {
  std::erase_if(running_, [this](Running& running) { return over(running); });
}

void HookRunner::finish() {
  for (watch(); !running_.empty(); watch()) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

}  // namespace squall::live
