// Words of commands, counted one by one. See registry_bytes.hpp.
// All but what a connection says first, to find out whether it speaks to a registry.
#include "sim/kernel/registry_bytes.hpp"

#include "sim/kernel/held.hpp"

namespace squall {
namespace {

constexpr Bytes kKey = 16, kRoute = 8;  // "user:1234567890" -> node and epoch 0
constexpr Bytes kNodeName = 6;          // as the live engine writes it

Bytes digits(std::uint64_t number) { return wire::decimal_digits(static_cast<Bytes>(number)); }
Bytes ms_digits(Duration time) { return wire::decimal_digits(time.count() / 1'000'000); }
Bytes entry_of(std::uint64_t epoch) { return kNodeName + 1 + digits(epoch); }

// "*<words>", then each as a bulk string; keys and values are payload.
class CommandWords {
 public:
  CommandWords& word(Bytes length) {
    framing_ += wire::resp_bulk(length);
    ++count_;
    return *this;
  }
  CommandWords& text(Bytes length) {
    framing_ += wire::resp_bulk_framing(length);
    payload_ += length;
    ++count_;
    return *this;
  }
  // EVALSHA, the name, how many keys, the keys.
  CommandWords& script(Bytes keys) {
    word(7).word(wire::kScriptName).word(wire::decimal_digits(keys));
    for (Bytes key = 0; key < keys; ++key) text(kKey);
    return *this;
  }
  WireCost cost() const {
    return wire::resp_transfer(payload_, framing_ + 1 + wire::decimal_digits(count_) + 2);
  }

 private:
  Bytes count_ = 0, payload_ = 0, framing_ = 0;
};

// Of an EVAL with one key: node, epoch, lease.
wire::Command set_if_newer(std::uint64_t epoch, Duration lease) {
  return {.verb = 4,
          .keys = 1,
          .key = kKey,
          .value = kNodeName,
          .option = digits(epoch),
          .words = ms_digits(lease),
          .script = wire::kSetIfNewerScript};
}

}  // namespace

WireCost wire_cost(const RegistryCall& call, Duration lease) {
  using Verb = RegistryCall::Verb;
  const auto keys = static_cast<Bytes>(call.keys.size());
  switch (call.verb) {
    case Verb::get_routes:  // MGET
      return wire::resp_command({.verb = 4, .keys = keys, .key = kKey});
    case Verb::delete_route: return wire::resp_command({.verb = 3, .keys = 1, .key = kKey});  // DEL
    case Verb::set_if_newer: return wire::resp_command(set_if_newer(call.epoch, lease));
    case Verb::set_held: return wire::resp_command(set_if_newer(call.epoch, kHeldEntryLife));
    case Verb::delete_if_mine:
      return wire::resp_command({.verb = 4,
                                 .keys = 1,
                                 .key = kKey,
                                 .value = kNodeName,
                                 .script = wire::kDeleteIfMineScript});
    case Verb::hold:  // SET ... PX ... GET
      return CommandWords()
          .word(3)
          .text(kKey)
          .text(entry_of(call.epoch))
          .word(2)
          .word(ms_digits(lease))
          .word(3)
          .cost();
    case Verb::get_held:
    case Verb::get_members: return CommandWords().script(keys).word(wire::kLeasePrefix).cost();
    case Verb::add_member:
      return CommandWords()
          .script(1)
          .text(kNodeName)
          .word(digits(call.epoch))
          .word(ms_digits(kHeldEntryLife))
          .cost();
    case Verb::remove_member:
      return CommandWords().script(1).text(kNodeName).word(digits(call.epoch)).cost();
    case Verb::set_route: break;
  }
  return wire::resp_command({.verb = 3,
                             .keys = 1,
                             .key = kKey,
                             .value = kRoute,
                             .option = 2,  // PX
                             .words = ms_digits(lease)});
}

WireCost wire_cost_of_lease(std::uint64_t since) {
  if (since == 0) return wire::resp_transfer(0, 5);  // "$-1"
  return wire::resp_transfer(entry_of(since), wire::resp_bulk_framing(entry_of(since)));
}

bool by_name(RegistryCall::Verb verb) {
  using Verb = RegistryCall::Verb;
  return verb == Verb::get_held || verb == Verb::get_members || verb == Verb::add_member ||
         verb == Verb::remove_member;
}

// A script looks at the lease behind each entry.
std::int64_t keys_touched(const RegistryCall& call) {
  const auto keys = static_cast<std::int64_t>(call.keys.size());
  const bool leases =
      call.verb == RegistryCall::Verb::get_held || call.verb == RegistryCall::Verb::get_members;
  if (call.verb == RegistryCall::Verb::hold) return 1;
  return leases ? 2 * keys : keys;
}

void RegistryAnswer::found(std::uint64_t epoch) {
  ++count_;
  const Bytes entry = entry_of(epoch);
  payload_ += entry;
  framing_ += wire::resp_bulk_framing(entry);
}

void RegistryAnswer::absent() {
  ++count_;
  framing_ += 5;
}

WireCost RegistryAnswer::cost() const {
  return wire::resp_transfer(payload_, framing_ + 1 + wire::decimal_digits(count_) + 2);
}

}  // namespace squall
