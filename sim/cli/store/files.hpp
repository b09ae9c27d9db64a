// Small helpers for whole files. Errors are values: a sentence that names the file.
// Never a half-written file: writing goes to a temporary sibling that is renamed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace squall {

// The first bytes of a file or device, `most` of them; empty when it cannot be read, and then
// `error` says why.
std::optional<std::string> read_head(const std::filesystem::path& path, std::size_t most,
                                     std::string& error);

// "cannot write PATH: No space left on device". `code`: as errno says it.
std::string file_complaint(std::string_view verb, const std::filesystem::path& path, int code);

inline constexpr std::size_t kLargestFile = std::size_t{512} << 20;

// The exact bytes of a file; empty when it cannot be read or is larger than kLargestFile, and then
// `error` says why.
std::optional<std::string> read_whole_file(const std::filesystem::path& path, std::string& error);

// A sentence when `path` can surely not be written: asked before work that would be lost.
std::string check_writable(const std::filesystem::path& path);

// Replaces `path` with these bytes; a pipe or a device is written to. Returns a sentence on
// failure, else an empty string.
std::string write_whole_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace squall
