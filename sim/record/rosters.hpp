// Who sits where in the rosters of the rooms, and four sets of each room, as bits by rank.
//
// A part of the oracle (oracle.hpp), which works out who is owed what and who is connected; what a
// client has asked for, joining or leaving, is told here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/record/bit_set.hpp"
#include "strategies/core/types.hpp"

namespace squall {

inline constexpr std::uint32_t kNoRank = UINT32_MAX;

class Rosters {
 public:
  struct Seat {  // an endpoint's place in a room's roster
    RoomId room;
    std::uint32_t rank;
  };
  enum class Set : std::uint32_t { owed, connected, joined, requested };

  Rosters(std::uint32_t endpoints, std::span<const std::uint32_t> room_sizes);

  // Where each endpoint sits; called once per endpoint before the run, in ascending order.
  void seat(EndpointId endpoint, std::span<const Seat> seats, bool joined);
  std::span<const Seat> seats(EndpointId endpoint) const;
  std::uint32_t rank_in(EndpointId endpoint, RoomId room) const;  // kNoRank when no member

  // Has asked to join and not to leave, whether that was acknowledged yet or not.
  bool asked_for(EndpointId endpoint, RoomId room) const;
  void requested(EndpointId endpoint, RoomId room, bool yes);

  std::span<const std::uint64_t> in(RoomId room, Set set) const {
    return std::span(bits_).subspan(first_word(room, set), words(room));
  }
  std::span<std::uint64_t> in(RoomId room, Set set) {
    return std::span(bits_).subspan(first_word(room, set), words(room));
  }

 private:
  static constexpr std::size_t kSets = 4;
  std::size_t words(RoomId room) const {
    return (bits_from_[index(room) + 1] - bits_from_[index(room)]) / kSets;
  }
  std::size_t first_word(RoomId room, Set set) const {
    return bits_from_[index(room)] + static_cast<std::size_t>(set) * words(room);
  }

  std::vector<std::uint32_t> bits_from_;  // by room, and one past the last
  BitSet bits_;                           // of every room, its sets one after the other
  std::vector<std::uint32_t> seat_from_;
  std::vector<Seat> seats_;
};

}  // namespace squall
