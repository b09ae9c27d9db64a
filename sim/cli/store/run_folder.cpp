// Writing beside, then renaming: the file system's own guarantee does the work.
// The contents come from run_files.hpp.
#include "sim/cli/store/run_folder.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

constexpr int kMostTwins = 1000;  // runs of one scenario in one second

// Each file that can be written, whole; the first complaint. A full disk may still take small ones.
std::string write_files(const fs::path& folder, const std::vector<RunFile>& files) {
  std::string first_error;
  for (const RunFile& file : files) {
    const fs::path path = folder / file.path;
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    std::string error = code ? file_complaint("create", path.parent_path(), code.value())
                             : write_whole_file(path, file.bytes);
    if (first_error.empty()) first_error = std::move(error);
  }
  return first_error;
}

bool holds_a_file(const fs::path& folder) {
  std::error_code code;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, code)) {
    if (entry.is_regular_file(code)) return true;
  }
  return false;
}

// rename() refuses a target that is a folder with content: a twin of the same second keeps its
// place and this one takes the next number.
fs::path rename_to_free_name(const fs::path& from, const fs::path& wish, std::error_code& code) {
  for (int twin = 1; twin <= kMostTwins; ++twin) {
    const fs::path target = twin == 1 ? wish : fs::path(fmt::format("{}-{}", wish.string(), twin));
    fs::rename(from, target, code);
    if (!code) return target;
    const bool taken = code == std::errc::directory_not_empty || code == std::errc::file_exists;
    if (!taken) return {};
  }
  return {};
}

std::string point_latest_at(const fs::path& root, const fs::path& target) {
  const fs::path temporary = root / fmt::format(".latest-{}", ::getpid());
  std::error_code code;
  fs::remove(temporary, code);
  fs::create_directory_symlink(target, temporary, code);
  if (code) return file_complaint("create", temporary, code.value());
  fs::rename(temporary, root / "latest", code);
  if (!code) return {};
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return file_complaint("replace", root / "latest", code.value());
}

std::vector<std::string> visible_folders(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename().string();
    const bool is_real_folder = entry.is_directory(code) && !entry.is_symlink(code);
    if (is_real_folder && !name.starts_with(".")) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string prepare_results(const fs::path& root) {
  std::error_code code;
  fs::create_directories(root, code);
  if (code) return file_complaint("create", root, code.value());
  if (fs::exists(root / ".gitignore", code)) return {};
  return write_whole_file(root / ".gitignore", "# Written by squall: results are not source.\n*\n");
}

StoredRun store_run(const fs::path& root, const std::string& scenario, const std::string& stamp,
                    const std::vector<RunFile>& files, bool complete) {
  StoredRun stored;
  stored.error = prepare_results(root);
  if (!stored.error.empty()) return stored;
  const fs::path name = as_file_name(scenario);
  const fs::path temporary = root / name / fmt::format(".{}.partial-{}", stamp, ::getpid());
  std::error_code code;
  fs::create_directories(temporary, code);
  if (code) {
    stored.error = file_complaint("create", temporary, code.value());
    return stored;
  }
  stored.error = write_files(temporary, files);
  const bool whole = stored.error.empty();
  fs::path target;
  if (whole || holds_a_file(temporary)) {
    target =
        rename_to_free_name(temporary, root / name / (stamp + (whole ? "" : "-incomplete")), code);
    if (target.empty() && whole)
      stored.error = file_complaint("create", root / name / stamp, code.value());
  }
  if (target.empty()) fs::remove_all(temporary, code);
  if (!whole && !target.empty()) stored.error += "; what could be written is in " + target.string();
  if (!stored.error.empty()) return stored;
  stored.folder = target;
  if (complete) stored.error = point_latest_at(root, name / stored.folder.filename());
  return stored;
}

fs::path find_run(const fs::path& root, const std::string& word) {
  for (const fs::path& candidate : {fs::path(word), root / word}) {
    std::error_code code;
    if (!fs::is_regular_file(candidate / "manifest.json", code)) continue;
    const fs::path real = fs::canonical(candidate, code);
    return code ? candidate : real;
  }
  return {};
}

std::vector<RunEntry> stored_runs(const fs::path& root) {
  std::vector<RunEntry> runs;
  for (const std::string& scenario : visible_folders(root)) {
    for (const std::string& stamp : visible_folders(root / scenario)) {
      runs.push_back({scenario, stamp});
    }
  }
  return runs;
}

std::string as_file_name(const std::string& name) {
  std::string safe;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool usual = letter || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    safe += usual ? c : '-';
  }
  if (safe.empty() || safe[0] == '.') safe.insert(safe.begin(), '-');
  return safe;
}

}  // namespace squall
