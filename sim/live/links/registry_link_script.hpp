// The fenced writes of the registry, as the Lua scripts that Redis runs, and the form of an entry.
//
// The embedded broker knows no Lua: it recognizes exactly these texts and does what they say
// (embedded_broker_commands.cpp). An entry is "NODE:EPOCH"; a plain SET writes epoch 0.
#pragma once

#include <string_view>

#include "sim/record/wire.hpp"

namespace squall::live {

// KEYS[1]: the entry. ARGV: node, epoch, lease in ms. 1: written; 0: another node has one as new or
// newer. Epochs are compared as decimal texts, because numbers of Lua are exact to 2^53 only.
inline constexpr std::string_view kSetIfNewerScript = R"(
local old = redis.call('GET', KEYS[1])
if old then
  local node, epoch = string.match(old, '^(%d+):(%d+)$')
  local longer = #(epoch or '') - #ARGV[2]
  local newer = longer > 0 or (longer == 0 and epoch >= ARGV[2])
  if newer and node ~= ARGV[1] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
return 1
)";

// KEYS[1]: the entry. ARGV: node. 1: deleted; 0: there is none, or another node has it.
inline constexpr std::string_view kDeleteIfMineScript = R"(
local old = redis.call('GET', KEYS[1])
if not old or string.match(old, '^(%d+):') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
)";

// The rule of the first: may an entry with `epoch` replace one with `old_epoch`?
constexpr bool is_newer_epoch(std::string_view epoch, std::string_view old_epoch) {
  return epoch.size() != old_epoch.size() ? epoch.size() > old_epoch.size() : epoch > old_epoch;
}

// What an entry says: "NODE:EPOCH"; both are empty when it says something else.
struct RouteEntry {
  std::string_view node, epoch;
};
constexpr RouteEntry route_entry(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
  };
  if (colon == text.npos) return {};
  const RouteEntry entry{text.substr(0, colon), text.substr(colon + 1)};
  return digits(entry.node) && digits(entry.epoch) ? entry : RouteEntry{};
}

static_assert(kSetIfNewerScript.size() == wire::kSetIfNewerScript);
static_assert(kDeleteIfMineScript.size() == wire::kDeleteIfMineScript);

}  // namespace squall::live
