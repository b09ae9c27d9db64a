// One batch of pushes in progress: what all parts of it read. See fan_out.hpp.
// Two files push: fan_out.cpp, and fan_out_queue.cpp where a full queue lets go of older frames.
#pragma once

#include "sim/kernel/clients.hpp"
#include "sim/kernel/fan_out.hpp"
#include "sim/kernel/positions.hpp"

namespace squall {

struct FanOut::Batch {
  Node& node;
  const Message& message;
  std::span<const Seat> seats;
  std::uint32_t sender_rank;  // nobody hears his own words
  PushEntry* entries;         // one place per seat; null for messages outside of measure
  std::size_t first_entry;    // the place of the first of them
  Positions* positions;       // null where nobody asks for them
  Position position;          // of who gets it
  WireCost wire;
  Duration cost;
  Rng delays;
  std::uint64_t frames;      // of the message: World::frames_down()
  bool card, counts_memory;  // has_card(); memory is counted
  bool lets_go;              // a full queue does, of older frames
};

// From the node to the client, once it has left the line.
inline Duration FanOut::way_down(const Batch& batch, const Pipe& pipe) const {
  const std::uint64_t path = world_.clients->numbers().path(pipe.link);
  return world_.network.message_delay(batch.delays.at(path)) +
         world_.network.detour(pipe, batch.node.id) +
         world_.network.weather(pipe, batch.node.id, batch.frames, path);
}

}  // namespace squall
