// Runs a program and tells what it said and how it ended; and a folder that goes away again.
//
// For tests of the real binary. Waits without a time limit: the test runner has one.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "strategies/core/check.hpp"

namespace squall::testing {

struct ProcessResult {
  int exit_code = -1;  // 128 + signal when it was killed by one
  std::string out;
  std::string err;
};

struct ProcessCommand {
  std::vector<std::string> words;        // the program first
  std::string folder = ".";              // where it runs
  std::vector<std::string> environment;  // "NAME=VALUE", added to the own one
  // Called with the process id whenever a piece of standard error has arrived.
  std::function<void(pid_t, const std::string& err_so_far)> on_err;
};

namespace detail {

[[noreturn]] inline void become(const ProcessCommand& command, int out, int err) {
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  if (::chdir(command.folder.c_str()) != 0) ::_exit(126);
  for (const std::string& entry : command.environment) {
    const std::size_t equals = entry.find('=');
    ::setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  ::_exit(127);
}

// True while the stream is open.
inline bool read_some(int descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  if (size < 0) return errno == EINTR;
  text.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0;
}

}  // namespace detail

inline ProcessResult run_process(const ProcessCommand& command) {
  std::array<int, 2> out{}, err{};
  SQUALL_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(err.data(), O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  SQUALL_CHECK(child >= 0);
  if (child == 0) detail::become(command, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);

  ProcessResult result;
  std::array<pollfd, 2> streams{{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    if (::poll(streams.data(), streams.size(), -1) < 0) continue;
    if (streams[0].revents != 0 && !detail::read_some(out[0], result.out)) streams[0].fd = -1;
    if (streams[1].revents != 0) {
      if (!detail::read_some(err[0], result.err)) streams[1].fd = -1;
      if (command.on_err) command.on_err(child, result.err);
    }
  }
  ::close(out[0]);
  ::close(err[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

// A fresh folder, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    // mkdtemp() fills in the six letters.
    std::string pattern =
        (std::filesystem::temp_directory_path() / ("squall-" + std::string(6, 'X'))).string();
    SQUALL_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  std::string read(const std::filesystem::path& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace squall::testing
