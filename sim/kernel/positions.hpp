// What a client has heard of when it comes back. Virtual time delivers frames without an event
// each, so that is worked out, when somebody wants to know, from what was written lately.
//
// Only of strategies with a history. Links are numbered as in Clients. Different links touch
// different memory, so that a crew may share a fan-out.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "sim/record/ledger.hpp"
#include "sim/record/oracle.hpp"
#include "strategies/core/position.hpp"

namespace squall {

class Positions {
 public:
  explicit Positions(std::size_t links) : written_(links) {}
  bool kept() const { return !written_.empty(); }

  // A frame was written to a client.
  void written(std::uint32_t link, const Position& position, const PushEntry& frame,
               const Oracle& oracle, Time now);
  // The frame that was to be read then is read at another time; none: it was taken back.
  void changed(std::uint32_t link, ConnectionId connection, Time read,
               const std::optional<PushEntry>& frame);
  // The last message that came on one of these links since they were last asked.
  std::optional<Position> take(std::uint32_t first, std::size_t count, const Oracle& oracle,
                               Time now);

  // What a welcome says; heard when it arrives.
  void told(ConnectionId connection, const Position& position) {
    told_.insert_or_assign(connection, position);
  }
  std::optional<Position> hear(ConnectionId connection);

 private:
  struct Written {
    Position position;
    PushEntry frame;
  };
  std::vector<std::vector<Written>> written_;  // by link, in order
  std::map<ConnectionId, Position> told_;
};

}  // namespace squall
