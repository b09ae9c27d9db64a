// The links between nodes: persistent, dialled by each for its own words, watched by heartbeats.
//
// A link that stands holds what is written while a partition lies between, and is given up when its
// heartbeats stay without answer: cut off, or a peer that stands still. None is made meanwhile.
#pragma once

#include <optional>
#include <vector>

#include "sim/books/paths.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/slots.hpp"
#include "sim/record/acknowledgements.hpp"

namespace squall {

class Peers {
 public:
  explicit Peers(World& world);

  void begin();  // who notices which pause

  void send(NodeId from, NodeId to, const Message& message);
  // `made`: the process it was sent to; `by`: that it was sent by, the lower half of its epoch.
  void arrives(NodeId to, MessageId id, NodeId from, std::uint32_t made, std::uint16_t by);
  void in_flight(MessageId id);
  void done(NodeId to, MessageId id, std::uint32_t epoch, NodeId from);

  // ---- forwards that say for whom, and what comes back (letters.cpp) ----
  struct Letter {
    MessageId message;
    NodeId from, to;
    std::vector<EndpointId> who;  // it is for; or who are not there
    std::uint8_t attempt;
    bool returned;
    Time turn;  // of the sender, in which it was wanted
  };
  std::uint32_t keep(Letter letter) { return letters_.put(std::move(letter)); }
  void letter_leaves(NodeId from, std::uint32_t slot, std::uint32_t epoch);
  void letter_arrives(NodeId to, std::uint32_t slot, std::uint32_t made, std::uint16_t by);
  void letter_done(NodeId to, std::uint32_t slot, std::uint32_t epoch);
  const Letter& letter(std::uint32_t slot) const { return letters_[slot]; }
  void letter_in_flight(std::uint32_t slot);

  // ---- what a strategy tells itself on another node (notes.cpp) ----
  struct Note {
    NodeId from, to;
    std::vector<std::uint32_t> numbers;
  };
  std::uint32_t keep(Note note) { return notes_.put(std::move(note)); }
  void note_leaves(NodeId from, std::uint32_t slot, std::uint32_t epoch);
  void note_arrives(NodeId to, std::uint32_t slot, std::uint32_t made, std::uint16_t by);
  void note_done(NodeId to, std::uint32_t slot, std::uint32_t epoch);
  void note_in_flight(std::uint32_t slot);

  void died(NodeId node, bool silently);
  void started(NodeId node);
  void cut(std::uint32_t partition);  // by it, between nodes
  void healed(std::uint32_t partition);
  // `node` learns that its link to `peer` is down or up.
  void learns(NodeId node, NodeId peer, bool up);

 private:
  struct Wire {
    Time last_arrival{kBeforeAll};
    Bytes stalled = 0;  // behind a partition
    Time stalled_until{kBeforeAll};
    std::uint32_t from = 0, to = 0;  // the processes between which it stood when it was cut
    Flight flight;
    bool passes_on = false;  // what came last came in a burst, and so does what follows from it
    AckingEnd hears{AckHabit::of_one_who_answers()};  // the end that is forwarded to, and pongs
    Time beat{kBeforeAll};                            // the last ping that it knows of
    bool given_up = false;                            // as its sender has learned
  };
  Wire& wire(NodeId from, NodeId to) { return wires_[index(from) * nodes_ + index(to)]; }
  std::optional<Cut> cut_between(NodeId a, NodeId b) const {
    return world_.network.cut_between(node_place(a), node_place(b), world_.now);
  }
  // Why a link that no partition cuts is down all the same: its peer stands still.
  const Pause* given_up_on(NodeId from, NodeId to) const;
  // What goes over a link, whatever it says.
  struct Parcel {
    std::optional<MessageId> message;  // of the copy that it carries
    WireCost cost;
    BytePurpose purpose;
    NodeId concerns;     // whose sessions lose it with the link; kNoNode: nobody's alone
    Time turn = kNever;  // that it shares with others; kNever: none but a burst
  };
  struct Posted {
    Time arrives;
    std::uint32_t made;  // the process that it goes to
  };
  Parcel forwarded(const Message& message, NodeId to) const;
  Parcel parcel_of(const Letter& letter) const;
  static Parcel parcel_of(const Note& note);
  struct Down {  // a link, as the sender's end knows
    TriggerId trigger;
    CloseReason why;
  };
  bool refuses(NodeId from, NodeId to) const;
  std::optional<Down> down(NodeId from, NodeId to) const;
  // Empty: it does not leave, and the ledger knows why.
  std::optional<Posted> put_on_link(NodeId from, NodeId to, const Parcel& parcel);
  bool taken_off_link(NodeId from, NodeId to, const Parcel& parcel, std::uint32_t made,
                      std::uint16_t by);
  // Of what lies in a slot meanwhile. False: it does not leave, or is lost; the ledger knows why.
  bool leaves(NodeId from, NodeId to, const Parcel& parcel, EventKind arrives, std::uint32_t slot);
  struct Coming {
    NodeId from, to;
    std::uint32_t made;
    std::uint16_t by;
  };
  bool comes(const Coming& what, const Parcel& parcel, EventKind done, std::uint32_t slot);
  // The same of a letter or a note, which leaves its slot when it is lost.
  template <typename What>
  void comes(Slots<What>& slots, std::uint32_t slot, const Coming& what, EventKind done) {
    if (!comes(what, parcel_of(slots[slot]), done, slot)) slots.take(slot);
  }
  template <typename What>  // the run ends with it on its way
  void in_flight(const Slots<What>& slots, std::uint32_t slot) {
    world_.bytes.in_flight(Link::node_to_node, parcel_of(slots[slot]).cost);
  }
  void acknowledge(NodeId from, NodeId to, Bytes segments);
  Time receive(NodeId from, NodeId to, Bytes size);  // when the work is done
  Time leaves_through(const Cut& cut, NodeId from, NodeId to, const Parcel& parcel);
  void drop(const Parcel& parcel, const Death& death);

  World& world_;
  std::size_t nodes_;
  std::vector<Wire> wires_;
  Slots<Letter> letters_;
  Slots<Note> notes_;
};

}  // namespace squall
