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

// What becomes of a frame does not depend on anything that is still to come.
bool Ledger::decided(const PushEntry& entry, Time end) const {
  const ConnectionRecord& connection = oracle_.connection(entry.connection);
  return entry.arrival <= end || connection.dead != kNever || entry.socket > connection.closed;
}

void Ledger::settle_decided(Time end) {
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const Tracked& tracked = messages_[i];
    if (!tracked.in_use || !tracked.extinct) continue;
    const auto known = [&](const PushEntry& entry) { return decided(entry, end); };
    if (std::ranges::all_of(tracked.entries, known)) {
      settle(MessageId{static_cast<std::uint32_t>(i)});
      continue;
    }
    frames_under_way_ += tracked.entries.size() -
                         static_cast<std::size_t>(std::ranges::count_if(tracked.entries, known));
  }
}

void Ledger::finish(RunRecord& record) {
  for (Tracked& tracked : messages_) {  // copies still alive: the drain was too short
    if (!tracked.in_use) continue;
    alive_ += tracked.alive;
    if (!tracked.born) continue;
    unsettled_entries_ += tracked.entries.size();
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
  std::ranges::sort(series_, {}, &TrafficSeries::traffic);
  record.series = series_;
  record.slice = setup_.slice;
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

// Said first: laws that do not balance because of it say nothing about squall.
bool Ledger::drain_too_short(std::vector<Violation>& violations,
                             std::span<const UnderWay> under_way) const {
  std::uint64_t found = 0;
  std::vector<std::string> places;
  const auto add = [&](std::uint64_t count, const std::string& what) {
    if (count > 0) places.push_back(std::to_string(count) + " " + what);
  };
  for (const UnderWay& place : under_way) {
    found += place.copies;
    add(place.copies, std::string(place.where));
  }
  add(frames_under_way_, "frames on the lines to the clients");
  if (found != alive_ || places.empty()) return false;
  std::string list;
  for (const std::string& place : places) list += (list.empty() ? "" : ", ") + place;
  violations.push_back({std::string(kDrain), "still under way when it ends: " + list});
  return true;
}

void Ledger::check(std::vector<Violation>& violations, std::span<const UnderWay> under_way) const {
  const bool too_short = drain_too_short(violations, under_way);
  const std::uint64_t alive = too_short ? alive_ : 0;
  const auto equal = [&](const char* law, const std::string& left, std::uint64_t a,
                         const std::string& right, std::uint64_t b) {
    if (a != b) violations.push_back({law, both(left, a, right, b)});
  };
  equal("messages", "offered", offered_, "admitted + refused + never sent",
        admitted_ + refused_ + never_sent_);
  equal("copies", "admitted + forks", admitted_ + forks_, "pushed + benign + dropped + under way",
        pushed_ + benign_ + dropped_ + alive);
  equal("histories", "kept", keeps_, "let go", let_go_);
  equal("pushes", "sessions tried", tried_, "frames written + failed at once",
        entries_ + failures_);
  equal("frames", "written", entries_, "arrived, lost, without a session or under way",
        entries_ended_ + (too_short ? unsettled_entries_ : 0));
  std::uint64_t lost = 0, read = 0;
  for (const Cell& cell : cells_) {
    lost += cell.lost;
    read += cell.live + cell.live_after_reconnect + cell.recovered + cell.bonus + cell.spurious +
            cell.dup_suppressed + cell.dup_surfaced;
    const std::uint64_t unresolved = too_short ? cell.unresolved : 0;
    equal("pairs", "owed", cell.owed, "delivered + lost + excused + unresolved",
          cell.live + cell.live_after_reconnect + cell.recovered + cell.lost + cell.excused +
              unresolved);
    equal("promises", "lost", cell.lost, "broken promises + refused + silent",
          cell.broken_promises + cell.lost_refused + cell.lost_silent);
    if (!too_short) equal("pairs", "unresolved", cell.unresolved, "allowed", 0);
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
