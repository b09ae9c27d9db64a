// Reads the lists line by line and word by word; a bad word does not hide the next one.
// See hash_files.hpp. Codes: H01xx servers, H02xx keys, H05xx warnings.
#include "sim/cli/hash/hash_files.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/model/suggest.hpp"

namespace squall {
namespace {

// 160 points per weight: above this the ring would not fit into ordinary memory.
constexpr std::uint32_t kMaxWeight = 10'000;
constexpr std::uint64_t kMaxTotalWeight = 100'000;
constexpr std::size_t kMaxServers = 10'000;
constexpr std::string_view kBlanks = " \t\r";

struct Word {
  std::string_view text;
  int line = 0;    // from 1
  int column = 0;  // from 1
};

Problem problem(const Word& word, const std::string& path, const char* code, std::string message,
                std::string fix, Severity severity = Severity::error) {
  return {.code = code,
          .severity = severity,
          .path = path,
          .line = word.line,
          .column = word.column,
          .end_column = word.column + static_cast<int>(word.text.size()),
          .pointer = {},
          .message = std::move(message),
          .suggestion = std::move(fix)};
}

// A problem of the whole file.
Problem problem(const std::string& path, const char* code, std::string message, std::string fix) {
  return problem(Word{}, path, code, std::move(message), std::move(fix));
}

Word trimmed(std::string_view line, int number) {
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == line.npos) return {{}, number, 1};
  const std::size_t end = line.find_last_not_of(kBlanks) + 1;
  return {line.substr(begin, end - begin), number, static_cast<int>(begin) + 1};
}

// Calls `use` with each line that is not empty, without blanks around it.
template <typename Use>
void for_each_line(std::string_view text, Use use) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const Word line = trimmed(text.substr(0, end), number);
    if (!line.text.empty()) use(line);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
}

// The words of a server line, without its comment and the `server` and `;` of nginx.
std::vector<Word> words_of(Word line) {
  line.text = line.text.substr(0, line.text.find('#'));
  std::vector<Word> words;
  for (std::size_t at = 0; at < line.text.size();) {
    const std::size_t begin = line.text.find_first_not_of(" \t\r;", at);
    if (begin == line.text.npos) break;
    const std::size_t end = std::min(line.text.find_first_of(" \t\r;", begin), line.text.size());
    const int column = line.column + static_cast<int>(begin);
    words.push_back({line.text.substr(begin, end - begin), line.line, column});
    at = end;
  }
  if (words.size() > 1 && words.front().text == "server") words.erase(words.begin());
  return words;
}

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Words of nginx that do not change where the keys of healthy servers land.
constexpr std::array<std::string_view, 4> kWithoutEffect{"max_fails", "fail_timeout", "max_conns",
                                                         "slow_start"};

void read_parameter(const Word& word, const std::string& path, HashServer& server,
                    std::vector<Problem>& problems) {
  const std::size_t equals = word.text.find('=');
  const std::string_view name = word.text.substr(0, equals);
  if (word.text == "down") {
    server.down = true;
  } else if (name == "weight") {
    const auto weight = whole_number(equals == name.npos ? "" : word.text.substr(equals + 1));
    if (weight && *weight >= 1 && *weight <= kMaxWeight) {
      server.backend.weight = *weight;
      return;
    }
    problems.push_back(problem(
        word, path, "H0102", fmt::format("weight must be a whole number from 1 to {}", kMaxWeight),
        "write it as weight=2"));
  } else if (word.text == "backup") {
    problems.push_back(problem(word, path, "H0103", "nginx has no backup servers with `hash`",
                               "remove the word, or the line"));
  } else if (std::ranges::find(kWithoutEffect, name) == kWithoutEffect.end()) {
    std::vector<std::string> known{"weight", "down"};
    known.insert(known.end(), kWithoutEffect.begin(), kWithoutEffect.end());
    const std::string near = language::did_you_mean(name, known);
    problems.push_back(problem(word, path, "H0104",
                               language::in_quotes(name) + " is no parameter of a server",
                               near.empty() ? "known: " + language::joined(known) : near));
  }
}

bool is_name(std::string_view address) {
  if (address.starts_with("[") || address.starts_with("unix:")) return false;
  const std::string_view host = address.substr(0, address.rfind(':'));
  return host.find_first_not_of("0123456789.") != host.npos;
}

// What only shows when all lines have been read.
void check_together(const std::string& path, HashServers& read) {
  std::uint64_t total = 0;
  for (const HashServer& server : read.servers) total += server.backend.weight;
  if (total > kMaxTotalWeight) {
    read.problems.push_back(
        problem(path, "H0106",
                fmt::format("the weights add up to {}, more than {}", total, kMaxTotalWeight),
                "divide all of them by the same number"));
  }
  if (read.servers.size() > kMaxServers) {
    read.problems.push_back(
        problem(path, "H0107", fmt::format("more than {} servers", kMaxServers), "leave some out"));
  }
  if (read.servers.empty() && read.problems.empty()) {
    read.problems.push_back(problem(path, "H0108", "there is no server in it",
                                    "one per line, as in: 10.0.0.1:8080 weight=2"));
  }
}

}  // namespace

HashServers parse_hash_servers(std::string_view text, const std::string& path) {
  HashServers read;
  bool warned = false;
  for_each_line(text, [&](const Word& line) {
    const std::vector<Word> words = words_of(line);
    if (words.empty()) return;
    const Word& address = words.front();
    HashServer server{{std::string(address.text), 1}, false};
    if (address.text.find('=') != address.text.npos || address.text == "server") {
      read.problems.push_back(problem(address, path, "H0101",
                                      "the address of the server is missing",
                                      "begin the line with it, as in: 10.0.0.1:8080 weight=2"));
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
      read_parameter(words[i], path, server, read.problems);
    }
    const bool twice = std::ranges::any_of(read.servers, [&](const HashServer& other) {
      return other.backend.address == server.backend.address;
    });
    if (twice) {
      read.problems.push_back(problem(address, path, "H0105", "this server is listed twice",
                                      "remove one line; more load is weight=2"));
      return;
    }
    if (!warned && is_name(address.text)) {
      warned = true;
      read.problems.push_back(
          problem(address, path, "H0501",
                  "a name: nginx hashes the name and takes the addresses behind it in turn, so a "
                  "key is tied to the name and not to one of its addresses",
                  "list addresses", Severity::warning));
    }
    read.servers.push_back(std::move(server));
  });
  check_together(path, read);
  return read;
}

HashKeys parse_hash_keys(std::string_view text, const std::string& path) {
  HashKeys read;
  bool warned = false;
  for_each_line(text, [&](const Word& line) {
    const auto odd = std::ranges::find_if(line.text, [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte <= 0x20 || byte >= 0x7F;
    });
    if (odd != line.text.end() && !warned) {
      warned = true;
      read.problems.push_back(
          problem(line, path, "H0502",
                  "this key arrives percent-encoded, and nginx hashes $arg_NAME as it arrives",
                  "write keys as they stand in the address line, as in a%20b", Severity::warning));
    }
    read.keys.emplace_back(line.text);
  });
  if (read.keys.empty()) {
    read.problems.push_back(problem(path, "H0201", "there is no key in it", "one per line"));
  }
  return read;
}

}  // namespace squall
