// What the registry is asked to do in one step, as Lua scripts that Redis runs, and the form of an
// entry.
//
// The embedded broker knows no Lua: it recognizes the texts of the fenced writes and the names of
// the others, and does what they say (embedded_broker_registry.cpp). An entry is "NODE:EPOCH"; a
// plain SET writes epoch 0. A lease is an entry, too: its epoch says since when its process lives.
#pragma once

#include <algorithm>
#include <array>
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

// KEYS: entries. ARGV: how the keys of leases begin. The entries, without those whose node holds no
// lease, or one of a process that began after it was written.
inline constexpr std::string_view kHeldScript = R"(
local held = {}
for i, key in ipairs(KEYS) do
  local entry = redis.call('GET', key)
  local node, epoch = string.match(entry or '', '^(%d+):(%d+)$')
  local lease = node and redis.call('GET', ARGV[1] .. string.sub(node, 2))
  local since = string.match(lease or '', '^%d+:(%d+)$')
  local believed = since and (#since < #epoch or (#since == #epoch and since <= epoch))
  held[i] = believed and entry or false
end
return held
)";

// KEYS[1]: a set. ARGV: node, epoch, for how many ms it is kept. 1: it is in; 0: it was in already,
// as a later process.
inline constexpr std::string_view kAddMemberScript = R"(
local old = redis.call('HGET', KEYS[1], ARGV[1])
if old and (#old > #ARGV[2] or (#old == #ARGV[2] and old > ARGV[2])) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
)";

// KEYS[1]: a set. ARGV: node, epoch. 1: it was in; 0: it was not, or is as a later process.
inline constexpr std::string_view kRemoveMemberScript = R"(
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old or #old > #ARGV[2] or (#old == #ARGV[2] and old > ARGV[2]) then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
)";

// KEYS[1]: a set. ARGV: how the keys of leases begin. Its members as entries, ascending, but for
// those without a lease, as above.
inline constexpr std::string_view kMembersScript = R"(
local held = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local epoch = all[i + 1]
  local lease = redis.call('GET', ARGV[1] .. string.sub(all[i], 2))
  local since = string.match(lease or '', '^%d+:(%d+)$')
  if since and (#since < #epoch or (#since == #epoch and since <= epoch)) then
    held[#held + 1] = all[i] .. ':' .. epoch
  end
end
table.sort(held)
return held
)";

inline constexpr std::string_view kHeldScriptName = "e5b0f13951ae54a9d19e3e79359a5de5d6b2e096";
inline constexpr std::string_view kAddMemberScriptName = "0f3cf1697632519b0851ab3f61056e528fe92ad4";
inline constexpr std::string_view kRemoveMemberScriptName =
    "bffb79b9edeae22526a7d66ee8e4e49990d390db";
inline constexpr std::string_view kMembersScriptName = "bb548e3c6949dedbfc8625eafde7276b40d61506";
static_assert(kHeldScriptName.size() == wire::kScriptName);

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

// As the link loads them.
inline constexpr std::array kLeaseScripts{kHeldScript, kAddMemberScript, kRemoveMemberScript,
                                          kMembersScript};
static_assert(std::ranges::equal(kLeaseScripts, wire::kLeaseScripts, {}, &std::string_view::size));

}  // namespace squall::live
