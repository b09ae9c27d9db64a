// The order in which messages were read: overtaking within a stream, and in rooms.
//
// A part of the ledger. It is told of each message when that has settled, and keeps of it who read
// it when, as long as a neighbour in its stream has not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/record/run_record.hpp"
#include "sim/record/tracked.hpp"
#include "sim/record/window.hpp"

namespace squall {

class OrderBook {
 public:
  void settled(const Tracked& tracked, const Receipts& receipts, Cell& cell);
  void finish(RunRecord& record) const;  // how often members of a room disagree

 private:
  struct Arrivals {  // kept of a settled message while a neighbour in its stream is unsettled
    int waiting;     // neighbours that are still to be compared with this one
    std::vector<std::pair<std::uint32_t, Time>> by_rank;
  };
  struct RoomSample {
    std::optional<Inside> born;                                     // of any message in it
    std::vector<std::vector<std::pair<std::uint64_t, Time>>> seen;  // per compared recipient
  };
  bool compare(Inside born, std::span<const std::pair<std::uint32_t, Time>> ours,
               std::uint64_t neighbour, bool we_are_later, Cell& cell);
  void sample_room(const Tracked& tracked, const Receipts& receipts);

  std::map<std::uint64_t, Arrivals> kept_;  // by number
  std::map<std::uint32_t, RoomSample> room_samples_;
};

}  // namespace squall
