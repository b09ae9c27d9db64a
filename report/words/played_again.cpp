// The words of the command, in the order in which `squall help run` has them. See played_again.hpp.
// A pointer may be set once on a command line: what came later stays.
#include "report/words/played_again.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace squall {
namespace {

std::string pointer_of(const std::string& set) { return set.substr(0, set.find('=')); }

std::string list_of(std::span<const std::string> names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

}  // namespace

std::string command_word(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_./:,=+-") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

bool is_attached(const std::string& engine_flags) { return engine_flags.starts_with(" --target "); }

std::string command_of(const PlayedAgain& played) {
  const bool attached = is_attached(played.engine_flags);
  std::string text =
      fmt::format("squall {} {}", attached ? "attach" : "run", command_word(played.scenario));
  if (!played.strategies.empty() && !attached) {
    text += " --strategy " + command_word(list_of(played.strategies));
  }
  if (!played.seeds.empty()) {
    text += fmt::format(" --seed {} --reps {}", played.seeds.front(), played.seeds.size());
  }
  text += played.engine_flags;
  if (played.max_events > 0) text += fmt::format(" --max-events {}", played.max_events);
  for (auto set = played.set.begin(); set != played.set.end(); ++set) {
    const auto again = std::find_if(set + 1, played.set.end(), [&](const std::string& later) {
      return pointer_of(later) == pointer_of(*set);
    });
    if (again == played.set.end()) text += " --set " + command_word(*set);
  }
  return text;
}

}  // namespace squall
