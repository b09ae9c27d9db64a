// The ledger: every message, every recipient it was owed to, and exactly one end for each pair.
//
// An engine reports what happens to messages and copies; when the last copy of a message has ended
// and its last push has arrived or failed, the engine calls settle(): delivered pairs get their
// stamps, lost pairs their cause (attribution.cpp). Deliveries are judged then, from the true
// lives of the connections, so that a fan-out of any size costs no event per recipient.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/machine/crew.hpp"
#include "sim/machine/lookup.hpp"
#include "sim/machine/unfilled.hpp"
#include "sim/record/byte_book.hpp"
#include "sim/record/oracle.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/witness.hpp"
#include "strategies/core/message.hpp"

namespace squall {

struct PushEntry;

// What decides, faults or not, whether a message had a way to its recipient.
struct Homes {
  struct Leave {  // a node that a balancer could not choose from then on
    NodeId node;
    Time at;
    TriggerId trigger;
  };
  bool own_node = false;  // nobody is reached but on a node that the sender is connected to
  // By endpoint, `each` of them: the nodes that its key belongs to while all are up. Empty when
  // placement looks at no key, so that anybody may sit anywhere.
  std::vector<NodeId> nodes;
  std::size_t each = 1;
  std::vector<Leave> leaves;  // ascending by time

  std::span<const NodeId> of(EndpointId endpoint) const {
    return std::span(nodes).subspan(index(endpoint) * each, each);
  }
};

struct LedgerSetup {
  Duration measure, deadline, dedupe_window;
  std::vector<std::pair<Time, Time>> spans;          // labelled faults, [begin, end)
  std::vector<std::span<const EndpointId>> rosters;  // by room
  std::uint32_t endpoints;
  std::size_t triggers;
  Mechanism uncovered;            // what it means when nobody sent a connected recipient a copy
  bool deliberate;                // duplicates are meant: connections side by side
  std::optional<Mechanism> mute;  // tests: swallow this mechanism's reports; a law must notice
  Duration uncertainty{0};  // of a live engine's stamps: pairs this close to a boundary are grey
  Homes homes = {};
  // Of one frame to one client, by the size of its payload.
  std::function<WireCost(Bytes size)> push_cost = [](Bytes size) {
    return wire::websocket(size, false, wire::Tls::on);
  };
  // How far the client's line has come at an instant, in bytes from the first one of this frame;
  // negative before it. Without it a frame that has left user space was sent whole, and no other.
  std::function<Bytes(const Message&, const PushEntry&, Time)> on_the_line = nullptr;
  Bytes send_buffer = 0;  // what the kernel takes beyond that
  Witness* witness = nullptr;
  Duration slice{1'000'000'000};  // of the series over measure
};

struct Offer {
  Time intend;
  std::uint16_t traffic;
  EndpointId sender;
  Address to;
  Bytes size;
};

// Copies that have not ended when the run does, by where they are.
struct UnderWay {
  std::string_view where;  // "on the links to the broker"
  std::uint64_t copies = 0;
};

// One frame written to one connection. `rank` is the recipient's place in the room (0 for a user).
struct PushEntry {
  std::uint32_t rank;
  ConnectionId connection;
  Time socket;   // it left user space
  Time arrival;  // the client's app would read it
};

class Ledger {
 public:
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

  // Who keeps a message beside its copies: it does not settle before all have let go.
  enum class Keeper : std::uint8_t {
    sender,
    history,  // of a node
    log,      // of the broker
    reader    // an answer out of that is under way
  };
  enum class Source : std::uint8_t { live, history };

  Ledger(LedgerSetup setup, const Oracle& oracle, ByteBook& bytes);

  // ---- a message's way in ----
  MessageId offer(const Offer& offer);
  void refused(MessageId id, TriggerId trigger, CloseReason reason);  // the client said no
  // Still queued when the user left or the run ended.
  void never_sent(MessageId id, Time now, TriggerId trigger);
  void written(MessageId id, Time now);  // the sender's frame: the first copy
  // Once more, as nobody has acknowledged it: what became of it until now ended no hope.
  void written_again(MessageId id, Time now);
  // At the first node; a message that is sent over several connections arrives several times.
  void arrived(MessageId id, Time now, NodeId node = kNoNode);
  void accepted(MessageId id, Time now, NodeId node = kNoNode);
  void acked(MessageId id, ConnectionId sender, Time arrival);  // will be, if that still lives

  // ---- copies ----
  void forked(MessageId id, std::uint32_t more);
  void benign(MessageId id, Time now);
  void drop(MessageId id, const Death& death);
  void note(MessageId id, const Death& death);  // no copy ends: none could be sent
  // Ends one copy as a batch of pushes: the caller appends the entries (of measured messages),
  // reports the ones that failed at once, and closes the batch with the number of sessions tried.
  Unfilled<PushEntry>& push(MessageId id, NodeId node, Time egress, Source source = Source::live);
  void pushed(MessageId id, Time now, std::uint32_t tried);
  void push_failed(MessageId id, std::uint32_t rank, const Death& death);
  // ---- what is kept ----
  void keep(MessageId id, Keeper keeper);
  // kNever: because the run is over.
  void let_go(MessageId id, Keeper keeper, Time now);
  // Its way from node to node counts nothing: a witness sees it.
  void saw(MessageId id, Sight sight) {
    if (setup_.witness != nullptr) tell(at(id), sight);
  }

  // Large messages are judged by all of the crew, which must outlive the ledger's last settle().
  void share_work(Crew& crew) { crew_ = &crew; }
  // Messages whose last copy ended since the last call, with the time from which they can settle.
  std::vector<std::pair<MessageId, Time>> take_extinct();
  void settle(MessageId id);

  const Message& message(MessageId id) const { return at(id).message; }
  std::uint64_t number(MessageId id) const { return at(id).number; }
  bool measured(MessageId id) const { return at(id).born.has_value(); }
  const std::vector<SecondRow>& seconds() const { return seconds_; }  // as far as settled
  bool pending(MessageId id) const { return at(id).in_use; }

  // At the end of the run: settles what has ended but for frames that would arrive later, on
  // connections that have ended meanwhile. Their fates are known.
  void settle_decided(Time end);
  void finish(RunRecord& record);
  // `under_way`: where the engine finds copies at the end. If those are all that have not ended,
  // the drain was too short; if there are others, a copy has been forgotten.
  void check(std::vector<Violation>& violations, std::span<const UnderWay> under_way = {}) const;

 private:
  friend class Attribution;
  struct Batch {
    std::uint32_t begin, end;
    NodeId node;
    Time egress;
    Source source;
  };
  struct Failure {
    std::uint32_t rank;
    Death death;
  };
  struct Stream {  // consecutive messages of one sender to one address
    std::uint32_t sequence = 0;
    MessageId last{0};
    std::uint64_t last_number = 0;
  };
  struct Buffers {
    BitSet owed, connected;
    Unfilled<PushEntry> entries;
    std::vector<Batch> batches;
    std::vector<Failure> failures;
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
    bool in_history = false;     // some node's or the broker's, or was
    bool in_log = false;         // the broker's, or was
    Time forgotten{kBeforeAll};  // when the last history let go of it
    std::optional<Inside> born;  // in measure: only then anything is counted
    std::uint16_t traffic = 0;
    SpanMask spans = 0;
    std::uint32_t alive = 0;
    std::uint32_t kept = 0;
    Time again = kBeforeAll;  // when it was last written again
    Time intend{0}, write{0}, ingress{0}, accept{0}, last_end{0}, settle_at{0};
    ConnectionId ack_connection = kNoConnection;
    Time ack_arrival = kNever;
    std::uint64_t previous_number = 0;  // of the same stream, while unsettled at our birth
    std::uint64_t next_number = 0;
  };
  struct Arrivals {  // kept of a settled message while a neighbour in its stream is unsettled
    int waiting;     // neighbours that are still to be compared with this one
    std::vector<std::pair<std::uint32_t, Time>> by_rank;
  };
  const Tracked& at(MessageId id) const { return messages_[index(id)]; }
  Tracked& at(MessageId id) { return messages_[index(id)]; }
  MessageId allocate();
  void join_stream(MessageId id);
  void take_owed(Tracked& tracked);
  void leave_out_grey(Tracked& tracked, Cell& cell);
  void remember(MessageId id, const Death& death);
  void end_copy(Tracked& tracked, MessageId id, Time now);
  void end_if_over(Tracked& tracked, MessageId id);
  bool muted(Mechanism mechanism) const { return setup_.mute == mechanism; }
  EndpointId recipient(const Tracked& tracked, std::uint32_t rank) const;
  Cell& cell(const Tracked& tracked);
  bool decided(const PushEntry& entry, Time end) const;
  bool drain_too_short(std::vector<Violation>& violations,
                       std::span<const UnderWay> under_way) const;

  // Where the delivered pairs of a cell are measured by one part of the crew.
  struct alignas(Crew::kApart) Measured {
    Samples latency, service;
    Samples both;  // of messages that were written when they were meant to be
  };
  struct BatchWorth {  // frames of a batch
    std::int64_t useful = 0, redundant = 0, lost = 0;
    WireCost parts;  // of frames that were cut off half sent
  };
  // What one part of the crew finds of a message: the entries of a range of ranks.
  struct alignas(Crew::kApart) Tally {
    std::uint64_t ended = 0, read = 0, ghosts = 0;  // entries
    std::uint64_t dup_suppressed = 0, dup_surfaced = 0;
    std::uint64_t live = 0, live_after_reconnect = 0, recovered = 0, late = 0, bonus = 0,
                  spurious = 0;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;  // latency
    __int128 egress = 0, socket = 0, arrival = 0;
    Time last_arrival = kBeforeAll;
    std::span<const std::uint32_t> mine;  // the entries, ascending
    std::vector<std::uint32_t> chosen;    // memory for them
    std::vector<Fate> fates;              // of mine
    std::vector<Failure> failed;          // in the order of the entries
    std::vector<BatchWorth> batches;
    std::vector<std::uint16_t> latencies;  // of delivered owed pairs, as coarse buckets
  };

  // settle(), in order
  unsigned judge(Tracked& tracked, Cell& cell);  // in so many parts
  std::span<const std::uint32_t> everyone(std::size_t entries);
  void judge_entries(const Tracked& tracked, Tally& tally);
  void count_delivered(const Tracked& tracked, Measured& measured, Tally& tally);
  Bytes carried(const Tracked& tracked, const PushEntry& entry, Fate fate) const;
  void count_worth(const Tracked& tracked, Tally& tally);
  void add_up(const Tracked& tracked, std::span<const Tally> tallies, Cell& cell);
  void fail(std::uint32_t rank, const Death& death);
  void count_second(const Tracked& tracked, std::uint64_t lost, std::uint64_t delivered);
  SliceRow& slice_of(const Tracked& tracked);
  void count_slice(const Tracked& tracked, std::uint64_t lost, std::uint64_t delivered,
                   std::span<const Tally> tallies);
  void count_cause(const Tracked& tracked, Mechanism mechanism);
  void count_lost(Tracked& tracked, Cell& cell);
  void count_order(Tracked& tracked, Cell& cell);
  bool compare_order(Inside born, std::span<const std::pair<std::uint32_t, Time>> ours,
                     std::uint64_t neighbour, bool we_are_later, Cell& cell);
  void sample_room_order(const Tracked& tracked);
  void compare_rooms(RunRecord& record) const;
  void book_bytes(const Tracked& tracked, std::span<const Tally> tallies);
  void release(Tracked& tracked, MessageId id);
  void lose(const Tracked& tracked, Cell& cell, EndpointId who, bool connected, const Death& death,
            bool acked);
  void tell(const Tracked& tracked, Sight sight) const;
  void tell_ends(const Tracked& tracked, std::span<const Tally> tallies) const;

  LedgerSetup setup_;
  Window window_;
  const Oracle& oracle_;
  ByteBook& bytes_;
  std::vector<Tracked> messages_;
  std::vector<MessageId> free_;
  std::vector<std::pair<MessageId, Time>> extinct_;
  Lookup<std::uint64_t, Stream> streams_;
  std::map<std::uint64_t, Arrivals> kept_;  // by number
  std::vector<Cell> cells_;
  std::vector<LossRow> losses_;
  std::vector<SecondRow> seconds_;
  std::vector<TrafficSeries> series_;
  // Empty: nothing was lost.
  std::vector<Counted<std::uint32_t>> lost_by_recipient_, lost_by_sender_;
  std::vector<Count> lost_by_trigger_, lost_by_mechanism_;
  struct RoomSample {
    std::optional<Inside> born;                                     // of any message in it
    std::vector<std::vector<std::pair<std::uint64_t, Time>>> seen;  // per compared recipient
  };
  std::map<std::uint32_t, RoomSample> room_samples_;

  // Scratch of settle(): per rank, index + 1 of the first arrived entry and of the latest failure.
  std::vector<std::uint32_t> first_, failed_;
  std::vector<std::uint32_t> touched_failed_;
  std::vector<std::uint32_t> ascending_;  // 0, 1, 2, ...
  BitSet got_;
  Crew* crew_ = nullptr;
  std::vector<Tally> tallies_;                   // by part
  std::vector<std::vector<Measured>> measured_;  // by part, cell; added to the cells in the end
  std::vector<Failure> judged_;
  Time hope_ended_{0};  // when the last copy of the message came to its end, or its last frame

  // At the end: copies that have not ended, frames without a fate, frames of unsettled messages.
  std::uint64_t alive_ = 0, frames_under_way_ = 0, unsettled_entries_ = 0;
  std::uint64_t numbers_ = 0, offered_ = 0, admitted_ = 0, refused_ = 0, never_sent_ = 0;
  std::uint64_t forks_ = 0, benign_ = 0, dropped_ = 0, pushed_ = 0;
  std::uint64_t keeps_ = 0, let_go_ = 0;
  std::uint64_t entries_ = 0, entries_ended_ = 0, failures_ = 0, tried_ = 0;
  std::uint64_t frames_read_ = 0;
  Count ghost_pushes_;
  std::uint64_t arrivals_hash_ = 0xcbf29ce484222325ULL;
};

// Of a frame, by the true life of its connection, which is over or calm until the frame is there.
Ledger::Fate fate_of(const PushEntry& entry, const ConnectionRecord& connection, Time intend);
constexpr bool came(Ledger::Fate fate) { return fate <= Ledger::Fate::recovered; }

}  // namespace squall
