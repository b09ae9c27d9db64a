// What happens during a live run, written down by whoever sees it, on its own thread.
//
// Threads do not share books: each loop appends to a log of its own, in 24 bytes, and after the
// run books.cpp merges the logs by time and tells the ledger and the oracle. A copy that was sent
// and never arrived is found there, by comparing the two sides.
#pragma once

#include <cstdint>
#include <vector>

#include "strategies/core/causes.hpp"
#include "strategies/core/types.hpp"

namespace squall::live {

enum class FactKind : std::uint8_t {
  // ---- a connection, in `a` ----
  attempted,       // b: endpoint
  refused,         // the attempt came to nothing; detail: CloseReason (refused, timeout, logout)
  opened,          // node: the session is registered
  ready,           // the client was told so
  resumed,         // node: what the welcome says; detail: Recovered
  cut,             // the client ends it; detail: CloseReason, c: trigger
  noticed_end,     // the client saw the other side go; b: its close code, or that for its mistake,
                   // which detail 1 says
  session_closed,  // the node ends it; detail: CloseReason, c: trigger
  session_ended,   // the node saw the client go
  // ---- membership of an endpoint, in `a`; room in `b` ----
  joined,  // the client was told
  // ---- a message, in `a` ----
  refused_send,   // by the client: offline
  never_sent,     // still queued when the user left or the run ended
  written,        // b: connection
  written_also,   // b: connection; a further copy, on a sister connection
  written_again,  // b: connection; as nobody has acknowledged it
  kept,           // detail: Keeper
  let_go,         // detail: Keeper
  arrived,        // b: connection; at `node`
  acknowledged,   // b: connection; the client read it
  forked,         // b: how many copies more
  benign,         // at `node`
  dropped,        // at `node`; b: on its way to; detail: Mechanism; c: 1 if it was on its way back
  came_back,      // at `node`, before it left; b: to node; detail: peer_link_lost
  fan_out,        // at `node`; b: sessions tried; detail: 1 if it comes out of a history
  pushed,         // b: connection; into the session's queue
  push_failed,    // b: connection; detail: Mechanism
  took_place,     // b: connection; in its queue, of the one that has just failed
  read,           // b: connection; by the client
  forwarded,      // from `node`; b: to node | for how many << 16; c: hop
  peer_read,      // at `node`; b: from node; c: hop
  published,      // from `node`; b, detail: number and kind of the topic
  broker_read,    // at `node`
  flushed,        // a: connection; b: how many messages the kernel took
  // ---- the cluster ----
  crashed,      // node; detail: CloseReason, c: trigger
  started,      // node
  drained,      // node; c: trigger
  topic,        // node; a: number of the topic, b: its kind; detail: 1 it is heard, 0 not any more
  broker_link,  // node; detail: 1 subscribed, 0 lost, 2 cut by the broker
  speaking,     // node; detail: 1 it can publish, 0 not any more
  peer_link,    // node; a: the peer it dialled; detail: 1 up, 0 lost
  route,        // a: endpoint, node; detail: 1 set, 0 deleted
  lease         // node: it holds one
};

// What tells the copies of one message on one link apart.
constexpr TriggerId hop_of(std::uint8_t attempt, bool returned) {
  return TriggerId{static_cast<std::uint16_t>(attempt << 1 | (returned ? 1 : 0))};
}
inline constexpr std::size_t kMostTold = UINT16_MAX;

struct Fact {
  std::int64_t at = 0;  // ns since the start of measure
  std::uint32_t a = 0, b = 0;
  std::uint16_t c = 0;
  std::uint16_t node = static_cast<std::uint16_t>(kNoNode);
  FactKind kind{};
  std::uint8_t detail = 0;
};
static_assert(sizeof(Fact) == 24);

// The log of one loop. Chunked, so that growing never copies what is there.
class Facts {
 public:
  void add(const Fact& fact) {
    if (chunks_.empty() || chunks_.back().size() == kChunk) {
      chunks_.emplace_back().reserve(kChunk);
    }
    chunks_.back().push_back(fact);
  }
  void clear() { chunks_.clear(); }
  const std::vector<std::vector<Fact>>& chunks() const { return chunks_; }

 private:
  static constexpr std::size_t kChunk = 16384;
  std::vector<std::vector<Fact>> chunks_;
};

}  // namespace squall::live
