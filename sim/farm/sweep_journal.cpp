// open, flock, read, truncate, write, fdatasync: nothing between a line and the kernel.
// A killed process loses no line that was written; a dying machine at most those of a second.
#include "sim/farm/sweep_journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "strategies/placement/crc32.hpp"

namespace squall {
namespace {

constexpr std::chrono::seconds kSyncEvery{1};

std::string complaint(const std::string& verb, const std::filesystem::path& path) {
  return fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(errno));
}

bool write_all(int descriptor, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

bool read_all(int descriptor, std::string& bytes) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// A line in the file begins with its checksum, so that a digit changed by hand or by a disk shows.
std::string sealed(const std::string& line) {
  char checksum[10];
  std::snprintf(checksum, sizeof checksum, "%08x ", crc32(line));
  return checksum + line;
}

// The lines behind the header without their checksums; a sentence when one is not as written.
std::string unseal(const std::filesystem::path& path, std::vector<std::string>& lines) {
  constexpr std::size_t kSeal = 9;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i].size() < kSeal ? "" : lines[i].substr(kSeal);
    if (sealed(line) != lines[i]) {
      return fmt::format(
          "{}:{}: this line was changed after it was written; without it its cell is played again",
          path.string(), i + 2);
    }
    lines[i] = std::move(line);
  }
  return {};
}

}  // namespace

SweepJournal::Opened SweepJournal::open(const std::filesystem::path& path,
                                        const std::string& header) {
  Opened opened;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    opened.error = complaint("open", path);
    return opened;
  }
  std::unique_ptr<SweepJournal> journal(new SweepJournal(path, descriptor));
  struct stat what {};
  if (::fstat(descriptor, &what) != 0 || !S_ISREG(what.st_mode)) {
    opened.error = path.string() + " is not a file";
    return opened;
  }
  // A file system without locks (ENOLCK, EOPNOTSUPP) is no reason not to work on it.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    opened.error = path.string() + " is in use: another squall is at work";
    return opened;
  }
  opened.error = journal->read_lines(opened.lines, opened.torn);
  if (!opened.error.empty()) return opened;
  if (opened.lines.empty()) {
    opened.error = journal->write_line(header);
  } else if (opened.lines.front() != header) {
    opened.error = path.string() + " was begun by another version of squall or for another sweep";
  } else {
    opened.lines.erase(opened.lines.begin());
    opened.error = unseal(path, opened.lines);
  }
  if (opened.error.empty()) opened.journal = std::move(journal);
  return opened;
}

std::string SweepJournal::read_lines(std::vector<std::string>& lines, bool& torn) {
  std::string bytes;
  if (!read_all(descriptor_, bytes)) return complaint("read", path_);
  std::size_t start = 0;
  for (std::size_t end = 0; (end = bytes.find('\n', start)) != bytes.npos; start = end + 1) {
    lines.push_back(bytes.substr(start, end - start));
  }
  size_ = static_cast<std::int64_t>(start);
  torn = start < bytes.size();
  if (torn && ::ftruncate(descriptor_, size_) != 0) return complaint("repair", path_);
  return {};
}

SweepJournal::~SweepJournal() {
  ::fdatasync(descriptor_);
  ::close(descriptor_);
}

std::string SweepJournal::append(const std::string& line) { return write_line(sealed(line)); }

std::string SweepJournal::write_line(const std::string& line) {
  if (!write_all(descriptor_, line + "\n")) {
    std::string error = complaint("write", path_);
    if (::ftruncate(descriptor_, size_) != 0) error += "; and " + complaint("repair", path_);
    return error;
  }
  size_ += static_cast<std::int64_t>(line.size() + 1);
  const auto now = Clock::now();
  if (now - synced_ < kSyncEvery) return {};
  synced_ = now;
  return ::fdatasync(descriptor_) == 0 ? "" : complaint("write", path_);
}

}  // namespace squall
