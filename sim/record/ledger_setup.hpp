// What the ledger is told before a run: who is in which room, what a frame costs, whom to blame.
//
// It does not change while the run is played, and all parts of the ledger read it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/record/owed_log.hpp"
#include "sim/record/wire.hpp"
#include "sim/record/witness.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct PushEntry;

// What decides, faults or not, whether a message had a way to its recipient.
struct Homes {
  struct Leave {  // a node that a balancer could not choose from then on
    NodeId node;
    Time at;
    TriggerId trigger;
  };
  bool own_node = false;  // nobody is reached but on a node that the sender is connected to
  // By endpoint, `each` of them: the nodes that its key belongs to while all are up. Empty when
  // placement looks at no key, so that anybody may sit anywhere.
  std::vector<NodeId> nodes;
  std::size_t each = 1;
  std::vector<Leave> leaves;  // ascending by time
  // Of nodes that died although no script says so; whoever plays the run adds to it.
  const std::vector<Leave>* unplanned = nullptr;

  std::span<const NodeId> of(EndpointId endpoint) const {
    return std::span(nodes).subspan(index(endpoint) * each, each);
  }
};

struct LedgerSetup {
  Duration measure, deadline, dedupe_window;
  std::vector<std::pair<Time, Time>> spans;          // labelled faults, [begin, end)
  std::vector<std::span<const EndpointId>> rosters;  // by room
  std::uint32_t endpoints;
  std::size_t triggers;
  Mechanism uncovered;            // what it means when nobody sent a connected recipient a copy
  bool deliberate;                // duplicates are meant: connections side by side
  std::optional<Mechanism> mute;  // tests: swallow this mechanism's reports; a law must notice
  Duration uncertainty{0};  // of a live engine's stamps: pairs this close to a boundary are grey
  OwedLog* owed_log = nullptr;              // told who is owed what
  const OwedLog* owed_elsewhere = nullptr;  // of another engine that has played the same plan
  Homes homes = {};
  // Of one frame to one client, by the size of its payload.
  std::function<WireCost(Bytes size)> push_cost = [](Bytes size) {
    return wire::websocket(size, false, wire::Tls::on);
  };
  // How far the client's line has come at an instant, in bytes from the first one of this frame;
  // negative before it. Without it a frame that has left user space was sent whole, and no other.
  std::function<Bytes(const Message&, const PushEntry&, Time)> on_the_line = nullptr;
  Bytes send_buffer = 0;  // what the kernel takes beyond that
  Witness* witness = nullptr;
  Duration slice{1'000'000'000};  // of the series over measure
  bool reads_on = true;           // who was cut off from the broker's log asks it what he missed

  bool mutes(Mechanism mechanism) const { return mute == mechanism; }
  EndpointId recipient(const Message& message, std::uint32_t rank) const {
    const Address& to = message.address;
    return to.kind == Address::Kind::user ? to.endpoint() : rosters[index(to.room())][rank];
  }
};

}  // namespace squall
