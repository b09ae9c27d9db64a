// Reading and atomically replacing whole files.
// Nothing here knows what is in a file; run folders are run_folder.hpp.
#include "sim/cli/store/files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

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

struct Descriptor {
  explicit Descriptor(int of) : number(of) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int number;
};

constexpr int kNobodyWrites = -1;
constexpr int kPatience = 1000;  // ms, for somebody to open the other end of a pipe

// In growing steps, as a device has no size that could be asked for. 0, or what went wrong. Whoever
// writes to a pipe may take his time; a pipe that has no other end is no file to wait for.
int read_up_to(int descriptor, bool may_wait, std::size_t most, std::string& bytes) {
  const auto waited = [&](int patience) {
    pollfd until{descriptor, POLLIN, 0};
    return ::poll(&until, 1, patience) != 0;
  };
  for (std::size_t step = 64 << 10; bytes.size() < most;) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min(most, before + step));
    const ssize_t got = ::read(descriptor, bytes.data() + before, bytes.size() - before);
    const int code = got < 0 ? errno : 0;
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got > 0) {
      if (bytes.size() == before + step) step *= 2;
    } else if (code == EAGAIN) {
      waited(-1);
    } else if (got == 0 && std::exchange(may_wait, false)) {
      if (bytes.empty() && !waited(kPatience)) return kNobodyWrites;
    } else if (code != EINTR) {
      return code;
    }
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
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  // The pipe of a shell has a writer, or had one.
  const bool named =
      std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::fifo;
  std::string bytes;
  const int code = file.number < 0 ? errno : read_up_to(file.number, named, most, bytes);
  if (code == 0) return bytes;
  error = code == kNobodyWrites ? "cannot read " + path.string() + ": nobody writes to this pipe"
                                : file_complaint("read", path, code);
  return std::nullopt;
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
