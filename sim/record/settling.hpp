// The end of a message: each frame judged, each owed pair given its one end.
//
// A part of the ledger, which calls settle() when the last copy of a message has ended and its last
// frame would have arrived. Large messages are judged by a crew, each part a range of ranks.
// What the frames were worth: worth.cpp; what a witness is told: sights.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sim/machine/crew.hpp"
#include "sim/record/byte_book.hpp"
#include "sim/record/ledger_setup.hpp"
#include "sim/record/oracle.hpp"
#include "sim/record/order.hpp"
#include "sim/record/pair_book.hpp"
#include "sim/record/tracked.hpp"

namespace squall {

class Settling {
 public:
  Settling(const LedgerSetup& setup, const Oracle& oracle, ByteBook& bytes, PairBook& pairs)
      : setup_(setup), oracle_(oracle), bytes_(bytes), pairs_(pairs) {}
  // The crew must outlive the last settle().
  void share_work(Crew& crew) { crew_ = &crew; }

  void settle(const Tracked& tracked);  // of measure

  struct Frames {
    std::uint64_t ended = 0, read = 0;
  };
  const Frames& frames() const { return frames_; }
  void finish(RunRecord& record);  // before the book of pairs

 private:
  // Where the delivered pairs of a cell are measured by one part of the crew.
  struct alignas(Crew::kApart) Measured {
    Samples latency, service;
    Samples both;  // of messages that were written when they were meant to be
  };
  struct BatchWorth {  // frames of a batch
    std::int64_t useful = 0, redundant = 0, lost = 0;
    WireCost parts;  // of frames that were cut off half sent
  };
  // What one part of the crew finds of a message: the entries of a range of ranks.
  struct alignas(Crew::kApart) Tally {
    std::uint64_t ended = 0, read = 0, ghosts = 0;  // entries
    std::uint64_t dup_suppressed = 0, dup_surfaced = 0;
    std::uint64_t live = 0, live_after_reconnect = 0, recovered = 0, late = 0, bonus = 0,
                  spurious = 0;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;  // latency
    __int128 egress = 0, socket = 0, arrival = 0;
    Time last_arrival = kBeforeAll;
    std::span<const std::uint32_t> mine;  // the entries, ascending
    std::vector<std::uint32_t> chosen;    // memory for them
    std::vector<Fate> fates;              // of mine
    std::vector<PushFailure> failed;      // in the order of the entries
    std::vector<BatchWorth> batches;
    std::vector<std::uint16_t> latencies;  // of delivered owed pairs, as coarse buckets
  };

  // In this order.
  unsigned judge(const Tracked& tracked, Cell& cell);  // in so many parts
  std::span<const std::uint32_t> everyone(std::size_t entries);
  void judge_entries(const Tracked& tracked, Tally& tally);
  void count_delivered(const Tracked& tracked, Measured& measured, Tally& tally);
  void count_worth(const Tracked& tracked, Tally& tally) const;
  Bytes carried(const Tracked& tracked, const PushEntry& entry, Fate fate) const;
  void add_up(const Tracked& tracked, std::span<const Tally> tallies, Cell& cell);
  void fail(std::uint32_t rank, const Death& death);
  void tell_ends(const Tracked& tracked, std::span<const Tally> tallies) const;
  void book_bytes(const Tracked& tracked, std::span<const Tally> tallies);
  void count_lost(const Tracked& tracked, Cell& cell);

  const LedgerSetup& setup_;
  const Oracle& oracle_;
  ByteBook& bytes_;
  PairBook& pairs_;
  OrderBook order_;
  Crew* crew_ = nullptr;
  std::vector<std::vector<Measured>> measured_;  // by part, cell; added to the cells in the end
  Frames frames_;
  Count ghost_pushes_;

  // Scratch of settle().
  Receipts receipts_;
  std::vector<Tally> tallies_;         // by part
  std::vector<std::uint32_t> failed_;  // by rank, index + 1 of the latest failure
  std::vector<std::uint32_t> touched_failed_;
  std::vector<std::uint32_t> ascending_;  // 0, 1, 2, ...
  std::vector<PushFailure> judged_;
  Time hope_ended_{0};  // when the last copy of the message came to its end, or its last frame
};

}  // namespace squall
