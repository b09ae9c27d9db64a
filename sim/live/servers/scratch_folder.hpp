// A private temporary folder under $TMPDIR (else /tmp), removed with everything in it at the end.
//
// Only its owner may look into it. When the process is killed, no destructor runs: whoever starts
// a program inside hands the path to ChildCommand::remove_when_orphaned (child_process.hpp).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace squall::live {

class ScratchFolder {
 public:
  // `purpose` becomes part of the name: squall-PURPOSE- and six letters. Null on failure, and then
  // `error` says why.
  static std::unique_ptr<ScratchFolder> make(std::string_view purpose, std::string& error);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Replaces a file in the folder, never half of it. Returns a sentence on failure, else nothing.
  std::string write(std::string_view name, std::string_view bytes) const;

  // All of a file in the folder; empty when it is not there.
  std::string read(std::string_view name) const;

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

// Where a program that runs in its folder says what it says.
inline constexpr std::string_view kOutputFile = "output.log";

// The last `count` lines of a text that are not empty, joined by " | ": what a program said last.
std::string last_lines(std::string_view text, int count);

}  // namespace squall::live
