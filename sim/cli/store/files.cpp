// Reading and atomically replacing whole files.
// Nothing here knows what is in a file; run folders are run_folder.hpp.
#include "sim/cli/store/files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace squall {
namespace {

std::string complaint(std::string_view verb, const std::filesystem::path& path, int code) {
  std::string text = "cannot ";
  text.append(verb).append(" ").append(path.string()).append(": ");
  return text.append(code == 0 ? "unknown error" : std::strerror(code));
}

}  // namespace

std::optional<std::string> read_whole_file(const std::filesystem::path& path, std::string& error) {
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
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) {
    error = complaint("read", path, errno);
    return std::nullopt;
  }
  return bytes;
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
