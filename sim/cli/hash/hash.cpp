// squall hash: which key lands on which server, how evenly, and what moves when servers change.
//
// Reads two lists (hash_files.hpp), asks the placement policy (hash_moves.hpp), prints
// (hash_output.hpp). Plays nothing.
#include <fmt/core.h>
#include <algorithm>
#include <iostream>
#include <iterator>

#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/hash/hash_output.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

constexpr const char* kNothingHashed = "bad command line or list; nothing was hashed";

std::string policy_complaint(const std::string& name) {
  std::vector<std::string> known{"nginx"};
  for (const PlacementRow& row : placements()) {
    if (row.keyed) known.emplace_back(row.name);
  }
  const PlacementRow* unkeyed = placement_named(name);
  if (unkeyed != nullptr) {
    return fmt::format("--policy {} does not look at keys; those that do: {}", name,
                       language::joined(known));
  }
  const std::string hint = language::did_you_mean(name, known);
  return fmt::format("--policy {} is unknown{}; there are {}", language::in_quotes(name),
                     hint.empty() ? "" : " - " + hint, language::joined(known));
}

// `nginx` is what people call its consistent hash. Null: see policy_complaint().
const PlacementRow* keyed_policy(const std::string& name) {
  const PlacementRow* row = placement_named(name == "nginx" ? "nginx_consistent" : name);
  return row != nullptr && row->keyed ? row : nullptr;
}

struct ListFile {
  std::string path, text, error;
};

ListFile read_list(const std::string& flag, const std::string& name) {
  ListFile file{name == "-" ? "<stdin>" : name, {}, {}};
  std::string reason;
  const auto bytes = read_whole_file(name == "-" ? "/dev/stdin" : name, reason);
  if (bytes) file.text = *bytes;
  if (!bytes) file.error = flag + ": " + reason;
  return file;
}

Exit refuse(const Invocation& invocation, const std::string& complaint) {
  invocation.console.err << "error: " << complaint << '\n';
  return {ExitCode::usage, kNothingHashed};
}

// Prints what is wrong with a list; true when it can be used.
bool usable(const Invocation& invocation, const std::vector<Problem>& problems,
            const std::string& text) {
  invocation.console.err << render(problems, text);
  return count(problems, Severity::error) == 0;
}

std::size_t place_of(std::span<const HashServer> servers, const std::string& address) {
  const auto found = std::ranges::find_if(
      servers, [&](const HashServer& server) { return server.backend.address == address; });
  return static_cast<std::size_t>(found - servers.begin());
}

// The changes that were asked for; a bad word is described in `error`.
std::vector<HashChange> asked_changes(const HashQuestion& question, const Options& options,
                                      std::string& error) {
  std::vector<HashChange> changes;
  for (const std::string& line : options.hash_join) {
    const HashServers read = parse_hash_servers(line, "--join");
    const auto wrong = std::ranges::find(read.problems, Severity::error, &Problem::severity);
    if (wrong != read.problems.end()) {
      error = fmt::format("--join {}: {} - {}", language::in_quotes(line), wrong->message,
                          wrong->suggestion);
      return changes;
    }
    if (place_of(question.servers, read.servers.front().backend.address) <
        question.servers.size()) {
      error = "--join " + language::in_quotes(line) + " is in the list of servers already";
      return changes;
    }
    changes.push_back(joined_by(question, read.servers.front()));
  }
  for (const std::string& address : options.hash_leave) {
    const std::size_t server = place_of(question.servers, address);
    if (server == question.servers.size()) {
      std::vector<std::string> known;
      for (const HashServer& each : question.servers) known.push_back(each.backend.address);
      const std::string hint = language::did_you_mean(address, known);
      error = fmt::format("--leave {} is not in the list of servers{}",
                          language::in_quotes(address), hint.empty() ? "" : " - " + hint);
      return changes;
    }
    if (question.servers.size() == 1) error = "--leave " + address + " is the only server";
    if (!error.empty()) return changes;
    changes.push_back(without(question, server, HashEvent::die));
    changes.push_back(left(question, HashChange(changes.back())));
  }
  return changes;
}

// One more like the last one, then the loss of each. Its name is arbitrary, and with it the keys.
std::vector<HashChange> usual_changes(const HashQuestion& question) {
  const Backend newcomer{"one-more:80", question.servers.back().backend.weight};
  std::vector<HashChange> changes{joined_by(question, {newcomer, false})};
  const std::size_t servers = question.servers.size();
  for (std::size_t i = 0; i < servers && servers > 1; ++i) {
    changes.push_back(without(question, i, HashEvent::die));
  }
  for (std::size_t i = 1; i <= servers && servers > 1; ++i) {
    changes.push_back(left(question, HashChange(changes[i])));
  }
  return changes;
}

}  // namespace

Exit hash_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const PlacementRow* policy = keyed_policy(options.hash_policy);
  if (policy == nullptr) return refuse(invocation, policy_complaint(options.hash_policy));
  if (options.hash_servers == "-" && options.hash_keys == "-") {
    return refuse(invocation, "--servers and --keys cannot both be standard input (-)");
  }
  const ListFile server_file = read_list("--servers", options.hash_servers);
  const ListFile key_file = read_list("--keys", options.hash_keys);
  for (const ListFile& file : {server_file, key_file}) {
    if (!file.error.empty()) return refuse(invocation, file.error);
  }
  const HashServers servers = parse_hash_servers(server_file.text, server_file.path);
  const HashKeys keys = parse_hash_keys(key_file.text, key_file.path);
  const bool servers_usable = usable(invocation, servers.problems, server_file.text);
  const bool keys_usable = usable(invocation, keys.problems, key_file.text);
  if (!servers_usable || !keys_usable) return {ExitCode::usage, kNothingHashed};

  const bool asked = !options.hash_join.empty() || !options.hash_leave.empty();
  HashAnswer answer{.policy = *policy,
                    .servers = servers.servers,
                    .keys = keys.keys,
                    .landing = land(*policy, servers.servers, keys.keys),
                    .changes = {},
                    .list_moves = asked};
  const HashQuestion question{*policy, answer.servers, answer.keys, answer.landing, asked};
  std::string error;
  answer.changes = asked ? asked_changes(question, options, error) : usual_changes(question);
  if (!error.empty()) return refuse(invocation, error);
  invocation.console.out << (options.json ? hash_json(answer) : hash_text(answer));
  return {};
}

}  // namespace squall
