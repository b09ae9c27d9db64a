// Reading and atomically replacing whole files.
// Nothing here knows what is in a file; run folders are run_folder.hpp.
#include "sim/cli/store/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>

namespace squall {
namespace {

// Beside the file, so that a rename is enough. Nobody can have put a link there beforehand.
std::filesystem::path unguessable_name(const std::filesystem::path& path) {
  std::uint64_t number = 0;
  if (::getentropy(&number, sizeof number) != 0) number = static_cast<std::uint64_t>(::getpid());
  char suffix[32];
  std::snprintf(suffix, sizeof suffix, ".partial-%016llx", static_cast<unsigned long long>(number));
  return path.string() + suffix;
}

// 0, or what went wrong.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return 0;
}

}  // namespace

std::string file_complaint(std::string_view verb, const std::filesystem::path& path, int code) {
  std::string text = "cannot ";
  text.append(verb).append(" ").append(path.string()).append(": ");
  return text.append(code == 0 ? "unknown error" : std::strerror(code));
}

std::optional<std::string> read_head(const std::filesystem::path& path, std::size_t most,
                                     std::string& error) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    error = file_complaint("read", path, EISDIR);
    return std::nullopt;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    error = file_complaint("read", path, errno);
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
    error = file_complaint("read", path, errno);
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> read_whole_file(const std::filesystem::path& path, std::string& error) {
  std::optional<std::string> bytes = read_head(path, kLargestFile + 1, error);
  if (!bytes || bytes->size() <= kLargestFile) return bytes;
  error = file_complaint("read", path, EFBIG);
  return std::nullopt;
}

std::string check_writable(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return file_complaint("write", path, EISDIR);
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::exists(parent, ignored)) {
    return file_complaint("write", path, ENOENT) + ": there is no folder " + parent.string();
  }
  if (!std::filesystem::is_directory(parent, ignored))
    return file_complaint("write", path, ENOTDIR);
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !is_regular_file(status)) {
    return ::access(path.c_str(), W_OK) == 0 ? "" : file_complaint("write", path, errno);
  }
  // Permissions do not tell all, of /proc for one: a file is made there, and goes again.
  const std::filesystem::path tried = unguessable_name(path);
  const int descriptor = ::open(tried.c_str(), O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, 0666);
  if (descriptor < 0) return file_complaint("write", path, errno);
  ::close(descriptor);
  std::filesystem::remove(tried, ignored);
  return {};
}

std::string write_whole_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  const bool replaced = !std::filesystem::exists(status) || is_regular_file(status);
  // A pipe or a device, /dev/stdout for one, is written to and not replaced.
  const std::filesystem::path target = replaced ? unguessable_name(path) : path;
  const int flags = replaced ? O_CREAT | O_EXCL | O_NOFOLLOW : 0;
  const int descriptor = ::open(target.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
  if (descriptor < 0) return file_complaint("write", path, errno);
  int failed = write_all(descriptor, bytes);
  if (::close(descriptor) != 0 && failed == 0) failed = errno;
  if (!replaced) return failed == 0 ? "" : file_complaint("write", path, failed);
  if (failed == 0) {
    std::filesystem::rename(target, path, code);
    if (!code) return {};
    failed = code.value();
  }
  std::filesystem::remove(target, code);
  return file_complaint("write", path, failed);
}

}  // namespace squall
