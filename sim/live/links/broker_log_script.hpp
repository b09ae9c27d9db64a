// The log that the broker keeps, as the Lua scripts that Redis runs, and how a place in it is said.
//
// A log is a stream per topic whose ids are the offsets; they are counted over all topics of a run
// in one hash, together with the epoch and with the last offset that was let go of each topic. To
// keep and to publish is one step. The embedded broker knows no Lua: it knows both by their names
// (embedded_broker_log.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/record/wire.hpp"
#include "strategies/core/position.hpp"

namespace squall::live {

// KEYS: topic, hash. ARGV: message, how many are kept, for how many ms. Says how many heard it.
inline constexpr std::string_view kKeepScript = R"(
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local kept = KEYS[1] .. ':kept'
redis.call('HSETNX', KEYS[2], 'epoch', now[1] % 65535 + 1)
local offset = redis.call('HINCRBY', KEYS[2], 'offset', 1)
redis.call('XADD', kept, offset .. '-0', 'at', ms, 'p', ARGV[1])
while true do
  local first = redis.call('XRANGE', kept, '-', '+', 'COUNT', 1)[1]
  local many = redis.call('XLEN', kept) > tonumber(ARGV[2])
  if not first or not (many or first[2][2] + ARGV[3] <= ms) then break end
  redis.call('XDEL', kept, first[1])
  redis.call('HSET', KEYS[2], KEYS[1], string.match(first[1], '%d+'))
end
redis.call('PEXPIRE', kept, 3600000)
redis.call('PEXPIRE', KEYS[2], 3600000)
local epoch = redis.call('HGET', KEYS[2], 'epoch')
return redis.call('PUBLISH', KEYS[1], struct.pack('>I2I6', epoch, offset) .. ARGV[1])
)";

// KEYS: topic, hash. ARGV: epoch and offset after which (0 0: only where the log is), for how many
// ms a message is kept. Says the epoch, the newest offset, whether it reaches back, the messages.
inline constexpr std::string_view kFetchScript = R"(
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local kept = KEYS[1] .. ':kept'
redis.call('HSETNX', KEYS[2], 'epoch', now[1] % 65535 + 1)
redis.call('PEXPIRE', KEYS[2], 3600000)
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local gone = tonumber(redis.call('HGET', KEYS[2], KEYS[1]) or 0)
local newest = tonumber(redis.call('HGET', KEYS[2], 'offset') or 0)
local answer = {tonumber(epoch), newest, 1}
if ARGV[1] == '0' then return answer end
local after = epoch == ARGV[1] and tonumber(ARGV[2]) or 0
for _, entry in ipairs(redis.call('XRANGE', kept, '-', '+')) do
  local offset = tonumber(string.match(entry[1], '%d+'))
  if entry[2][2] + ARGV[3] <= ms then
    gone = math.max(gone, offset)
  elseif offset > after then
    answer[#answer + 1] = struct.pack('>I2I6', epoch, offset) .. entry[2][4]
  end
end
if epoch ~= ARGV[1] or gone > after then answer[3] = 0 end
return answer
)";

inline constexpr std::string_view kKeepScriptName = "8e944343c77c2d17923d288f768d9679278e7b64";
inline constexpr std::string_view kFetchScriptName = "38f2ad7c335b8c03a7fe1c05993c96d8cdba666d";
static_assert(kKeepScriptName.size() == wire::kScriptName);
static_assert(kFetchScriptName.size() == wire::kScriptName);
static_assert(kKeepScript.size() == wire::kLogScripts[0]);
static_assert(kFetchScript.size() == wire::kLogScripts[1]);

// ---- a place, as it stands before a message: epoch and offset, the larger byte first ------------

inline constexpr std::size_t kPlaceBytes = wire::kLogPlace;

inline std::string pack(LogPlace place) {
  const std::uint64_t bits = std::uint64_t{place.epoch} << 48 | place.offset;
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
  return out;
}

inline std::optional<LogPlace> unpack_place(std::span<const std::byte> bytes) {
  if (bytes.size() < kPlaceBytes) return std::nullopt;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kPlaceBytes; ++i) {
    bits = bits << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return LogPlace{static_cast<std::uint16_t>(bits >> 48), bits & 0xFFFF'FFFF'FFFFULL};
}

}  // namespace squall::live
