// Which folder may include what, and which words may stand nowhere: tables and their loops.
//
// The include table is the one of ARCHITECTURE.md; change both or neither. A word of a table that
// must not be found in this file is written in two halves.
#include "tests/tools/tidy_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/code_text.hpp"

namespace squall {
namespace {

using Words = std::vector<std::string_view>;

bool starts_with_any(std::string_view text, const Words& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

// First row whose folder is a prefix of the file's path counts, so special cases stand above.
struct IncludeRow {
  std::string_view folder;
  Words allowed;  // prefixes of include names; the standard library is always allowed
};

const std::vector<IncludeRow>& include_table() {
  static const std::vector<IncludeRow> table{
      {"strategies/core/", {"strategies/core/"}},
      {"strategies/placement/", {"strategies/core/", "strategies/placement/"}},
      {"strategies/backplane/", {"strategies/core/", "strategies/backplane/"}},
      {"strategies/connection/", {"strategies/core/", "strategies/connection/"}},
      {"strategies/", {"strategies/"}},
      {"scenarios/model/load", {"strategies/core/", "scenarios/model/", "nlohmann/"}},
      {"scenarios/model/schema", {"strategies/core/", "scenarios/model/", "nlohmann/"}},
      {"scenarios/model/json", {"strategies/core/", "scenarios/model/", "nlohmann/"}},
      {"scenarios/model/", {"strategies/core/", "scenarios/model/"}},
      {"scenarios/predict/",
       {"strategies/core/", "scenarios/model/", "scenarios/predict/", "sim/record/"}},
      {"sim/machine/", {"sim/machine/", "boost/unordered/"}},
      {"sim/record/", {"strategies/core/", "sim/machine/", "sim/record/"}},
      {"sim/books/", {"strategies/", "scenarios/model/", "sim/record/", "sim/books/"}},
      {"sim/kernel/",
       {"strategies/", "scenarios/model/", "sim/machine/", "sim/record/", "sim/books/",
        "sim/kernel/"}},
      {"sim/live/dialects/", {"strategies/core/types.hpp", "sim/live/dialects/", "nlohmann/"}},
      {"sim/live/",
       {"strategies/", "scenarios/model/", "sim/record/", "sim/books/", "sim/live/", "boost/",
        "nats/", "amqp", "librdkafka/", "openssl/"}},
      {"sim/farm/",
       {"strategies/", "scenarios/model/", "sim/machine/", "sim/record/", "sim/kernel/",
        "sim/farm/"}},
      {"sim/mpi/", {"sim/cli/", "sim/farm/", "sim/mpi/"}},
      {"report/",
       {"strategies/core/", "scenarios/model/", "scenarios/predict/", "sim/record/", "report/",
        "squall_version.hpp", "nlohmann/", "boost/math/", "openssl/"}},
      {"sim/cli/watch/watch_server",
       {"strategies/core/", "sim/cli/watch/", "sim/live/net/", "boost/"}},
      {"sim/cli/",
       {"strategies/", "scenarios/", "sim/", "report/", "squall_version.hpp", "nlohmann/", "CLI/"}},
  };
  return table;
}

// <vector> is the standard library; <unistd.h> and <sys/stat.h> are the operating system.
bool is_standard(std::string_view name) { return name.find_first_of("./") == name.npos; }
bool is_system(std::string_view name) {
  return name.ends_with(".h") && !starts_with_any(name, {"openssl/", "gtest/", "gmock/"});
}

// The name inside #include <...> or "..."; empty when the line includes nothing.
std::string_view included_by(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(' ');
  if (hash == line.npos || !line.substr(hash).starts_with("#include")) return {};
  const std::size_t open = line.find_first_of("<\"", hash);
  const std::size_t close = line.find_first_of(">\"", open + 1);
  if (open == line.npos || close == line.npos) return {};
  return line.substr(open + 1, close - open - 1);
}

std::string include_complaint(const std::string& path, std::string_view name, bool quoted) {
  const std::string shown(name);
  if (name.starts_with("fmt/")) {
    return name == "fmt/core.h" ? "" : "of libfmt only fmt/core.h, for its cost: " + shown;
  }
  if (path.starts_with("bench/") || path.starts_with("tests/")) {
    const bool crosses = path.starts_with("tests/") && name.starts_with("bench/");
    return crosses ? "nothing includes bench/: " + shown : "";
  }
  if (is_standard(name) && !quoted) return "";
  if (quoted && name.find('/') == name.npos && name != "squall_version.hpp") {
    return "write includes from the root: " + shown;
  }
  if (!quoted && is_system(name)) {
    return starts_with_any(path, {"sim/cli/", "sim/farm/", "sim/live/", "sim/machine/", "sim/mpi/"})
               ? ""
               : "the operating system is not known here: " + shown;
  }
  for (const IncludeRow& row : include_table()) {
    if (!path.starts_with(row.folder)) continue;
    if (starts_with_any(name, row.allowed)) return "";
    return std::string(row.folder) + " may not include " + shown;
  }
  return "";
}

// --- Banned words ------------------------------------------------------------------------------

struct BannedRow {
  std::vector<std::string_view> folders;  // prefixes of paths
  std::vector<std::string_view> words;
  std::string_view reason;
};

const std::vector<BannedRow>& banned_table() {
  static const Words pure{"strategies/", "scenarios/model/", "sim/kernel/", "sim/record/",
                          "sim/books/"};
  static const Words exact{"strategies/", "sim/kernel/", "scenarios/model/distribution",
                           "scenarios/model/plan"};
  static const Words everywhere{"strategies/", "scenarios/", "sim/", "report/"};
  static const std::vector<BannedRow> table{
      {pure,
       {"<random>", "std::shuffle", "std::sample", "std::random_device", "std::mt19937",
        "std::mt19937_64", "rand(", "srand(", "std::rand"},
       "std:: randomness differs between standard libraries: use strategies/core/rng.hpp"},
      {pure,
       {"<unordered_map>", "<unordered_set>", "std::unordered_map", "std::unordered_set",
        "std::unordered_multimap", "std::unordered_multiset"},
       "the order of a hash table is not ours: use a sorted container or a vector"},
      {pure,
       {"system_clock", "steady_clock", "high_resolution_clock", "utc_clock", "gettimeofday(",
        "clock_gettime(", "std::time(", "<ctime>"},
       "time is told, never asked"},
      {pure,
       {"<thread>", "<mutex>", "<future>", "<condition_variable>", "std::thread", "std::jthread",
        "std::async", "std::mutex"},
       "threads are for the farm, and for the crew of a run (sim/machine/crew.hpp)"},
      {exact,
       {"<cmath>",  "<math.h>",  "std::log",    "std::log2",  "std::log10", "std::log1p",
        "std::exp", "std::exp2", "std::expm1",  "std::pow",   "std::sin",   "std::cos",
        "std::tan", "std::sinh", "std::cosh",   "std::tanh",  "std::cbrt",  "std::hypot",
        "std::erf", "std::erfc", "std::lgamma", "std::tgamma"},
       "libm differs between machines: use strategies/core/exact_math.hpp"},
      {everywhere,
       {"if (simulated)", "if (!simulated)", "if (is_simulated", "if (live_engine"},
       "no engine is known by name: both play the same actions"},
  };
  return table;
}

// std:: followed by a name that ends in _distribution.
bool has_std_distribution(std::string_view line) {
  for (std::size_t at = line.find("std::"); at != line.npos; at = line.find("std::", at + 1)) {
    std::size_t end = at + 5;
    while (end < line.size() &&
           (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_')) {
      ++end;
    }
    if (line.substr(at, end - at).ends_with("_distribution")) return true;
  }
  return false;
}

void find_banned(const std::string& path, std::string_view line, int number,
                 std::vector<TidyFinding>& found) {
  for (const BannedRow& row : banned_table()) {
    if (!starts_with_any(path, row.folders)) continue;
    for (const std::string_view word : row.words) {
      if (!has_word(line, word)) continue;
      found.push_back(
          {"banned_words", path, number, std::string(word) + ": " + std::string(row.reason)});
    }
  }
  if (starts_with_any(path, banned_table().front().folders) && has_std_distribution(line)) {
    found.push_back({"banned_words", path, number,
                     "a std:: distribution: use scenarios/model/distribution.hpp"});
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Words that this file must not have itself: there they are written with a bar inside.
std::vector<std::string> without_bars(std::string words) {
  std::erase(words, '|');
  std::istringstream in(words);
  return {std::istream_iterator<std::string>(in), {}};
}

// The lines of `text` in which `has` finds one of the words; findings are like `like`.
std::vector<TidyFinding> lines_with(std::span<const std::string> words, std::string_view text,
                                    const TidyFinding& like,
                                    bool (*has)(std::string_view line, std::string_view word)) {
  std::vector<TidyFinding> all;
  int number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (const std::string& word : words) {
      if (has(line, word)) all.push_back({like.rule, like.path, number, like.message + word});
    }
  }
  return all;
}

}  // namespace

std::vector<TidyFinding> include_direction(const SourceFile& file, const TreeContext&) {
  std::vector<TidyFinding> found;
  if (!is_code(file)) return found;
  const std::string code = code_only(file.text);
  const std::vector<std::string_view> written = lines_of(file.text), seen = lines_of(code);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].find("#include") == std::string_view::npos) continue;
    const std::string_view name = included_by(written[i]);
    if (name.empty()) continue;
    const bool quoted = written[i].find('"') != std::string_view::npos;
    const std::string complaint = include_complaint(file.path, name, quoted);
    if (complaint.empty()) continue;
    found.push_back({"include_direction", file.path, static_cast<int>(i) + 1, complaint});
  }
  return found;
}

std::vector<TidyFinding> banned_words(const SourceFile& file, const TreeContext&) {
  std::vector<TidyFinding> found;
  if (!is_code(file)) return found;
  const std::string code = code_only(file.text);
  int number = 0;
  for (const std::string_view line : lines_of(code)) find_banned(file.path, line, ++number, found);
  return found;
}

// A bare std::to_string may be a whole text. What stands before it or behind it decides. Not in
// sim/live, which puts frames of wire protocols together, one a message.
std::vector<TidyFinding> glued_numbers(const SourceFile& file, const TreeContext&) {
  std::vector<TidyFinding> found;
  if (!is_code(file) || starts_with_any(file.path, {"tests/", "sim/live/"})) return found;
  const std::string code = " " + code_only(file.text) + " ";
  constexpr std::string_view kCall = "std::to_string(";
  for (std::size_t at = code.find(kCall); at != code.npos; at = code.find(kCall, at + 1)) {
    std::size_t end = at + kCall.size();
    for (int open = 1; open > 0 && end < code.size(); ++end) {
      open += code[end] == '(' ? 1 : code[end] == ')' ? -1 : 0;
    }
    const std::size_t before = code.find_last_not_of(" \n", at - 1);
    const std::size_t behind = code.find_first_not_of(" \n", end);
    const bool glued = (before != code.npos && code[before] == '+') ||
                       (behind != code.npos && code[behind] == '+');
    if (!glued) continue;
    const auto line = 1 + std::count(code.begin(), code.begin() + static_cast<long>(at), '\n');
    found.push_back({"glued_numbers", file.path, static_cast<int>(line),
                     "a number glued to a text: fmt::format of <fmt/core.h>"});
  }
  return found;
}

std::vector<TidyFinding> unfinished(const SourceFile& file, const TreeContext&) {
  static const std::vector<std::string> kWords =
      without_bars("to|do fix|me x|xx ha|ck place|holder st|ub");
  return lines_with(kWords, lower(file.text), {"unfinished", file.path, 0, ""}, has_word);
}

std::vector<TidyFinding> private_paths(const SourceFile& file, const TreeContext&) {
  static const std::vector<std::string> kWords =
      without_bars("/wo|rk/ /ho|me/ /ro|ot/ /Us|ers/ /tmp/bui|ld");
  return lines_with(kWords, file.text, {"private_paths", file.path, 0, "names "},
                    [](std::string_view line, std::string_view word) {
                      return line.find(word) != std::string_view::npos;
                    });
}

}  // namespace squall
