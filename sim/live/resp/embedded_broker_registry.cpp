// The commands of the embedded broker that are about routes: EVAL of the fenced writes, and EVALSHA
// of what is under leases of nodes (registry_link_script.hpp). See embedded_broker_call.hpp.
#include <chrono>
#include <string>
#include <vector>

#include "sim/live/links/registry_link_script.hpp"
#include "sim/live/resp/embedded_broker_call.hpp"

namespace squall::live {
namespace {

// KEY NODE EPOCH LEASE
void set_if_newer(const Call& call) {
  std::int64_t lease_ms = 0;
  if (!parse_count(call.word(6), lease_ms) || lease_ms > kLongestMs) return call.error(kNoNumber);
  BrokerStore& store = call.server.store();
  const std::string* old = store.get(call.now(), call.word(3));
  if (old != nullptr) {
    const RouteEntry entry = route_entry(*old);
    const bool mine = entry.node == call.word(4);
    if (!mine && !is_newer_epoch(call.word(5), entry.epoch)) return write_integer(call.reply(), 0);
  }
  const std::string value = std::string(call.word(4)) + ":" + std::string(call.word(5));
  store.set(call.now(), call.word(3), value, call.now() + std::chrono::milliseconds{lease_ms});
  write_integer(call.reply(), 1);
}

// KEY NODE
void delete_if_mine(const Call& call) {
  const std::string* old = call.server.store().get(call.now(), call.word(3));
  const bool mine = old != nullptr && route_entry(*old).node == call.word(4);
  const bool removed = mine && call.server.store().remove(call.now(), call.word(3));
  write_integer(call.reply(), removed ? 1 : 0);
}

// Whether the node of an entry holds its lease, as a process that lived when it was written.
bool is_held(const Call& call, const RouteEntry& entry, std::string_view leases) {
  if (entry.node.empty()) return false;
  const std::string key = std::string(leases) + std::string(entry.node.substr(1));
  const std::string* const lease = call.server.store().get(call.now(), key);
  if (lease == nullptr) return false;
  const std::string_view since = route_entry(*lease).epoch;
  return !since.empty() && !is_newer_epoch(since, entry.epoch);
}

// COUNT KEY... LEASES
void held(const Call& call, std::size_t count) {
  const std::string_view leases = call.word(3 + count);
  write_array(call.reply(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string* const entry = call.server.store().get(call.now(), call.word(3 + i));
    const std::string text = entry != nullptr ? *entry : "";
    is_held(call, route_entry(text), leases) ? write_bulk(call.reply(), text)
                                             : write_nil(call.reply());
  }
}

// 1 SET NODE EPOCH WINDOW
void add_member(const Call& call) {
  std::int64_t ms = 0;
  if (!parse_count(call.word(6), ms) || ms > kLongestMs) return call.error(kNoNumber);
  BrokerStore::Fields& set = call.server.store().fields(call.now(), call.word(3));
  const auto old = set.find(call.word(4));
  if (old != set.end() && is_newer_epoch(old->second, call.word(5))) {
    return write_integer(call.reply(), 0);
  }
  set.insert_or_assign(std::string(call.word(4)), std::string(call.word(5)));
  call.server.store().keep_fields_until(call.word(3), call.now() + std::chrono::milliseconds{ms});
  write_integer(call.reply(), 1);
}

// 1 SET NODE EPOCH
void remove_member(const Call& call) {
  BrokerStore::Fields& set = call.server.store().fields(call.now(), call.word(3));
  const auto old = set.find(call.word(4));
  const bool mine = old != set.end() && !is_newer_epoch(old->second, call.word(5));
  if (mine) set.erase(old);
  write_integer(call.reply(), mine ? 1 : 0);
}

// 1 SET LEASES
void members(const Call& call) {
  std::vector<std::string> found;
  for (const auto& [node, epoch] : call.server.store().fields(call.now(), call.word(3))) {
    if (is_held(call, {node, epoch}, call.word(4))) found.push_back(node + ":" + epoch);
  }
  write_array(call.reply(), found.size());
  for (const std::string& member : found) write_bulk(call.reply(), member);
}

}  // namespace

// EVAL SCRIPT 1 KEY ...: only the two scripts of the registry.
void evaluate(const Call& call) {
  const bool one_key = call.word(2) == "1";
  if (one_key && call.word(1) == kSetIfNewerScript && call.size() == 7) return set_if_newer(call);
  if (one_key && call.word(1) == kDeleteIfMineScript && call.size() == 5) {
    return delete_if_mine(call);
  }
  call.error("ERR only the compare-and-set scripts of the registry are known here");
}

bool evaluate_of_registry(const Call& call) {
  std::int64_t keys = 0;
  if (!parse_count(call.word(2), keys)) return false;
  const auto count = static_cast<std::size_t>(keys);
  const auto is = [&](std::string_view name, std::size_t words) {
    return call.word(1) == name && call.size() == 3 + count + words;
  };
  if (is(kHeldScriptName, 1)) return held(call, count), true;
  if (count != 1) return false;
  if (is(kAddMemberScriptName, 3)) return add_member(call), true;
  if (is(kRemoveMemberScriptName, 2)) return remove_member(call), true;
  if (is(kMembersScriptName, 1)) return members(call), true;
  return false;
}

std::string_view name_of_registry_script(std::string_view text) {
  if (text == kHeldScript) return kHeldScriptName;
  if (text == kAddMemberScript) return kAddMemberScriptName;
  if (text == kRemoveMemberScript) return kRemoveMemberScriptName;
  if (text == kMembersScript) return kMembersScriptName;
  return {};
}

}  // namespace squall::live
