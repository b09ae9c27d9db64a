// The end of a message: each push is judged by the true life of its connection, each owed pair
// gets its terminal state, and the byte book learns what the frames were worth.
#include "sim/record/settling.hpp"

#include <algorithm>
#include <bit>

#include "sim/machine/fetch_ahead.hpp"
#include "sim/record/attribution.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

constexpr std::size_t kAhead = 24;  // entries: a record is fetched while so many others are judged

// The entries whose ranks lie in [from, to). Without a branch that nobody could predict.
std::span<const std::uint32_t> choose(std::span<const PushEntry> entries, std::uint32_t from,
                                      std::uint32_t to, std::vector<std::uint32_t>& chosen) {
  chosen.resize(entries.size());
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    chosen[count] = i;
    count += entries[i].rank - from < to - from;
  }
  return std::span(chosen).first(count);
}

Mechanism mechanism_of(Fate fate, CloseReason reason, bool was_dead) {
  if (fate == Fate::session_gone) {  // it went with the session's egress queue
    return was_dead ? Mechanism::pushed_to_ghost : Mechanism::downlink_in_flight_at_disconnect;
  }
  if (fate == Fate::ghost) return Mechanism::pushed_to_ghost;
  if (fate == Fate::lost_on_wire) return Mechanism::downlink_in_flight_at_disconnect;
  return reason == CloseReason::kick ? Mechanism::purged_by_slow_consumer_kick
                                     : Mechanism::egress_lost_at_crash;
}

template <typename Visit>
void for_each_bit(std::span<const std::uint64_t> bits, Visit visit) {
  for (std::size_t word = 0; word < bits.size(); ++word) {
    for (std::uint64_t rest = bits[word]; rest != 0; rest &= rest - 1) {
      visit(
          static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }
}

}  // namespace

Fate fate_of(const PushEntry& entry, const ConnectionRecord& connection, Time intend) {
  if (entry.socket > connection.closed) {
    switch (connection.reason) {
      case CloseReason::crash:
      case CloseReason::host_loss:
      case CloseReason::kick: return Fate::lost_at_node;
      case CloseReason::drain: break;  // flushed before the goodbye
      case CloseReason::none:
      case CloseReason::logout:
      case CloseReason::network:
      case CloseReason::silent:
      case CloseReason::heartbeat:
      case CloseReason::refused:
      case CloseReason::timeout:
      case CloseReason::idle:
      case CloseReason::aged:
      case CloseReason::no_broker:
      case CloseReason::reload: return Fate::session_gone;
    }
  }
  // A process that dies leaves its kernel to flush what it was given, whatever the goodbye's turn.
  const bool flushed = entry.socket <= connection.closed && connection.closed <= connection.dead &&
                       !connection.reset && connection.reason == CloseReason::crash;
  // A live engine knows that a frame never came; a simulated one is always under way to somewhere.
  const bool came = entry.arrival != kNever;
  if ((came && entry.arrival <= connection.dead) || flushed) {
    return connection.opened <= intend ? Fate::arrived : Fate::arrived_later;
  }
  return entry.socket > connection.dead ? Fate::ghost : Fate::lost_on_wire;
}

void Settling::settle(const Tracked& tracked) {
  Cell& cell = pairs_.cell(tracked);
  const std::uint64_t lost_before = cell.lost;
  const unsigned parts = judge(tracked, cell);
  count_lost(tracked, cell);
  order_.settled(tracked, receipts_, cell);
  std::uint64_t delivered = 0;
  for (std::size_t i = 0; i < tracked.owed.size(); ++i) {
    delivered += static_cast<std::uint64_t>(std::popcount(receipts_.got[i] & tracked.owed[i]));
  }
  SliceRow& slice = pairs_.settled(tracked, cell.lost - lost_before, delivered);
  for (const Tally& tally : std::span(tallies_).first(parts)) {
    for (const std::uint16_t bucket : tally.latencies) slice.latency.record(*tracked.born, bucket);
  }
}

// Fills the receipts and the failures by rank; counts what was delivered, and what the frames were
// worth. Ranks share nothing but words of 64 bits: ranges of whole words are judged side by side.
unsigned Settling::judge(const Tracked& tracked, Cell& cell) {
  const std::size_t words = tracked.owed.size();
  if (receipts_.first.size() < words * 64) {
    receipts_.first.resize(words * 64);
    failed_.resize(words * 64, 0);
  }
  receipts_.got.assign(words, 0);
  const std::size_t which = pairs_.place(cell);
  const unsigned parts = crew_ == nullptr ? 1 : crew_->parts_for(tracked.entries.size());
  tallies_.resize(std::max<std::size_t>(tallies_.size(), parts));
  measured_.resize(std::max<std::size_t>(measured_.size(), parts));
  for (auto& cells : measured_) cells.resize(pairs_.cells().size());
  const auto task = [&](unsigned part) {
    const auto from = static_cast<std::uint32_t>(part_begin(words, parts, part) * 64);
    const auto to = static_cast<std::uint32_t>(part_begin(words, parts, part + 1) * 64);
    Tally& tally = tallies_[part];
    tally = {.mine = {},
             .chosen = std::move(tally.chosen),
             .fates = std::move(tally.fates),
             .failed = std::move(tally.failed),
             .batches = std::move(tally.batches),
             .latencies = std::move(tally.latencies)};
    if (parts == 1)
      tally.mine = everyone(tracked.entries.size());
    else
      tally.mine = choose(tracked.entries, from, to, tally.chosen);
    tally.fates.resize(tally.mine.size());
    tally.failed.clear();
    tally.latencies.clear();
    tally.batches.assign(tracked.batches.size(), {});
    judge_entries(tracked, tally);
    count_delivered(tracked, measured_[part][which], tally);
    count_worth(tracked, tally);
  };
  if (parts == 1)
    task(0);
  else
    crew_->each(parts, task);
  add_up(tracked, std::span(tallies_).first(parts), cell);
  if (setup_.witness != nullptr) tell_ends(tracked, std::span(tallies_).first(parts));
  book_bytes(tracked, std::span(tallies_).first(parts));
  return parts;
}

void Settling::judge_entries(const Tracked& tracked, Tally& tally) {
  auto batch = tracked.batches.begin();
  std::size_t fetched = 0;
  for (std::size_t k = 0; k < tally.mine.size(); ++k) {
    const std::uint32_t i = tally.mine[k];
    while (i >= batch->end) ++batch;
    for (; fetched < std::min(k + kAhead, tally.mine.size()); ++fetched) {
      fetch_ahead(oracle_.calm_address(tracked.entries[tally.mine[fetched]].connection));
    }
    const PushEntry& entry = tracked.entries[i];
    const ConnectionRecord& connection = oracle_.connection(entry.connection);
    const bool calm = entry.arrival != kNever && oracle_.calm(entry.connection, tracked.intend);
    Fate fate = calm ? Fate::arrived : fate_of(entry, connection, tracked.intend);
    if (batch->source == PushSource::history && came(fate)) fate = Fate::recovered;
    tally.fates[k] = fate;
    if (came(fate)) {
      ++tally.ended;
      ++tally.read;
      if (fate != Fate::recovered) {
        tally.last_arrival = std::max(tally.last_arrival, entry.arrival);
      }
      if (!test_bit(receipts_.got, entry.rank)) {
        set_bit(receipts_.got, entry.rank, true);
        receipts_.first[entry.rank] = i;
        continue;
      }
      const PushEntry& first = tracked.entries[receipts_.first[entry.rank]];
      const Duration apart =
          std::max(first.arrival, entry.arrival) - std::min(first.arrival, entry.arrival);
      ++(apart <= setup_.dedupe_window ? tally.dup_suppressed : tally.dup_surfaced);
      if (entry.arrival < first.arrival) receipts_.first[entry.rank] = i;
    } else {
      const Mechanism mechanism =
          mechanism_of(fate, connection.reason, batch->egress > connection.dead);
      const bool at_node = fate == Fate::lost_at_node || fate == Fate::session_gone;
      const Time when = at_node               ? connection.closed
                        : fate == Fate::ghost ? entry.socket
                                              : connection.dead;
      if (setup_.mutes(mechanism)) continue;
      ++tally.ended;
      if (fate == Fate::ghost) ++tally.ghosts;
      tally.failed.push_back(
          {entry.rank, {mechanism, when, connection.node, connection.trigger, connection.reason}});
    }
  }
}

// 0, 1, 2, ...: what choose() would find when one part has all ranks.
std::span<const std::uint32_t> Settling::everyone(std::size_t entries) {
  while (ascending_.size() < entries) {
    ascending_.push_back(static_cast<std::uint32_t>(ascending_.size()));
  }
  return std::span(ascending_).first(entries);
}

// Remembers the latest failure of each rank; of equal times the most downstream one.
void Settling::fail(std::uint32_t rank, const Death& death) {
  judged_.push_back({rank, death});
  hope_ended_ = std::max(hope_ended_, death.at);
  std::uint32_t& latest = failed_[rank];
  if (latest == 0) touched_failed_.push_back(rank);
  if (latest == 0 || !later(judged_[latest - 1].death, death)) {
    latest = static_cast<std::uint32_t>(judged_.size());
  }
}

void Settling::count_delivered(const Tracked& tracked, Measured& measured, Tally& tally) {
  const Inside born = *tracked.born;
  const bool prompt = tracked.write == tracked.intend;
  auto batch = tracked.batches.begin();
  for (std::size_t k = 0; k < tally.mine.size(); ++k) {
    const std::uint32_t i = tally.mine[k];
    while (i >= batch->end) ++batch;
    const PushEntry& entry = tracked.entries[i];
    if (!test_bit(receipts_.got, entry.rank) || receipts_.first[entry.rank] != i) continue;
    if (!test_bit(tracked.owed, entry.rank)) {
      const bool member = tracked.message.address.kind == Address::Kind::user ||
                          oracle_.rosters().asked_for(setup_.recipient(tracked.message, entry.rank),
                                                      tracked.message.address.room());
      ++(member ? tally.bonus : tally.spurious);
      continue;
    }
    ++(tally.fates[k] == Fate::arrived         ? tally.live
       : tally.fates[k] == Fate::arrived_later ? tally.live_after_reconnect
                                               : tally.recovered);
    const std::int64_t latency = (entry.arrival - tracked.intend).count();
    if (prompt) {
      measured.both.record(born, latency);
    } else {
      measured.latency.record(born, latency);
      measured.service.record(born, (entry.arrival - tracked.write).count());
    }
    if (latency > setup_.deadline.count()) ++tally.late;
    tally.latencies.push_back(CoarseSamples::bucket_of(latency));
    tally.first = std::min(tally.first, latency);
    tally.last = std::max(tally.last, latency);
    tally.egress += batch->egress.count();
    tally.socket += entry.socket.count();
    tally.arrival += entry.arrival.count();
  }
}

void Settling::add_up(const Tracked& tracked, std::span<const Tally> tallies, Cell& cell) {
  const Inside born = *tracked.born;
  Tally sum;
  judged_.clear();
  hope_ended_ = tracked.last_end;
  for (const PushFailure& failure : tracked.failures) fail(failure.rank, failure.death);
  for (const Tally& tally : tallies) {
    for (const PushFailure& failure : tally.failed) fail(failure.rank, failure.death);
    hope_ended_ = std::max(hope_ended_, tally.last_arrival);
    frames_.ended += tally.ended;
    frames_.read += tally.read;
    ghost_pushes_.add(born, tally.ghosts);
    cell.dup_suppressed.add(born, tally.dup_suppressed);
    cell.dup_surfaced.add(born, tally.dup_surfaced);
    if (setup_.deliberate) cell.redundant.add(born, tally.dup_suppressed);
    cell.live.add(born, tally.live);
    cell.live_after_reconnect.add(born, tally.live_after_reconnect);
    cell.recovered.add(born, tally.recovered);
    cell.late.add(born, tally.late);
    cell.bonus.add(born, tally.bonus);
    cell.spurious.add(born, tally.spurious);
    sum.live += tally.live + tally.live_after_reconnect + tally.recovered;
    sum.first = std::min(sum.first, tally.first);
    sum.last = std::max(sum.last, tally.last);
    sum.egress += tally.egress, sum.socket += tally.socket, sum.arrival += tally.arrival;
  }
  if (sum.live == 0) return;
  const auto n = static_cast<__int128>(sum.live);
  const auto stage = [&](Stage which, __int128 time) {
    cell.stage_sum[static_cast<std::size_t>(which)].add(born, time);
  };
  stage(Stage::client_wait, n * (tracked.write - tracked.intend).count());
  stage(Stage::uplink, n * (tracked.ingress - tracked.write).count());
  stage(Stage::ingress_cpu, n * (tracked.accept - tracked.ingress).count());
  stage(Stage::backplane, sum.egress - n * tracked.accept.count());
  stage(Stage::fan_out, sum.socket - sum.egress);
  stage(Stage::downlink, sum.arrival - sum.socket);
  if (sum.live >= 2) cell.skew.record(born, sum.last - sum.first);
  if (count_bits(tracked.owed) == sum.live) cell.room_complete.record(born, sum.last);
}

void Settling::count_lost(const Tracked& tracked, Cell& cell) {
  const Inside born = *tracked.born;
  const bool acked = tracked.ack_arrival != kNever &&
                     tracked.ack_arrival <= oracle_.connection(tracked.ack_connection).dead;
  const Attribution attribution(tracked, oracle_, setup_);
  for (std::size_t word = 0; word < tracked.owed.size(); ++word) {
    const std::uint64_t missing = tracked.owed[word] & ~receipts_.got[word];
    for_each_bit({&missing, 1}, [&](std::uint32_t bit) {
      const auto rank = static_cast<std::uint32_t>(word * 64 + bit);
      const EndpointId who = setup_.recipient(tracked.message, rank);
      // Nobody is excused by leaving later: whatever was to be had was lost by then.
      if (oracle_.left_between(who, tracked.message.address, tracked.intend, hope_ended_)) {
        cell.excused.add(born);
        return;
      }
      const Death* failure = failed_[rank] == 0 ? nullptr : &judged_[failed_[rank] - 1].death;
      const Finding finding = attribution.of(who, failure);
      const Death& death = finding.death;
      if (setup_.mutes(death.mechanism)) return;
      if (setup_.witness != nullptr) {
        tell(*setup_.witness, tracked,
             {.what = Sight::What::lost,
              .at = death.at,
              .endpoint = who,
              .node = death.node,
              .connection = finding.evidence,
              .death = death,
              .rule = finding.rule});
      }
      Count& promise = acked             ? cell.broken_promises
                       : tracked.refused ? cell.lost_refused
                                         : cell.lost_silent;
      promise.add(born);
      pairs_.lost(tracked, cell, who, test_bit(tracked.connected, rank), death, acked);
    });
  }
  for (const std::uint32_t rank : touched_failed_) failed_[rank] = 0;
  touched_failed_.clear();
}

void Settling::finish(RunRecord& record) {
  std::vector<Cell>& to = pairs_.cells();
  for (const auto& cells : measured_) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      for (const Samples* latency : {&cells[c].latency, &cells[c].both}) {
        to[c].latency.merge(*latency);
      }
      for (const Samples* service : {&cells[c].service, &cells[c].both}) {
        to[c].service.merge(*service);
      }
    }
  }
  record.ghost_pushes = ghost_pushes_;
  order_.finish(record);
}

}  // namespace squall
