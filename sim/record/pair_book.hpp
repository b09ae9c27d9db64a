// What became of owed pairs, counted: by cell, by cause, by second and slice, by who and why.
//
// A part of the ledger, which says when a pair is owed and how it ended. Two ways to the same sum
// are kept apart, so that laws can compare them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/record/ledger_setup.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/series.hpp"
#include "sim/record/tracked.hpp"

namespace squall {

class PairBook {
 public:
  explicit PairBook(const LedgerSetup& setup);

  Cell& cell(const Tracked& tracked);  // valid until another message has a new one
  // Its place among the cells, in the order in which they came about.
  std::size_t place(const Cell& cell) const {
    return static_cast<std::size_t>(&cell - cells_.data());
  }
  std::vector<Cell>& cells() { return cells_; }

  void owed(const Tracked& tracked, Cell& cell);  // at its birth, to whom `tracked` says
  void lost(const Tracked& tracked, Cell& cell, EndpointId who, bool connected, const Death& death,
            bool acked);
  // So many in all; gives back the slice, for the latencies.
  SliceRow& settled(const Tracked& tracked, std::uint64_t lost, std::uint64_t delivered);

  const std::vector<SecondRow>& seconds() const { return seconds_; }
  void finish(RunRecord& record);
  // The laws of pairs. `read`: frames that clients read, as counted elsewhere.
  void check(std::vector<Violation>& violations, bool too_short, std::uint64_t read) const;

 private:
  SecondRow& second_of(const Tracked& tracked);
  SliceRow& slice_of(const Tracked& tracked);
  void count_cause(const Tracked& tracked, Mechanism mechanism);

  const LedgerSetup& setup_;
  std::vector<Cell> cells_;
  std::vector<LossRow> losses_;
  std::vector<SecondRow> seconds_;
  std::vector<TrafficSeries> series_;
  // Empty: nothing was lost.
  std::vector<Counted<std::uint32_t>> lost_by_recipient_, lost_by_sender_;
  std::vector<Count> lost_by_trigger_, lost_by_mechanism_;
};

// A law says that two counts are equal; each is named.
class Law {
 public:
  explicit Law(std::vector<Violation>& violations) : violations_(violations) {}
  struct Named {
    const char* name;
    std::uint64_t count;
  };
  void equal(const char* law, const Named& left, const Named& right);

 private:
  std::vector<Violation>& violations_;
};

}  // namespace squall
