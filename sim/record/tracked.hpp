// What the ledger knows of one message: its copies, frames written for it, what died on the way.
//
// It lies in a place that the next message gets when this one has settled. Plain data: ledger.cpp
// fills it while the message is under way, settling.hpp judges it, attribution.hpp asks it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/machine/unfilled.hpp"
#include "sim/record/bit_set.hpp"
#include "sim/record/connection_record.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/window.hpp"
#include "sim/record/witness.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"

namespace squall {

// One frame written to one connection. `rank` is the recipient's place in the room (0 for a user).
struct PushEntry {
  std::uint32_t rank;
  ConnectionId connection;
  Time socket;   // it left user space
  Time arrival;  // the client's app would read it
};

// What became of a frame, judged from the life of the connection it was written to.
enum class Fate : std::uint8_t {
  arrived,        // on a connection that was open at t_intend
  arrived_later,  // on one that was opened since
  recovered,      // out of a history: it was missed before
  session_gone,   // the node had closed the session when its turn came: nothing was sent
  lost_at_node,   // in user space when the node, or the session, was cut down
  ghost,          // written to a connection that was dead already
  lost_on_wire
};

// Of a frame, by the true life of its connection, which is over or calm until the frame is there.
Fate fate_of(const PushEntry& entry, const ConnectionRecord& connection, Time intend);
constexpr bool came(Fate fate) { return fate <= Fate::recovered; }

enum class PushSource : std::uint8_t { live, history };

struct PushBatch {
  std::uint32_t begin, end;
  NodeId node;
  Time egress;
  PushSource source;
};
struct PushFailure {
  std::uint32_t rank;
  Death death;
};

struct Buffers {
  BitSet owed, connected;
  Unfilled<PushEntry> entries;
  std::vector<PushBatch> batches;
  std::vector<PushFailure> failures;
  std::vector<Death> deaths;
  void clear() {
    owed.clear(), connected.clear(), entries.clear();
    batches.clear(), failures.clear(), deaths.clear();
  }
};

struct Tracked : Buffers {
  Buffers& buffers() { return *this; }
  Message message{MessageId{0}, kNoEndpoint, Address::user(kNoEndpoint), 0, 0};
  std::uint64_t number = 0;
  bool in_use = false, refused = false, extinct = false, entered = false;
  bool gaps = false;           // frames that were taken back have still a place among the entries
  bool in_history = false;     // some node's or the broker's, or was
  bool in_log = false;         // the broker's, or was
  Time forgotten{kBeforeAll};  // when the last history let go of it
  std::optional<Inside> born;  // in measure: only then anything is counted
  std::uint16_t traffic = 0;
  SpanMask spans = 0;
  std::uint32_t alive = 0;
  std::uint32_t kept = 0;
  Time again = kBeforeAll;  // when it was last written again
  Time moved = kBeforeAll;  // when a frame comes that was to come at another time
  Time intend{0}, write{0}, ingress{0}, accept{0}, last_end{0}, settle_at{0};
  ConnectionId ack_connection = kNoConnection;
  Time ack_arrival = kNever;
  std::uint64_t previous_number = 0;  // of the same stream, while unsettled at our birth
  std::uint64_t next_number = 0;
};

// Leaves out the places of frames that were taken back.
void close_gaps(Tracked& tracked);

// Who has received a message, and the place of the frame that came first; both by rank.
struct Receipts {
  BitSet got;
  std::vector<std::uint32_t> first;  // means something where `got` says yes
};

void tell(Witness& witness, const Tracked& tracked, Sight sight);

}  // namespace squall
