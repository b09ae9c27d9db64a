// Seats and bits of the rosters. See rosters.hpp.
// Endpoints are seated in ascending order, so that the seats of one lie side by side.
#include "sim/record/rosters.hpp"

namespace squall {

Rosters::Rosters(std::uint32_t endpoints, std::span<const std::uint32_t> room_sizes)
    : seat_from_(endpoints + 1, 0) {
  bits_from_.push_back(0);
  std::size_t seats = 0;
  for (const std::uint32_t size : room_sizes) {
    const auto words = static_cast<std::uint32_t>(words_of(size) * kSets);
    bits_from_.push_back(bits_from_.back() + words);
    seats += size;
  }
  bits_.resize(bits_from_.back());
  seats_.reserve(seats);
}

void Rosters::seat(EndpointId endpoint, std::span<const Seat> seats, bool joined) {
  seats_.insert(seats_.end(), seats.begin(), seats.end());
  seat_from_[index(endpoint) + 1] = static_cast<std::uint32_t>(seats_.size());
  for (const Seat& seat : seats) {
    set_bit(in(seat.room, Set::joined), seat.rank, joined);
    set_bit(in(seat.room, Set::requested), seat.rank, joined);
  }
}

std::span<const Rosters::Seat> Rosters::seats(EndpointId endpoint) const {
  const std::uint32_t from = seat_from_[index(endpoint)];
  return {seats_.data() + from, seat_from_[index(endpoint) + 1] - from};
}

std::uint32_t Rosters::rank_in(EndpointId endpoint, RoomId room) const {
  for (const Seat& seat : seats(endpoint)) {
    if (seat.room == room) return seat.rank;
  }
  return kNoRank;
}

bool Rosters::asked_for(EndpointId endpoint, RoomId room) const {
  const std::uint32_t rank = rank_in(endpoint, room);
  return rank != kNoRank && test_bit(in(room, Set::requested), rank);
}

void Rosters::requested(EndpointId endpoint, RoomId room, bool yes) {
  set_bit(in(room, Set::requested), rank_in(endpoint, room), yes);
}

}  // namespace squall
