// What is left of the programs a test started: processes that carry a mark in their environment.
//
// A mark is inherited by everything a marked process starts, daemons included.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace squall::testing {

// Marks all that this process starts from now on, and gives it a folder for temporary files.
class ProcessMarks {
 public:
  ProcessMarks() : mark_("SQUALL_TEST_MARK=" + folder_.path().string()) {
    ::setenv("SQUALL_TEST_MARK", folder_.path().c_str(), 1);
    ::setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  ~ProcessMarks() {
    ::unsetenv("SQUALL_TEST_MARK");
    ::unsetenv("TMPDIR");
  }

  // The marked processes that live. A program that shows a title of its own (redis) writes over
  // its environment, so one that runs below our folder counts too.
  std::vector<std::string> pids() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string name = entry.path().filename().string();
      if (std::isdigit(static_cast<unsigned char>(name.front())) == 0) continue;
      if (name == std::to_string(::getpid())) continue;
      std::ifstream file(entry.path() / "environ", std::ios::binary);
      const std::string environment{std::istreambuf_iterator<char>(file), {}};
      std::error_code gone;
      const std::string place = std::filesystem::read_symlink(entry.path() / "cwd", gone).string();
      const bool marked = environment.find(mark_) != environment.npos;
      if (marked || place.starts_with(folder_.path().string())) found.push_back(name);
    }
    return found;
  }
  std::size_t processes() const { return pids().size(); }

  // How many files and folders were left behind among the temporary ones.
  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  }

  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  std::string mark_;
};

}  // namespace squall::testing
