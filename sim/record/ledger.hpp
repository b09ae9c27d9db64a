// The ledger: every message, every recipient it was owed to, and exactly one end for each pair.
//
// An engine reports what happens to messages and copies; when the last copy of a message has ended
// and its last push has arrived or failed, the engine calls settle(): delivered pairs get their
// stamps, lost pairs their cause (attribution.cpp). Deliveries are judged then, from the true
// lives of the connections, so that a fan-out of any size costs no event per recipient.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/machine/crew.hpp"
#include "sim/machine/lookup.hpp"
#include "sim/record/byte_book.hpp"
#include "sim/record/ledger_setup.hpp"
#include "sim/record/oracle.hpp"
#include "sim/record/pair_book.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/settling.hpp"
#include "sim/record/tracked.hpp"
#include "sim/record/witness.hpp"
#include "strategies/core/message.hpp"

namespace squall {

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
inline constexpr std::string_view kHeldByNodes = "waiting for the registry";

class Ledger {
 public:
  // Who keeps a message beside its copies: it does not settle before all have let go.
  enum class Keeper : std::uint8_t {
    sender,
    history,  // of a node
    log,      // of the broker
    group,    // of consumers: handled, and not saved
    reader    // an answer out of that is under way
  };

  Ledger(LedgerSetup setup, const Oracle& oracle, ByteBook& bytes);
  Ledger(const Ledger&) = delete;  // its parts refer to it
  Ledger& operator=(const Ledger&) = delete;

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
  Unfilled<PushEntry>& push(MessageId id, NodeId node, Time egress,
                            PushSource source = PushSource::live);
  void pushed(MessageId id, Time now, std::uint32_t tried);
  void push_failed(MessageId id, std::uint32_t rank, const Death& death);
  // A frame that was written and waits leaves at another time, or was taken back; `entry` is its
  // place among those of the message.
  void changed(MessageId id, std::uint32_t entry, const std::variant<PushEntry, Death>& now);
  // ---- what is kept ----
  void keep(MessageId id, Keeper keeper);
  // kNever: because the run is over.
  void let_go(MessageId id, Keeper keeper, Time now);
  // Its way from node to node counts nothing: a witness sees it.
  void saw(MessageId id, Sight sight) {
    if (setup_.witness != nullptr) tell(*setup_.witness, at(id), sight);
  }

  // Large messages are judged by all of the crew, which must outlive the ledger's last settle().
  void share_work(Crew& crew) { settling_.share_work(crew); }
  // Messages whose last copy ended since the last call, with the time from which they can settle.
  // Asked after every event.
  std::vector<std::pair<MessageId, Time>> take_extinct() { return std::exchange(extinct_, {}); }
  void settle(MessageId id);

  const Tracked& at(MessageId id) const { return messages_[index(id)]; }
  const Message& message(MessageId id) const { return at(id).message; }
  std::uint64_t number(MessageId id) const { return at(id).number; }
  bool measured(MessageId id) const { return at(id).born.has_value(); }
  const std::vector<SecondRow>& seconds() const { return pairs_.seconds(); }  // as far as settled

  // At the end of the run: settles what has ended but for frames that would arrive later, on
  // connections that have ended meanwhile. Their fates are known.
  void settle_decided(Time end);
  void finish(RunRecord& record);
  // `under_way`: where the engine finds copies at the end. If those are all that have not ended,
  // the drain was too short; if there are others, a copy has been forgotten.
  void check(std::vector<Violation>& violations, std::span<const UnderWay> under_way = {}) const;

 private:
  struct Stream {  // consecutive messages of one sender to one address
    std::uint32_t sequence = 0;
    MessageId last{0};
    std::uint64_t last_number = 0;
  };
  Tracked& at(MessageId id) { return messages_[index(id)]; }
  MessageId allocate();
  void join_stream(MessageId id);
  // owed.cpp
  void take_owed(Tracked& tracked);
  void leave_out_grey(Tracked& tracked, Cell& cell);
  void remember(MessageId id, const Death& death);
  void end_copy(Tracked& tracked, MessageId id, Time now);
  void end_if_over(Tracked& tracked, MessageId id);
  void release(Tracked& tracked, MessageId id);

  LedgerSetup setup_;
  Window window_;
  const Oracle& oracle_;
  PairBook pairs_;
  Settling settling_;
  std::vector<Tracked> messages_;
  std::vector<MessageId> free_;
  std::vector<std::pair<MessageId, Time>> extinct_;
  Lookup<std::uint64_t, Stream> streams_;
  // At the end: copies that have not ended, frames without a fate, frames of unsettled messages.
  std::uint64_t alive_ = 0, frames_under_way_ = 0, unsettled_entries_ = 0;
  std::uint64_t numbers_ = 0;
  MessageCounts said_;
  std::uint64_t forks_ = 0, benign_ = 0, dropped_ = 0, pushed_ = 0;
  std::uint64_t keeps_ = 0, let_go_ = 0;
  std::uint64_t entries_ = 0, failures_ = 0, tried_ = 0;
  std::uint64_t arrivals_hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace squall
