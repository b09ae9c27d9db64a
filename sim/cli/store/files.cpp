// Reading and atomically replacing whole files.
// Nothing here knows what is in a file; run folders are run_folder.hpp.
#include "sim/cli/store/files.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace squall {
namespace {

std::string complaint(std::string_view verb, const std::filesystem::path& path, int code) {
  std::string text = "cannot ";
  text.append(verb).append(" ").append(path.string()).append(": ");
  return text.append(code == 0 ? "unknown error" : std::strerror(code));
}

}  // namespace

std::optional<std::string> read_head(const std::filesystem::path& path, std::size_t most,
                                     std::string& error) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    error = complaint("read", path, EISDIR);
    return std::nullopt;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    error = complaint("read", path, errno);
    return std::nullopt;
  }
  // In growing steps: a device has no size that could be asked for.
  std::string bytes;
  for (std::size_t step = 64 << 10; file && bytes.size() < most; step *= 2) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min(most, before + step));
    file.read(bytes.data() + before, static_cast<std::streamsize>(bytes.size() - before));
    bytes.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) {
    error = complaint("read", path, errno);
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> read_whole_file(const std::filesystem::path& path, std::string& error) {
  std::optional<std::string> bytes = read_head(path, kLargestFile + 1, error);
  if (!bytes || bytes->size() <= kLargestFile) return bytes;
  error = complaint("read", path, EFBIG);
  return std::nullopt;
}

std::string write_whole_file(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path temporary = path.string() + ".partial-" + std::to_string(::getpid());
  errno = 0;
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
      const int code = errno;
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
      return complaint("write", path, code);
    }
  }
  std::error_code code;
  std::filesystem::rename(temporary, path, code);
  if (!code) return {};
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return complaint("write", path, code.value());
}

}  // namespace squall
