// What processes hold, when it is too much, and what becomes of them. See memory.hpp.
// The law compares sums that were kept on the way with what is there in the end; who of the parts
// holds it is asked there, and not believed from here.
#include "sim/kernel/memory.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "scenarios/model/deflate.hpp"
#include "sim/books/blame.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/supervisor.hpp"

namespace squall {
namespace {

constexpr std::array<std::string_view, Memory::kPurposes> kNames{
    "the process", "connections", "egress queues", "work", "publisher buffers", "histories"};

// A step of a connection that is no session yet, or its end.
bool of_an_entry(EventKind kind) {
  return kind == EventKind::handshake_done || kind == EventKind::admitted ||
         kind == EventKind::upgraded || kind == EventKind::subscribe_arrives ||
         kind == EventKind::subscribe_done || kind == EventKind::end_at_node;
}

constexpr std::size_t at_place(Memory::Purpose purpose) {
  return static_cast<std::size_t>(purpose);
}

}  // namespace

Memory::Memory(World& world)
    : world_(world),
      config_(world.scenario.cluster.nodes.memory ? &*world.scenario.cluster.nodes.memory
                                                  : nullptr),
      per_connection_(counts() ? memory_per_connection(world.scenario.cluster.nodes) : 0),
      accounts_(counts() ? world.scenario.cluster.nodes.count : 0) {}

// ---- double entry ------------------------------------------------------------------------------

void Memory::take(NodeId node, Purpose purpose, Bytes bytes) {
  Account& account = at(node);
  account.taken[at_place(purpose)] += bytes;
  account.level += bytes;
  world_.nodes->at(node).row.memory_max.raise(world_.inside(), account.level);
  if (account.over || account.level <= config_->limit) return;
  account.over = true;  // not in the middle of what the process does: right after it
  world_.at(world_.now, {EventKind::supervised, node, 0, world_.processes->epoch(node), 0});
}

void Memory::give(NodeId node, Purpose purpose, Bytes bytes) {
  Account& account = at(node);
  // It may have been that much since before measure began.
  world_.nodes->at(node).row.memory_max.raise(world_.inside(), account.level);
  account.given[at_place(purpose)] += bytes;
  account.level -= bytes;
}

void Memory::take_stock(NodeId node) {
  if (!counts()) return;
  world_.nodes->at(node).row.memory_max.raise(world_.window.closing(world_.now), at(node).level);
}

// ---- processes and connections -----------------------------------------------------------------

void Memory::started(NodeId node) {
  if (!counts()) return;
  take(node, Purpose::process, config_->base);
}

void Memory::died(NodeId node) {
  if (!counts()) return;
  Account& account = at(node);
  for (std::size_t p = 0; p < kPurposes; ++p) {
    give(node, Purpose{static_cast<std::uint8_t>(p)}, account.taken[p] - account.given[p]);
  }
  account.over = false;
  account.first_link = world_.broker->links().of(node).epoch;
  account.connections.clear();
  account.queues.clear();
  account.kept.clear();
  account.stuck.clear();
}

void Memory::connected(NodeId node, ConnectionId id) {
  if (!counts() || !at(node).connections.insert(id).second) return;
  take(node, Purpose::connections, per_connection_);
}

// What a drain has closed is flushed; what else has ended keeps nothing.
void Memory::released(NodeId node, ConnectionId id) {
  if (!counts() || at(node).connections.erase(id) == 0) return;
  give(node, Purpose::connections, per_connection_);
  Account& account = at(node);
  const auto queue = account.queues.find(id);
  if (queue == account.queues.end()) return;
  if (world_.oracle.connection(id).reason == CloseReason::drain) return;
  give(node, Purpose::egress, queue->second);
  account.queues.erase(queue);
}

// ---- what waits --------------------------------------------------------------------------------

void Memory::takes(NodeId node, Purpose purpose, Bytes size) {
  if (counts()) take(node, purpose, size + config_->per_frame);
}

void Memory::gives(NodeId node, Purpose purpose, Bytes size) {
  if (counts()) give(node, purpose, size + config_->per_frame);
}

Bytes Memory::waiting(const Event& event) const {
  const Account& account = accounts_[index(event.node)];
  const bool by_link = event.kind == EventKind::broker_message_done;
  const bool lives = by_link ? (event.b & UINT16_MAX) >= account.first_link
                             : event.b == world_.processes->epoch(event.node);
  if (!lives) return 0;
  const bool letter =
      event.kind == EventKind::letter_leaves || event.kind == EventKind::letter_done;
  const MessageId message = letter ? world_.peers->letter(event.a).message : MessageId{event.a};
  return world_.ledger.message(message).size + config_->per_frame;
}

Bytes* Memory::kept_for(const Event& event) {
  if (event.kind != EventKind::frame_done) return nullptr;
  const ConnectionRecord& on = world_.oracle.connection(ConnectionId{event.c});
  const bool kept = std::as_const(world_.ledger).at(MessageId{event.a}).intend < on.opened;
  return kept ? &at(event.node).kept[on.born] : nullptr;
}

void Memory::waits(const Event& event) {
  const Bytes bytes = waiting(event);
  if (Bytes* const kept = kept_for(event)) *kept += bytes;
  take(event.node, Purpose::work, bytes);
}

void Memory::waits_no_more(const Event& event) {
  const Bytes bytes = waiting(event);
  if (Bytes* const kept = kept_for(event)) *kept -= bytes;
  give(event.node, Purpose::work, bytes);
}

void Memory::works_on(NodeId node, Bytes size, Time until) {
  if (until <= world_.now) return;
  const Waiting what{kNoConnection, size + config_->per_frame, until,
                     world_.processes->epoch(node)};
  take(node, Purpose::work, what.size);
  world_.at(until, {EventKind::queue_changes, node, slots_.put(what)});
}

void Memory::waits(NodeId node, const Frame& frame, Bytes size) {
  const Waiting what{frame.to, size + config_->per_frame, frame.until,
                     world_.processes->epoch(node)};
  world_.at(frame.from, {EventKind::queue_changes, node, slots_.put(what), 0, 1});
}

// Of the process that runs, and not gone with its connection.
bool Memory::lives(NodeId node, const Waiting& what) const {
  return what.epoch == world_.processes->epoch(node) &&
         (what.to == kNoConnection || accounts_[index(node)].queues.contains(what.to));
}

void Memory::grows(NodeId node, std::uint32_t slot) {
  const Waiting& what = slots_[slot];
  const bool gone = what.epoch != world_.processes->epoch(node) ||
                    world_.oracle.connection(what.to).closed != kNever;
  if (gone) {
    slots_.take(slot);
    return;
  }
  at(node).queues[what.to] += what.size;
  world_.at(what.until, {EventKind::queue_changes, node, slot});
  take(node, Purpose::egress, what.size);
}

// Over a path that is dead nothing leaves; it waits until the node knows.
void Memory::shrinks(NodeId node, std::uint32_t slot) {
  const Waiting what = slots_.take(slot);
  if (!lives(node, what)) return;
  if (what.to == kNoConnection) {
    give(node, Purpose::work, what.size);
    return;
  }
  const ConnectionRecord& record = world_.oracle.connection(what.to);
  const bool flushes = record.closed != kNever || world_.pipe(what.to).flushes;
  Account& account = at(node);
  if (record.dead != kNever && !flushes) {
    account.stuck.push_back(what);
    return;
  }
  give(node, Purpose::egress, what.size);
  const auto queue = account.queues.find(what.to);
  queue->second -= what.size;
  if (queue->second == 0) account.queues.erase(queue);
}

void Memory::event(const Event& event) {
  const bool begins = event.c != 0;
  if (event.kind == EventKind::queue_changes) {
    begins ? grows(event.node, event.a) : shrinks(event.node, event.a);
  } else {
    begins ? world_.supervisor->restart(event.node, event.b) : kill(event.node, event.b);
  }
}

// ---- too much ----------------------------------------------------------------------------------

// As in a crash: its kernel resets its connections, and all that it held is lost.
void Memory::kill(NodeId id, std::uint32_t epoch) {
  Node& node = world_.nodes->at(id);
  if (!node.up || node.epoch != epoch) return;
  const TriggerId trigger = blame(id);
  node.row.oom_kills.add(world_.inside());
  world_.supervisor->kill(id, trigger, config_->restart);
}

// A fault, if the process would be below its limit without what that has brought here: connections
// that came because of it, less those that went; what their clients could not say before; what
// waits for a broker that it took away, or for a loop that it holds up. Of several the one that
// brought most. Else overload.
TriggerId Memory::blame(NodeId node) const {
  const Account& account = accounts_[index(node)];
  std::map<TriggerId, std::int64_t> came;
  std::map<TriggerId, Bytes> brought;
  for (const ConnectionId id : account.connections) {
    const TriggerId born = world_.oracle.connection(id).born;
    const auto queue = account.queues.find(id);
    ++came[born];
    brought[born] += per_connection_ + (queue == account.queues.end() ? 0 : queue->second);
  }
  for (const auto& [trigger, count] : sent_away(node)) {
    const std::int64_t here = came[trigger];
    if (here > 0) brought[trigger] -= brought[trigger] / here * std::min(here, count);
  }
  const auto held = [&](Purpose purpose) {
    return account.taken[at_place(purpose)] - account.given[at_place(purpose)];
  };
  const BrokerServer& server = world_.broker->server();
  const TriggerId outage = server.up ? world_.broker->links().of(node).trigger : server.trigger;
  brought[outage] += held(Purpose::publisher);
  Bytes work = held(Purpose::work);
  for (const auto& [trigger, bytes] : account.kept) brought[trigger] += bytes, work -= bytes;
  brought[world_.supervisor->held_up_by(node)] += work;
  TriggerId found = kOverload;
  Bytes most = 0;
  for (const auto& [trigger, bytes] : brought) {
    const bool fault =
        trigger >= fault_trigger(world_.scenario, 0) && trigger < accident_trigger(world_.scenario);
    if (!fault || bytes <= most || account.level - bytes > config_->limit) continue;
    found = trigger, most = bytes;
  }
  return found;
}

// Connections of this node that something ended, by what it was; not those that it had brought.
std::map<TriggerId, std::int64_t> Memory::sent_away(NodeId node) const {
  std::map<TriggerId, std::int64_t> went;
  for (std::size_t c = 0; c < world_.pipes.size(); ++c) {
    const ConnectionRecord& record =
        world_.oracle.connection(ConnectionId{static_cast<std::uint32_t>(c)});
    const bool ended = record.node == node && record.closed != kNever;
    if (ended && record.born != record.trigger) ++went[record.trigger];
  }
  return went;
}

// ---- the law -----------------------------------------------------------------------------------

void Memory::left_over(const Event& event) {
  if (waits_for_a_loop(event.kind)) {
    at(event.node).left[at_place(Purpose::work)] += waiting(event);
  }
  if (of_an_entry(event.kind)) entering_.insert(ConnectionId{event.a});
  if (event.kind != EventKind::queue_changes || event.c != 0) return;
  const Waiting& what = slots_[event.a];
  if (!lives(event.node, what)) return;
  const Purpose purpose = what.to == kNoConnection ? Purpose::work : Purpose::egress;
  at(event.node).left[at_place(purpose)] += what.size;
}

// Not in yet, and not given up; or nobody has come to hear that it is.
bool Memory::enters(const Node& node, ConnectionId id) const {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.opened != kNever) return false;
  const auto of_it = [&](const Event& event) {
    return event.kind == EventKind::end_at_node && ConnectionId{event.a} == id;
  };
  return record.dead == kNever || entering_.contains(id) || std::ranges::any_of(node.heard, of_it);
}

// What is there at the end, as those say who hold it.
Bytes Memory::resident(NodeId id, Purpose purpose) const {
  const Node& node = world_.nodes->at(id);
  const Account& account = accounts_[index(id)];
  Bytes there = account.left[at_place(purpose)];
  if (purpose == Purpose::process && node.up) there += config_->base;
  if (purpose == Purpose::connections) {
    const auto entering =
        std::ranges::count_if(account.connections, [&](ConnectionId c) { return enters(node, c); });
    const auto sessions = static_cast<Bytes>(node.sessions.size());
    there += (sessions + entering) * per_connection_;
  }
  if (purpose == Purpose::egress) {
    for (const Waiting& what : account.stuck) there += lives(id, what) ? what.size : 0;
  }
  if (purpose == Purpose::publisher) {
    for (const Held& held : world_.broker->links().of(id).held) {
      there += world_.ledger.message(held.message).size + config_->per_frame;
    }
  }
  return there;  // histories have let go of all by then
}

void Memory::finish(RunRecord& record) {
  if (!counts()) return;
  for (std::uint16_t n = 0; n < accounts_.size(); ++n) {
    for (std::size_t p = 0; p < kPurposes; ++p) {
      const Bytes taken = accounts_[n].taken[p], given = accounts_[n].given[p];
      const Bytes there = resident(NodeId{n}, Purpose{static_cast<std::uint8_t>(p)});
      if (taken - given == there) continue;
      record.violations.push_back(
          {"memory", fmt::format("n{}, {}: taken {} - given back {} != resident {}", n + 1,
                                 kNames[p], taken, given, there)});
    }
  }
}

}  // namespace squall
