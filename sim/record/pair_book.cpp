// Counting of pairs, and the laws of them. See pair_book.hpp.
// What is counted by who and why must add up to what is counted by cell.
#include "sim/record/pair_book.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

namespace squall {
namespace {

std::uint64_t total(const auto& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

PairBook::PairBook(const LedgerSetup& setup)
    : setup_(setup),
      seconds_(static_cast<std::size_t>((setup.measure + Duration{999'999'999}).count() /
                                        1'000'000'000)),
      lost_by_trigger_(setup.triggers),
      lost_by_mechanism_(kMechanisms) {}

Cell& PairBook::cell(const Tracked& tracked) {
  for (Cell& cell : cells_) {
    if (cell.traffic == tracked.traffic && cell.spans == tracked.spans) return cell;
  }
  Cell& added = cells_.emplace_back();
  added.traffic = tracked.traffic;
  added.spans = tracked.spans;
  return added;
}

void PairBook::owed(const Tracked& tracked, Cell& cell) {
  const Inside born = *tracked.born;
  const std::size_t owed = count_bits(tracked.owed);
  if (owed > 0) cell.messages_owed.add(born);
  cell.owed.add(born, owed);
  cell.owed_connected.add(born, count_bits(tracked.connected));
  second_of(tracked).owed.add(born, owed);
  if (owed > 0) slice_of(tracked).owed.add(born, owed);
}

void PairBook::lost(const Tracked& tracked, Cell& cell, EndpointId who, bool connected,
                    const Death& death, bool acked) {
  const Inside born = *tracked.born;
  cell.lost.add(born);
  if (connected) cell.lost_connected.add(born);
  lost_by_recipient_.resize(setup_.endpoints);
  lost_by_sender_.resize(setup_.endpoints);
  lost_by_recipient_[index(who)].add(born);
  lost_by_sender_[index(tracked.message.sender)].add(born);
  lost_by_trigger_[index(death.trigger)].add(born);
  lost_by_mechanism_[static_cast<std::size_t>(death.mechanism)].add(born);
  count_cause(tracked, death.mechanism);
  for (LossRow& row : losses_) {
    if (row.traffic == tracked.traffic && row.spans == tracked.spans &&
        row.mechanism == death.mechanism && row.trigger == death.trigger &&
        row.reason == death.reason) {
      row.pairs.add(born);
      row.broken_promises.add(born, acked);
      return;
    }
  }
  losses_.push_back(
      {tracked.traffic, tracked.spans, death.mechanism, death.trigger, death.reason, {}, {}});
  LossRow& row = losses_.back();
  row.pairs.add(born);
  row.broken_promises.add(born, acked);
}

SliceRow& PairBook::settled(const Tracked& tracked, std::uint64_t lost, std::uint64_t delivered) {
  const Inside born = *tracked.born;
  SecondRow& second = second_of(tracked);
  second.lost.add(born, lost);
  second.delivered.add(born, delivered);
  SliceRow& slice = slice_of(tracked);
  slice.lost.add(born, lost);
  slice.delivered.add(born, delivered);
  return slice;
}

SecondRow& PairBook::second_of(const Tracked& tracked) {
  return seconds_[static_cast<std::size_t>(tracked.intend.count() / 1'000'000'000)];
}

SliceRow& PairBook::slice_of(const Tracked& tracked) {
  const auto known = std::ranges::find(series_, tracked.traffic, &TrafficSeries::traffic);
  TrafficSeries& series =
      known != series_.end() ? *known : series_.emplace_back(TrafficSeries{tracked.traffic, {}});
  if (series.slices.empty()) series.slices.resize(slices_in(setup_.measure, setup_.slice));
  return series.slices[static_cast<std::size_t>(tracked.intend / setup_.slice)];
}

void PairBook::count_cause(const Tracked& tracked, Mechanism mechanism) {
  SliceRow& slice = slice_of(tracked);
  const auto known = std::ranges::find(slice.causes, mechanism, &CauseCount::mechanism);
  CauseCount& cause =
      known != slice.causes.end() ? *known : slice.causes.emplace_back(CauseCount{mechanism, {}});
  cause.pairs.add(tracked.born);
}

void PairBook::finish(RunRecord& record) {
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
}

void PairBook::check(std::vector<Violation>& violations, bool too_short,
                     std::uint64_t frames_read) const {
  Law law(violations);
  std::uint64_t lost = 0, read = 0;
  for (const Cell& cell : cells_) {
    lost += cell.lost;
    read += cell.live + cell.live_after_reconnect + cell.recovered + cell.bonus + cell.spurious +
            cell.dup_suppressed + cell.dup_surfaced;
    const std::uint64_t unresolved = too_short ? cell.unresolved : 0;
    law.equal("pairs", {"owed", cell.owed},
              {"delivered + lost + excused + unresolved", cell.live + cell.live_after_reconnect +
                                                              cell.recovered + cell.lost +
                                                              cell.excused + unresolved});
    law.equal("promises", {"lost", cell.lost},
              {"broken promises + refused + silent",
               cell.broken_promises + cell.lost_refused + cell.lost_silent});
    if (!too_short) law.equal("pairs", {"unresolved", cell.unresolved}, {"allowed", 0});
    __int128 stages = 0;
    for (const CountedTime& sum : cell.stage_sum) stages += sum;
    if (stages != cell.latency.sum()) {
      violations.push_back({"stages", "the parts of the latency do not add up to it"});
    }
  }
  law.equal("frames", {"read by clients", frames_read},
            {"owed + bonus + spurious + duplicates", read});
  law.equal("losses by mechanism", {"lost", lost}, {"sum", total(lost_by_mechanism_)});
  law.equal("losses by trigger", {"lost", lost}, {"sum", total(lost_by_trigger_)});
  law.equal("losses by recipient", {"lost", lost}, {"sum", total(lost_by_recipient_)});
  law.equal("losses by sender", {"lost", lost}, {"sum", total(lost_by_sender_)});
  const Count& unattributed = lost_by_mechanism_[static_cast<std::size_t>(Mechanism::unattributed)];
  law.equal("attribution", {"unattributed", unattributed}, {"allowed", 0});
}

void Law::equal(const char* law, const Named& left, const Named& right) {
  if (left.count == right.count) return;
  violations_.push_back(
      {law, fmt::format("{} is {}, {} is {}", left.name, left.count, right.name, right.count)});
}

}  // namespace squall
