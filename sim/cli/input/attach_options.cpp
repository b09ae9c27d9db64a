// Addresses, dialect, hooks and users of `squall attach`. See attach_options.hpp.
// Files are small and read whole; a complaint names file, line and what would be right.
#include "sim/cli/input/attach_options.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "report/words/played_again.hpp"
#include "scenarios/model/grammar.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/live/net/utf8.hpp"

namespace squall {
namespace {

std::optional<std::string> read_file(const std::string& path, const char* flag,
                                     std::string& error) {
  std::optional<std::string> text = read_whole_file(path, error);
  if (!text) error = fmt::format("{} {}", flag, error);
  return text;
}

// ---- addresses ---------------------------------------------------------------------------------

// The IPv4 address of a name; empty when there is none.
std::string looked_up(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0 || found == nullptr) return {};
  char text[INET_ADDRSTRLEN] = {};
  const auto* const address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  ::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
  ::freeaddrinfo(found);
  return text;
}

// ws[s]://HOST[:PORT][/PATH?QUERY]
std::optional<live::AttachTarget> target_of(const std::string& url, std::string& error) {
  constexpr std::string_view kPlain = "ws://", kSecure = "wss://";
  const std::string shown = "--target " + url + ": ";
  live::AttachTarget target;
  target.tls = url.starts_with(kSecure);
  if (!target.tls && !url.starts_with(kPlain)) {
    error = shown + "write it as ws://HOST:PORT, e.g. ws://127.0.0.1:3000, or with TLS as wss://";
    return std::nullopt;
  }
  target.url = url;
  const std::string rest = url.substr(target.tls ? kSecure.size() : kPlain.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  target.host = rest.substr(0, slash);
  target.path = rest.substr(slash) == "/" ? "" : rest.substr(slash);
  const std::size_t colon = std::min(target.host.find(':'), target.host.size());
  const std::string name = target.host.substr(0, colon);
  target.name = name;
  std::uint16_t port = target.tls ? 443 : 80;
  if (colon < target.host.size()) {
    const char* const end = target.host.data() + target.host.size();
    const auto read = std::from_chars(target.host.data() + colon + 1, end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) {
      error = shown + "the port is a number from 1 to 65535";
      return std::nullopt;
    }
  }
  target.at = {name.empty() ? "" : looked_up(name), port};
  if (target.at.host.empty()) {
    error = shown + language::in_quotes(name) + " has no IPv4 address";
    return std::nullopt;
  }
  return target;
}

bool allowed(const live::AttachTarget& target, const Options& options) {
  if (target.at.host.starts_with("127.")) return true;
  return std::ranges::find(options.may_load, target.name) != options.may_load.end();
}

bool read_targets(const Options& options, live::AttachOptions& attached, std::string& error) {
  for (const std::string& url : options.target) {
    const std::optional<live::AttachTarget> target = target_of(url, error);
    if (!target) return false;
    if (!allowed(*target, options)) {
      error = fmt::format(
          "--target {}: {} is not this machine. If you may load it, say so: --yes-i-may-load {}",
          url, target->at.host, target->name);
      return false;
    }
    attached.targets.push_back(*target);
  }
  if (options.connections > attached.targets.size()) {
    error = fmt::format(
        "--connections {}: each is to another server, so name as many in --target; through one "
        "balancer two may end on one",
        options.connections);
    return false;
  }
  return true;
}

// Who is believed is read before anybody is dialled.
bool read_trust(const Options& options, live::AttachOptions& attached, std::string& error) {
  const bool tls = std::ranges::any_of(attached.targets, &live::AttachTarget::tls);
  if (!tls && options.ca.empty()) return true;
  if (!tls) {
    error = "--ca " + options.ca + ": no target speaks TLS; write it as wss://";
    return false;
  }
  attached.trust = live::Trust::make(options.ca, error);
  if (attached.trust == nullptr) error = "--ca " + error;
  return attached.trust != nullptr;
}

// ---- files -------------------------------------------------------------------------------------

bool read_dialect(const Options& options, live::AttachOptions& attached, std::string& error) {
  if (const live::DialectRow* const row = live::dialect_named(options.dialect)) {
    attached.dialect = row->make();
    return true;
  }
  if (options.dialect.find_first_of("./") == std::string::npos) {
    std::vector<std::string> names;
    for (const live::DialectRow& row : live::dialects()) names.emplace_back(row.name);
    const std::string hint = language::did_you_mean(options.dialect, names);
    error = fmt::format(
        "--dialect {}: not known{}{}; possible are {}, or a file (with a . in its name)",
        options.dialect, hint.empty() ? "" : " - ", hint, language::joined(names));
    return false;
  }
  const auto text = read_file(options.dialect, "--dialect", error);
  if (!text) return false;
  attached.dialect = live::dialect_of_text(*text, error);
  if (attached.dialect != nullptr) return true;
  error = options.dialect + ": " + error;
  return false;
}

// What is wrong with a command and what it is for; empty: nothing. With one target, the balancer in
// front of all, how many nodes there are is the scenario's to say.
std::string check_hook(const std::string& name, const std::string& command, std::size_t targets) {
  const std::vector<std::string> words = live::hook_words();
  const std::size_t blank = std::min(name.find(' '), name.size());
  const std::string word = name.substr(0, blank);
  if (std::ranges::find(words, word) == words.end()) {
    return "is no fault; possible are \"limit\", " + language::joined(words) +
           ", those of a node also of one (crash n2)";
  }
  if (command.find_first_not_of(" \t\n") == command.npos) {
    return "has an empty command; write one, or leave it out";
  }
  if (blank == name.size()) return {};
  if (!live::is_of_a_node(word)) return "is of no node: write " + language::in_quotes(word);
  const std::string node = name.substr(blank + 1);
  std::size_t number = 0;
  const char* const end = node.data() + node.size();
  const bool named =
      node.size() > 1 && node[0] == 'n' && std::from_chars(node.data() + 1, end, number).ptr == end;
  if (!named || number == 0) return "names no node; write " + word + " n1";
  if (targets == 1 || number <= targets) return {};
  return fmt::format("is of a node that is not there: the targets are n1 to n{}", targets);
}

// { "limit": "5s", "crash n2": "kill -9 $(cat n2.pid)", "crash": "./crash $SQUALL_NODE" }
bool read_hooks(const Options& options, live::AttachOptions& attached, std::string& error) {
  if (options.hooks.empty()) return true;
  const auto text = read_file(options.hooks, "--hooks", error);
  if (!text) return false;
  attached.hooks.file = options.hooks;
  nlohmann::json commands;
  std::string twice;
  try {
    std::set<std::string> names;
    commands = nlohmann::json::parse(
        *text, [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& word) {
          if (event != nlohmann::json::parse_event_t::key || depth != 1) return true;
          if (!names.insert(word.get<std::string>()).second) twice = word.get<std::string>();
          return true;
        });
  } catch (const nlohmann::json::parse_error& wrong) {
    const std::string what = wrong.what();
    error = options.hooks + ": " + what.substr(std::min(what.find("line "), what.size()));
    return false;
  }
  if (!twice.empty() || !commands.is_object()) {
    error = options.hooks + ": " +
            (twice.empty() ? "expected an object of commands, { \"crash n2\": \"kill -9 123\" }"
                           : language::in_quotes(twice) + " stands there twice; leave one out");
    return false;
  }
  for (const auto& [name, command] : commands.items()) {
    if (!command.is_string()) {
      error = fmt::format("{}: {} must be a string, a command", options.hooks,
                          language::in_quotes(name));
      return false;
    }
    if (name == "limit") {
      const auto parsed = language::parse_duration(command.get<std::string>());
      if (!parsed.value) {
        error = fmt::format("{}: \"limit\": {}, e.g. 10s", options.hooks, parsed.problem);
        return false;
      }
      attached.hooks.limit = std::chrono::duration_cast<std::chrono::milliseconds>(*parsed.value);
      continue;
    }
    error = check_hook(name, command.get<std::string>(), attached.targets.size());
    if (!error.empty()) {
      error = fmt::format("{}: {} {}", options.hooks, language::in_quotes(name), error);
      return false;
    }
    attached.hooks.commands[name] = command.get<std::string>();
  }
  return true;
}

std::vector<std::string> split(const std::string& line, char by) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, by);) parts.push_back(part);
  return parts;
}

bool read_users(const Options& options, live::AttachOptions& attached, std::string& error) {
  if (options.users.empty()) return true;
  const auto text = read_file(options.users, "--users", error);
  if (!text) return false;
  std::size_t number = 0;
  for (std::string& line : split(*text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();  // lines of a file from Windows
    live::Utf8Check check;
    if (!check.accept(std::as_bytes(std::span(line))) || !check.whole()) {
      error = fmt::format("{}:{}: is not UTF-8; write the token so", options.users, number);
      return false;
    }
    live::Credentials& user = attached.users.emplace_back();
    const std::vector<std::string> parts = split(line, '\t');
    if (!parts.empty()) user.token = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::size_t colon = parts[i].find(": ");
      if (colon == std::string::npos || colon == 0) {
        error = fmt::format("{}:{}: {} is no header; write Name: value", options.users, number,
                            language::in_quotes(parts[i]));
        return false;
      }
      user.headers.emplace_back(parts[i].substr(0, colon), parts[i].substr(colon + 2));
    }
  }
  return true;
}

}  // namespace

std::optional<live::AttachOptions> attach_options(const Options& options, std::string& error) {
  live::AttachOptions attached;
  for (const auto read : {read_targets, read_trust, read_dialect, read_hooks, read_users}) {
    if (!read(options, attached, error)) return std::nullopt;
  }
  return attached;
}

std::string check_without_target(const Options& options) {
  const char* const flag = !options.hooks.empty()      ? "--hooks"
                           : !options.users.empty()    ? "--users"
                           : !options.ca.empty()       ? "--ca"
                           : !options.dialect.empty()  ? "--dialect"
                           : !options.may_load.empty() ? "--yes-i-may-load"
                           : options.pid != 0          ? "--pid"
                                                       : nullptr;
  if (flag == nullptr) return {};
  return std::string(flag) + " is about servers of somebody else: add --target URL";
}

std::string attach_flags(const Options& options) {
  std::string targets;
  for (const std::string& url : options.target) targets += (targets.empty() ? "" : ",") + url;
  std::string text = fmt::format(" --target {} --dialect {}", command_word(targets),
                                 command_word(options.dialect));
  if (!options.hooks.empty()) text += " --hooks " + command_word(options.hooks);
  if (options.connections != 1) text += fmt::format(" --connections {}", options.connections);
  if (!options.users.empty()) text += " --users " + command_word(options.users);
  if (!options.ca.empty()) text += " --ca " + command_word(options.ca);
  for (const std::string& host : options.may_load) {
    text += " --yes-i-may-load " + command_word(host);
  }
  return text;
}

}  // namespace squall
