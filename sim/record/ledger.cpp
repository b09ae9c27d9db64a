// A message's way through the ledger, up to the end of its last copy. What follows is settling.hpp.
// Owed pairs are fixed here, at t_intend, and never change afterwards.
#include "sim/record/ledger.hpp"

#include <algorithm>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::uint64_t fold(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * 0x100000001b3ULL;  // FNV-1a, eight bytes at a time
}

std::uint64_t stream_key(EndpointId sender, Address to) {
  return static_cast<std::uint64_t>(sender) << 33 | static_cast<std::uint64_t>(to.kind) << 32 |
         to.id;
}

}  // namespace

void close_gaps(Tracked& tracked) {
  if (!tracked.gaps) return;
  tracked.gaps = false;
  std::uint32_t kept = 0, next = 0;
  for (PushBatch& batch : tracked.batches) {
    batch.begin = kept;
    for (; next < batch.end; ++next) {
      if (tracked.entries[next].connection == kNoConnection) continue;
      tracked.entries[kept++] = tracked.entries[next];
    }
    batch.end = kept;
  }
  tracked.entries.resize(kept);
}

Ledger::Ledger(LedgerSetup setup, const Oracle& oracle, ByteBook& bytes)
    : setup_(std::move(setup)),
      window_(setup_.measure),
      oracle_(oracle),
      pairs_(setup_),
      settling_(setup_, oracle, bytes, pairs_) {}

MessageId Ledger::allocate() {
  if (free_.empty()) {
    messages_.emplace_back();
    return MessageId{static_cast<std::uint32_t>(messages_.size() - 1)};
  }
  const MessageId id = free_.back();
  free_.pop_back();
  return id;
}

MessageId Ledger::offer(const Offer& offer) {
  const MessageId id = allocate();
  Tracked& tracked = at(id);
  tracked.message = {id, offer.sender, offer.to, offer.size, 0};
  tracked.number = ++numbers_;
  tracked.in_use = true;
  tracked.born = window_.at(offer.intend);
  tracked.traffic = offer.traffic;
  tracked.intend = offer.intend;
  tracked.settle_at = offer.intend;
  tracked.last_end = offer.intend;
  for (std::size_t i = 0; i < setup_.spans.size(); ++i) {
    const auto& [begin, end] = setup_.spans[i];
    if (begin <= offer.intend && offer.intend < end) tracked.spans |= SpanMask{1} << i;
  }
  join_stream(id);
  if (tracked.born) take_owed(tracked);
  ++said_.offered;
  arrivals_hash_ = fold(arrivals_hash_, static_cast<std::uint64_t>(offer.intend.count()));
  arrivals_hash_ = fold(arrivals_hash_, stream_key(offer.sender, offer.to));
  arrivals_hash_ = fold(arrivals_hash_, static_cast<std::uint64_t>(offer.size));
  saw(id, {.what = Sight::What::offered, .at = offer.intend, .endpoint = offer.sender});
  return id;
}

void Ledger::join_stream(MessageId id) {
  Tracked& tracked = at(id);
  Stream& stream = streams_[stream_key(tracked.message.sender, tracked.message.address)];
  tracked.message.sequence = ++stream.sequence;
  Tracked& last = at(stream.last);
  if (stream.sequence > 1 && last.in_use && last.number == stream.last_number) {
    last.next_number = tracked.number;
    tracked.previous_number = last.number;
  }
  stream.last = id;
  stream.last_number = tracked.number;
}

void Ledger::refused(MessageId id, TriggerId trigger, CloseReason reason) {
  Tracked& tracked = at(id);
  saw(id, {.what = Sight::What::refused, .at = tracked.last_end});
  tracked.refused = true;
  ++said_.refused;
  remember(id, {Mechanism::sender_offline_refused, tracked.intend, kNoNode, trigger, reason});
  tracked.extinct = true;
  extinct_.emplace_back(id, tracked.settle_at);
}

void Ledger::never_sent(MessageId id, Time now, TriggerId trigger) {
  at(id).last_end = std::max(at(id).last_end, now);  // it waited in the client's queue until now
  ++said_.never_sent;
  --said_.refused;  // refused() below counts it as refused; the client never had to say no
  refused(id, trigger, CloseReason::none);
  at(id).refused = false;
}

void Ledger::written(MessageId id, Time now) {
  Tracked& tracked = at(id);
  tracked.write = now;
  tracked.ingress = tracked.accept = kNever;
  tracked.entered = true;
  tracked.alive = 1;
  ++said_.admitted;
  saw(id, {.what = Sight::What::written, .at = now});
}

void Ledger::arrived(MessageId id, Time now, NodeId node) {
  at(id).ingress = std::min(at(id).ingress, now);
  saw(id, {.what = Sight::What::arrived, .at = now, .node = node});
}

void Ledger::accepted(MessageId id, Time now, NodeId node) {
  at(id).accept = std::min(at(id).accept, now);
  saw(id, {.what = Sight::What::accepted, .at = now, .node = node});
}

void Ledger::acked(MessageId id, ConnectionId sender, Time arrival) {
  Tracked& tracked = at(id);
  if (arrival >= tracked.ack_arrival) return;  // another path is faster
  tracked.ack_connection = sender;
  tracked.ack_arrival = arrival;
  tracked.settle_at = std::max(tracked.settle_at, arrival);
  saw(id, {.what = Sight::What::acknowledged, .at = arrival, .connection = sender});
}

void Ledger::forked(MessageId id, std::uint32_t more) {
  at(id).alive += more;
  forks_ += more;
  saw(id, {.what = Sight::What::forked, .at = at(id).last_end, .copies = more});
}

void Ledger::end_copy(Tracked& tracked, MessageId id, Time now) {
  SQUALL_CHECK(tracked.in_use && tracked.alive > 0);
  --tracked.alive;
  tracked.last_end = std::max(tracked.last_end, now);
  tracked.settle_at = std::max(tracked.settle_at, now);
  end_if_over(tracked, id);
}

void Ledger::end_if_over(Tracked& tracked, MessageId id) {
  if (tracked.alive > 0 || tracked.kept > 0) return;
  tracked.extinct = true;
  extinct_.emplace_back(id, tracked.settle_at);
}

// What the sender did not hear of does not count as a promise.
void Ledger::written_again(MessageId id, Time now) {
  Tracked& tracked = at(id);
  SQUALL_CHECK(tracked.kept > 0);
  tracked.again = std::max(tracked.again, now);
  tracked.ack_arrival = kNever;
  forked(id, 1);
}

void Ledger::keep(MessageId id, Keeper keeper) {
  Tracked& tracked = at(id);
  SQUALL_CHECK(tracked.in_use && !tracked.extinct);
  ++tracked.kept, ++keeps_;
  tracked.in_log |= keeper == Keeper::log;
  tracked.in_history |= keeper == Keeper::history || keeper == Keeper::log;
}

// Not the end of anybody's hope: who has missed it and comes later is told so.
void Ledger::let_go(MessageId id, Keeper keeper, Time now) {
  Tracked& tracked = at(id);
  SQUALL_CHECK(tracked.in_use && tracked.kept > 0);
  --tracked.kept, ++let_go_;
  const bool knows = keeper == Keeper::history || keeper == Keeper::log;
  if (knows) tracked.forgotten = std::max(tracked.forgotten, now);
  end_if_over(tracked, id);
}

void Ledger::benign(MessageId id, Time now) {
  ++benign_;
  saw(id, {.what = Sight::What::benign, .at = now});
  // What was on a node before its client wrote it again is known: nobody's hope ends with it.
  Tracked& tracked = at(id);
  end_copy(tracked, id, tracked.accept < tracked.again ? tracked.last_end : now);
}

void Ledger::drop(MessageId id, const Death& death) {
  if (setup_.mutes(death.mechanism)) return;
  ++dropped_;
  saw(id, {.what = Sight::What::died, .at = death.at, .node = death.node, .death = death});
  remember(id, death);
  end_copy(at(id), id, death.at);
}

void Ledger::note(MessageId id, const Death& death) {
  saw(id, {.what = Sight::What::unreached, .at = death.at, .node = death.node, .death = death});
  remember(id, death);
}

void Ledger::remember(MessageId id, const Death& death) {
  Tracked& tracked = at(id);
  if (tracked.born && !setup_.mutes(death.mechanism)) tracked.deaths.push_back(death);
  tracked.settle_at = std::max(tracked.settle_at, death.at);
}

Unfilled<PushEntry>& Ledger::push(MessageId id, NodeId node, Time egress, PushSource source) {
  Tracked& tracked = at(id);
  if (tracked.batches.empty() && tracked.born) {
    tracked.entries.reserve(count_bits(tracked.owed));  // one connection each: that will be all
  }
  const auto begin = static_cast<std::uint32_t>(tracked.entries.size());
  tracked.batches.push_back({begin, begin, node, egress, source});
  return tracked.entries;
}

void Ledger::pushed(MessageId id, Time now, std::uint32_t tried) {
  Tracked& tracked = at(id);
  if (tracked.born) tried_ += tried;
  PushBatch& batch = tracked.batches.back();
  batch.end = static_cast<std::uint32_t>(tracked.entries.size());
  entries_ += batch.end - batch.begin;
  for (std::uint32_t i = batch.begin; i < batch.end; ++i) {
    tracked.settle_at = std::max(tracked.settle_at, tracked.entries[i].arrival);
  }
  ++pushed_;
  // A replay is for one of them; for the others hope ended with what was said to all.
  end_copy(tracked, id, batch.source == PushSource::live ? now : tracked.last_end);
}

void Ledger::push_failed(MessageId id, std::uint32_t rank, const Death& death) {
  if (setup_.mutes(death.mechanism)) return;
  Tracked& tracked = at(id);
  if (!tracked.born) return;
  ++failures_;
  tracked.failures.push_back({rank, death});
  saw(id, {.what = Sight::What::push_failed,
           .at = death.at,
           .endpoint = setup_.recipient(tracked.message, rank),
           .node = death.node,
           .death = death});
}

// Its place stays until the message settles: others are known by theirs.
void Ledger::changed(MessageId id, std::uint32_t entry, const std::variant<PushEntry, Death>& now) {
  Tracked& tracked = at(id);
  SQUALL_CHECK(entry < tracked.entries.size());
  PushEntry& frame = tracked.entries[entry];
  SQUALL_CHECK(frame.connection != kNoConnection);
  if (const auto* const moved = std::get_if<PushEntry>(&now)) {
    frame = *moved;
    tracked.moved = std::max(tracked.moved, moved->arrival);
    return;
  }
  frame.connection = kNoConnection;
  tracked.gaps = true;
  --entries_;
  push_failed(id, frame.rank, std::get<Death>(now));
}

void Ledger::settle(MessageId id) {
  Tracked& tracked = at(id);
  SQUALL_CHECK(tracked.in_use && tracked.extinct && tracked.alive == 0);
  close_gaps(tracked);
  if (tracked.born) settling_.settle(tracked);
  release(tracked, id);
}

void Ledger::release(Tracked& tracked, MessageId id) {
  Buffers buffers = std::move(tracked.buffers());
  tracked = Tracked{};
  // The memory is kept for the next message in this place, unless one large room would have every
  // place hold the largest fan-out ever seen.
  constexpr std::size_t kKept = 512;
  if (buffers.entries.capacity() > kKept) buffers = Buffers{};
  buffers.clear();
  tracked.buffers() = std::move(buffers);
  free_.push_back(id);
}

}  // namespace squall
