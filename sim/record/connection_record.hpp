// The life of one connection, as it truly was: what the oracle keeps, and what a witness may copy.
//
// Times are those of the run; kNever where it did not come to that.
#pragma once

#include <algorithm>

#include "strategies/core/causes.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// One transport incarnation of an endpoint. kNever = has not happened.
struct ConnectionRecord {
  EndpointId endpoint = kNoEndpoint;
  ConnectionId previous = kNoConnection;  // of the same endpoint, in order of opening
  Time opened = kNever;                   // the node registered the session
  Time ready = kNever;                    // the client was told
  Time dead = kNever;    // nothing can reach the client over it any more (true time)
  Time closed = kNever;  // the node knows
  NodeId node = kNoNode;
  TriggerId trigger{0};                    // of its end
  TriggerId born{0};                       // why it was opened: inherited from the gap before it
  CloseReason reason = CloseReason::none;  // of its end
  bool reset : 1 = false;  // after the node's end nothing that its kernel held could be read
  Recovered recovered : 2 = Recovered::not_asked;

  // From here on nothing can come through: the path broke, or the node hung up.
  Time ended() const { return std::min(dead, closed); }
};

}  // namespace squall
