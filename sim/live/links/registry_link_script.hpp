// The compare-and-set of the registry, as the Lua script that Redis runs, and the form of an entry.
//
// The embedded broker knows no Lua: it recognizes exactly this text and does what it says
// (embedded_broker_commands.cpp). An entry is "NODE:EPOCH"; a plain SET writes epoch 0.
#pragma once

#include <string_view>

namespace squall::live {

// KEYS[1]: the entry. ARGV: node, epoch, lease in ms. 1: written; 0: there is one as new or newer.
// Epochs are compared as decimal texts, because numbers of Lua are exact to 2^53 only.
inline constexpr std::string_view kSetIfNewerScript = R"(
local old = redis.call('GET', KEYS[1])
if old then
  local epoch = string.match(old, ':(%d+)$') or ''
  local longer = #epoch - #ARGV[2]
  if longer > 0 or (longer == 0 and epoch >= ARGV[2]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
return 1
)";

// The rule of the script: may an entry with `epoch` replace one with `old_epoch`?
constexpr bool is_newer_epoch(std::string_view epoch, std::string_view old_epoch) {
  return epoch.size() != old_epoch.size() ? epoch.size() > old_epoch.size() : epoch > old_epoch;
}

}  // namespace squall::live
