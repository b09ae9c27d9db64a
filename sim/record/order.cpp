// Order of delivery: violations within a sender's stream, and how often two members of a room saw
// two messages in opposite orders.
// Streams are compared between consecutive messages: an inversion across one that was lost for the
// recipient in between is not seen.
#include "sim/record/order.hpp"

#include <algorithm>

namespace squall {
namespace {

// Rooms and recipients whose orders are compared; the number compared is part of the record.
constexpr std::uint32_t kSampledRooms = 64;
constexpr std::uint32_t kSampledRanks = 8;

using Seen = std::vector<std::pair<std::uint64_t, Time>>;  // (number, arrival)

// Counts pairs out of order by merge sort; `times` ends up sorted.
std::uint64_t inversions(std::vector<Time>& times, std::vector<Time>& scratch, std::size_t begin,
                         std::size_t end) {
  if (end - begin < 2) return 0;
  const std::size_t middle = (begin + end) / 2;
  std::uint64_t count =
      inversions(times, scratch, begin, middle) + inversions(times, scratch, middle, end);
  std::size_t left = begin, right = middle;
  for (std::size_t out = begin; out < end; ++out) {
    if (right == end || (left < middle && times[left] <= times[right])) {
      scratch[out] = times[left++];
    } else {
      count += middle - left;
      scratch[out] = times[right++];
    }
  }
  std::copy(scratch.begin() + static_cast<std::ptrdiff_t>(begin),
            scratch.begin() + static_cast<std::ptrdiff_t>(end),
            times.begin() + static_cast<std::ptrdiff_t>(begin));
  return count;
}

// Messages that both saw, as the other's arrival times in the order of the reference.
std::vector<Time> in_order_of(Seen reference, const Seen& other) {
  std::ranges::sort(reference, {}, [](const auto& entry) { return entry.second; });
  Seen sorted = other;
  std::ranges::sort(sorted);
  std::vector<Time> times;
  for (const auto& [number, arrival] : reference) {
    const auto found =
        std::ranges::lower_bound(sorted, number, {}, [](const auto& entry) { return entry.first; });
    if (found != sorted.end() && found->first == number) times.push_back(found->second);
  }
  return times;
}

}  // namespace

// Arrivals are kept only while a neighbour in the stream is unsettled, so the cost is that of
// senders who speak again before their last word is settled.
void OrderBook::settled(const Tracked& tracked, const Receipts& receipts, Cell& cell) {
  sample_room(tracked, receipts);
  if (tracked.previous_number == 0 && tracked.next_number == 0) return;
  Arrivals ours{0, {}};
  for (const PushEntry& entry : tracked.entries) {
    if (!test_bit(receipts.got, entry.rank) || !test_bit(tracked.owed, entry.rank)) continue;
    if (&entry == &tracked.entries[receipts.first[entry.rank]]) {
      ours.by_rank.emplace_back(entry.rank, entry.arrival);
    }
  }
  std::ranges::sort(ours.by_rank);
  for (const auto& [neighbour, we_are_later] :
       {std::pair{tracked.previous_number, true}, std::pair{tracked.next_number, false}}) {
    if (neighbour == 0) continue;
    if (!compare(*tracked.born, ours.by_rank, neighbour, we_are_later, cell)) {
      ++ours.waiting;
    }
  }
  if (ours.waiting > 0) kept_.emplace(tracked.number, std::move(ours));
}

// False when the neighbour has not settled yet.
bool OrderBook::compare(Inside born, std::span<const std::pair<std::uint32_t, Time>> ours,
                        std::uint64_t neighbour, bool we_are_later, Cell& cell) {
  const auto found = kept_.find(neighbour);
  if (found == kept_.end()) return false;
  const auto& theirs = found->second.by_rank;
  auto their = theirs.begin();
  for (const auto& [rank, arrival] : ours) {
    while (their != theirs.end() && their->first < rank) ++their;
    if (their == theirs.end()) break;
    if (their->first != rank) continue;
    const bool inverted = we_are_later ? their->second > arrival : arrival > their->second;
    if (inverted) cell.fifo_violations.add(born);
  }
  if (--found->second.waiting == 0) kept_.erase(found);
  return true;
}

void OrderBook::sample_room(const Tracked& tracked, const Receipts& receipts) {
  const Address& to = tracked.message.address;
  if (to.kind != Address::Kind::room || to.id >= kSampledRooms) return;
  RoomSample& sample = room_samples_[to.id];
  sample.born = tracked.born;
  sample.seen.resize(kSampledRanks);
  for (std::uint32_t rank = 0; rank < kSampledRanks && rank < tracked.owed.size() * 64; ++rank) {
    if (!test_bit(tracked.owed, rank) || !test_bit(receipts.got, rank)) continue;
    sample.seen[rank].emplace_back(tracked.number, tracked.entries[receipts.first[rank]].arrival);
  }
}

void OrderBook::finish(RunRecord& record) const {
  for (const auto& [room, sample] : room_samples_) {
    const auto reference =
        std::ranges::max_element(sample.seen, {}, [](const auto& seen) { return seen.size(); });
    for (auto other = sample.seen.begin(); other != sample.seen.end(); ++other) {
      if (other == reference || other->empty()) continue;
      std::vector<Time> times = in_order_of(*reference, *other);
      std::vector<Time> scratch(times.size());
      record.room_pairs.add(sample.born,
                            times.size() * (times.size() - (times.empty() ? 0 : 1)) / 2);
      record.room_inversions.add(sample.born, inversions(times, scratch, 0, times.size()));
      record.room_sample.add(sample.born);
    }
  }
}

}  // namespace squall
