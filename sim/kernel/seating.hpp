// Who of a node's sessions sits in which room, in the order of taking a seat.
//
// The order matters: a fan-out writes in it. Most rooms have nobody on most nodes and one or two on
// the others, so a room costs memory only where somebody sits: in blocks of a power of two.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/machine/lookup.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class Seating {
 public:
  struct Seat {
    ConnectionId connection;
    std::uint32_t rank : 24;  // place in the room's roster
    std::uint32_t loop : 8;   // its pipe's: who counts the turns of others need not touch theirs
  };

  std::span<const Seat> in(RoomId room) const {
    const Block* block = blocks_.find(index(room));
    if (block == nullptr) return {};
    return {pool_.data() + block->offset, block->size};
  }

  bool seated(RoomId room, ConnectionId id) const {
    const auto seats = in(room);
    return std::ranges::find(seats, id, &Seat::connection) != seats.end();
  }

  // Whether it is the first one in.
  bool take(RoomId room, Seat seat) {
    Block& block = blocks_[index(room)];
    const bool first = block.size == 0;
    if (first) block = {allocate(0), 0, 0};  // a room that is new here
    if (block.size == 1U << block.log_capacity) grow(block);
    pool_[block.offset + block.size++] = seat;
    return first;
  }

  // The last one moves into the free place. Whether nobody is left.
  bool leave(RoomId room, ConnectionId id) {
    Block* found = blocks_.find(index(room));
    if (found == nullptr) return false;
    Block& block = *found;
    const auto first = pool_.begin() + block.offset, last = first + block.size;
    const auto seat = std::find_if(first, last, [&](const Seat& s) { return s.connection == id; });
    if (seat == last) return false;
    *seat = *(last - 1);
    if (--block.size > 0) return false;
    free_[block.log_capacity].push_back(block.offset);
    blocks_.erase(index(room));
    return true;
  }

 private:
  struct Block {
    std::uint32_t offset = 0;
    std::uint32_t size : 27 = 0;
    std::uint32_t log_capacity : 5 = 0;
  };

  std::uint32_t allocate(std::uint32_t log_capacity) {
    auto& free = free_[log_capacity];
    if (!free.empty()) {
      const std::uint32_t offset = free.back();
      free.pop_back();
      return offset;
    }
    const auto offset = static_cast<std::uint32_t>(pool_.size());
    pool_.resize(pool_.size() + (std::size_t{1} << log_capacity));
    return offset;
  }

  void grow(Block& block) {
    const std::uint32_t old = block.offset;
    block.offset = allocate(block.log_capacity + 1U);
    std::copy_n(pool_.begin() + old, block.size, pool_.begin() + block.offset);
    free_[block.log_capacity].push_back(old);
    ++block.log_capacity;
  }

  Lookup<std::size_t, Block> blocks_;  // by room
  std::vector<Seat> pool_;
  std::array<std::vector<std::uint32_t>, 28> free_;  // blocks, by the logarithm of their size
};

}  // namespace squall
