// A witness is told what the books are told: one seam for both engines, null by default.
//
// Virtual time tells it while it plays; a live run when the books are closed, from the facts that
// the loops wrote down. Of one message the sights come in order of time, but for those of its end
// (received, missed, lost), which are known when it settles. Messages have their numbers, in the
// order of offers: a MessageId is a slot that is used again. Nothing a witness does changes a run.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/record/connection_record.hpp"
#include "strategies/core/message.hpp"

namespace squall {

// The death of a copy, or a note that a node could not be sent one.
struct Death {
  Mechanism mechanism;
  Time at;
  NodeId node = kNoNode;  // concerns the recipients on this node; kNoNode: all that are left
  TriggerId trigger{0};
  CloseReason reason = CloseReason::none;
};

// Which of the rules of attribution.hpp named the cause of a lost pair.
enum class Rule : std::uint8_t {
  none,
  copy_died,   // a copy that was relevant to the recipient died last there
  no_copy,     // nobody sent one to the node of a connected recipient
  not_there,   // the recipient was away
  unexplained  // no rule: the run fails
};

// One thing that happened to one message, or to one of its copies.
struct Sight {
  enum class What : std::uint8_t {
    offered,       // endpoint: the sender
    refused,       // by the client: offline, or never sent
    written,       // the sender's frame
    arrived,       // at the first node
    accepted,      // by it
    acknowledged,  // to the sender, when the frame will be read; connection
    forked,        // copies: how many more; it has no time of its own
    benign,        // a copy ended where nobody needed it
    died,          // a copy; death
    unreached,     // no copy could be sent to a node; death
    published,     // from node
    from_broker,   // taken up by node
    forwarded,     // from node to other
    from_peer,     // taken up by node, other: the sender of the copy
    fan_out,       // node hands it to its sessions
    push_failed,   // endpoint: the recipient; death
    received,      // endpoint, connection; the first frame that counts
    repeated,      // endpoint, connection; a further one
    missed,        // endpoint, connection; written and never read; death
    lost           // endpoint; death, rule and evidence
  };

  What what;
  Time at;
  std::uint64_t message = 0;  // its number
  bool measured = false;      // whether it is counted at all
  EndpointId endpoint = kNoEndpoint;
  NodeId node = kNoNode, other = kNoNode;
  ConnectionId connection = kNoConnection;  // of lost: the session that the rule looked at
  std::uint32_t copies = 0;
  Death death = {Mechanism::unattributed, kNever};
  Rule rule = Rule::none;
};
std::string_view name(Sight::What what);  // "from_broker"
std::string_view name(Rule rule);         // "copy_died"

class Witness {
 public:
  virtual ~Witness() = default;
  virtual void see(const Message& message, const Sight& sight) = 0;
  // All of them when the run is over, in the order of their ids.
  virtual void connection(ConnectionId, const ConnectionRecord&) {}
};

}  // namespace squall
