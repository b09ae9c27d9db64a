// The ledger's end of run: its record, and the conservation laws of messages, copies and pairs.
// A law compares two counts that were kept apart on the way; neither is derived from the other.
#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>

#include "sim/record/ledger.hpp"

namespace squall {
namespace {

std::string both(const std::string& left, std::uint64_t a, const std::string& right,
                 std::uint64_t b) {
  return left + " is " + std::to_string(a) + ", " + right + " is " + std::to_string(b);
}

std::uint64_t total(const auto& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

void Ledger::finish(RunRecord& record) {
  for (Tracked& tracked : messages_) {  // copies still alive: the drain was too short
    if (!tracked.in_use || !tracked.born) continue;
    cell(tracked).unresolved.add(tracked.born, count_bits(tracked.owed));
  }
  for (const auto& cells : measured_) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      for (const Samples* latency : {&cells[c].latency, &cells[c].both}) {
        cells_[c].latency.merge(*latency);
      }
      for (const Samples* service : {&cells[c].service, &cells[c].both}) {
        cells_[c].service.merge(*service);
      }
    }
  }
  std::ranges::sort(cells_, {}, [](const Cell& c) { return std::pair(c.traffic, c.spans); });
  std::ranges::sort(losses_, {}, [](const LossRow& row) {
    return std::tuple(row.traffic, row.spans, row.mechanism, row.trigger, row.reason);
  });
  record.cells = cells_;
  record.losses = losses_;
  record.seconds = seconds_;
  record.worst_endpoints = lost_by_recipient_;
  std::erase(record.worst_endpoints, 0U);
  std::ranges::sort(record.worst_endpoints, std::greater<>());
  for (FaultRow& fault : record.faults) fault.pairs_lost = lost_by_trigger_[index(fault.trigger)];
  record.copies = admitted_;
  record.forks = forks_;
  record.benign = benign_;
  record.messages_offered = offered_;
  record.messages_admitted = admitted_;
  record.messages_refused = refused_;
  record.messages_never_sent = never_sent_;
  record.ghost_pushes = ghost_pushes_;
  record.arrivals_hash = arrivals_hash_;
  compare_rooms(record);
}

void Ledger::check(std::vector<Violation>& violations) const {
  const auto equal = [&](const char* law, const std::string& left, std::uint64_t a,
                         const std::string& right, std::uint64_t b) {
    if (a != b) violations.push_back({law, both(left, a, right, b)});
  };
  equal("messages", "offered", offered_, "admitted + refused + never sent",
        admitted_ + refused_ + never_sent_);
  equal("copies", "admitted + forks", admitted_ + forks_, "pushed + benign + dropped",
        pushed_ + benign_ + dropped_);
  equal("pushes", "sessions tried", tried_, "frames written + failed at once",
        entries_ + failures_);
  equal("frames", "written", entries_, "arrived, lost or without a session", entries_ended_);
  std::uint64_t lost = 0, read = 0;
  for (const Cell& cell : cells_) {
    lost += cell.lost;
    read += cell.live + cell.live_after_reconnect + cell.recovered + cell.bonus + cell.spurious +
            cell.dup_suppressed + cell.dup_surfaced;
    equal("pairs", "owed", cell.owed, "delivered + lost + excused",
          cell.live + cell.live_after_reconnect + cell.recovered + cell.lost + cell.excused);
    equal("promises", "lost", cell.lost, "broken promises + refused + silent",
          cell.broken_promises + cell.lost_refused + cell.lost_silent);
    equal("pairs", "unresolved (drain too short)", cell.unresolved, "allowed", 0);
    __int128 stages = 0;
    for (const CountedTime& sum : cell.stage_sum) stages += sum;
    if (stages != cell.latency.sum()) {
      violations.push_back({"stages", "the parts of the latency do not add up to it"});
    }
  }
  equal("frames", "read by clients", frames_read_, "owed + bonus + spurious + duplicates", read);
  equal("losses by mechanism", "lost", lost, "sum", total(lost_by_mechanism_));
  equal("losses by trigger", "lost", lost, "sum", total(lost_by_trigger_));
  equal("losses by recipient", "lost", lost, "sum", total(lost_by_recipient_));
  equal("losses by sender", "lost", lost, "sum", total(lost_by_sender_));
  equal("attribution", "unattributed",
        lost_by_mechanism_[static_cast<std::size_t>(Mechanism::unattributed)], "allowed", 0);
}

}  // namespace squall
