// A network card that many connections share: so many bits per second, whoever comes first.
//
// Who asks need not ask in order of time, as a fan-out knows its departures long before they are
// due: what is free in between is taken. Integers only. What one connection has not sent yet is
// known, too, because that is what its queue holds.
#pragma once

#include <deque>
#include <map>

#include "strategies/core/types.hpp"

namespace squall {

class Card {
 public:
  // When the last byte is out, of what takes so long and comes at `at`. Nobody comes before `now`
  // any more.
  Time serve(Time at, Duration work, Time now);

  // The same, and remembered as the connection's.
  Time serve(ConnectionId connection, Time at, Bytes bytes, Duration work, Time now);
  // Until no more than `room` of the connection waits; as much of it as can.
  Duration until_there_is(Bytes room, ConnectionId connection, Time at);

  void forget(ConnectionId connection) { unsent_.erase(connection); }

 private:
  struct Frame {
    Time out;
    Bytes bytes;
  };
  struct Unsent {
    std::deque<Frame> frames;  // in order
    Bytes bytes = 0;
  };

  std::map<Time, Time> busy_;  // from, until
  std::map<ConnectionId, Unsent> unsent_;
};

}  // namespace squall
