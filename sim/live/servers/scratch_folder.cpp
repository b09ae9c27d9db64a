// mkdtemp() makes the folder, so that its name cannot be guessed and its mode is 0700.
// See scratch_folder.hpp.
#include "sim/live/servers/scratch_folder.hpp"

#include <fmt/core.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace squall::live {

std::unique_ptr<ScratchFolder> ScratchFolder::make(std::string_view purpose, std::string& error) {
  std::error_code failure;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(failure);
  if (failure) {
    error = "no folder for temporary files ($TMPDIR): " + failure.message();
    return nullptr;
  }
  std::string pattern =
      (parent / fmt::format("squall-{}-{:X<6}", purpose, "")).string();  // mkdtemp() fills it in
  if (::mkdtemp(pattern.data()) == nullptr) {
    error = fmt::format("cannot make a folder in {}: {}", parent.string(), std::strerror(errno));
    return nullptr;
  }
  return std::unique_ptr<ScratchFolder>(new ScratchFolder(pattern));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::write(std::string_view name, std::string_view bytes) const {
  const std::filesystem::path target = path_ / name;
  const std::filesystem::path fresh = target.string() + ".new";
  std::ofstream file(fresh, std::ios::binary);
  file << bytes;
  file.close();
  std::error_code failure;
  if (file) std::filesystem::rename(fresh, target, failure);
  if (!file || failure) return "cannot write " + target.string();
  return {};
}

std::string ScratchFolder::read(std::string_view name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string last_lines(std::string_view text, int count) {
  std::string joined;
  while (count > 0 && !text.empty()) {
    const std::size_t end = text.rfind('\n');
    const std::string_view line = end == text.npos ? text : text.substr(end + 1);
    text = end == text.npos ? std::string_view{} : text.substr(0, end);
    if (line.find_first_not_of(" \r\t") == line.npos) continue;
    joined = std::string(line) + (joined.empty() ? "" : " | ") + joined;
    --count;
  }
  return joined;
}

}  // namespace squall::live
