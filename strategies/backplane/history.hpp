// The last messages that a node has heard, in the order in which it heard them: at most so many of
// one address, and none older than the window.
//
// A client that comes back names the last message it has heard of. The history knows all that came
// after it, or says that it does not: when that message is not known here, or something after it
// has been let go. What is kept costs no copy; a replay makes one (Keep, LetGo, Replay).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "strategies/core/strategy.hpp"

namespace squall {

class History {
 public:
  struct Limits {
    Duration window;
    std::size_t messages;  // of one address
  };

  explicit History(const Limits& limits) : limits_(limits) {}

  void keep(const Message& message, Time now, Actions& actions) {
    Strand& strand = strands_[message.address];
    if (strand.kept.size() == limits_.messages) let_go_first(strand, actions);
    strand.kept.push_back({++last_, message});
    by_age_.push_back({now, last_, message.address});
    newest_ = message.identity();
    actions.keep(message);
  }

  void let_go_old(Time now, Actions& actions) {
    for (; !by_age_.empty() && by_age_.front().at + limits_.window <= now; by_age_.pop_front()) {
      Strand& strand = strands_.at(by_age_.front().address);
      const bool there =
          !strand.kept.empty() && strand.kept.front().number == by_age_.front().number;
      if (there) let_go_first(strand, actions);
    }
  }

  // Something was missed here, or the process ends: nobody can go on from what was before.
  void let_go_all(Actions& actions) {
    for (const auto& [address, strand] : strands_) {
      for (const Kept& kept : strand.kept) actions.let_go(kept.message);
    }
    strands_.clear();
    by_age_.clear();
    newest_.reset();
  }

  // Of these addresses, all that came after `seen`, in order; empty: it does not reach so far.
  std::optional<std::vector<Message>> since(const MessageIdentity& seen,
                                            std::span<const Address> addresses) const {
    const auto from = number_of(seen);
    if (!from) return std::nullopt;
    std::vector<Kept> missed;
    for (const Address& address : addresses) {
      const auto found = strands_.find(address);
      if (found == strands_.end()) continue;
      const Strand& strand = found->second;
      if (strand.gone > *from) return std::nullopt;
      const auto first = std::ranges::upper_bound(strand.kept, *from, {}, &Kept::number);
      missed.insert(missed.end(), first, strand.kept.end());
    }
    std::ranges::sort(missed, {}, &Kept::number);
    std::vector<Message> messages;
    for (const Kept& kept : missed) messages.push_back(kept.message);
    return messages;
  }

  const std::optional<MessageIdentity>& newest() const { return newest_; }

 private:
  struct Kept {
    std::uint64_t number;  // over all addresses
    Message message;
  };
  struct Strand {  // of one address
    std::deque<Kept> kept;
    std::uint64_t gone = 0;  // the last one that was let go, and who it was
    std::optional<MessageIdentity> who_is_gone = {};
  };
  struct Age {
    Time at;
    std::uint64_t number;
    Address address;
  };

  static void let_go_first(Strand& strand, Actions& actions) {
    strand.gone = strand.kept.front().number;
    strand.who_is_gone = strand.kept.front().message.identity();
    actions.let_go(strand.kept.front().message);
    strand.kept.pop_front();
  }

  // Whoever has seen the last one that was let go has missed nothing of that address. What was said
  // twice (a sender wrote it again to a node that had not heard it yet) stands here twice, and the
  // first place counts: between the two may be what he has missed (`squall explore` found it).
  std::optional<std::uint64_t> number_of(const MessageIdentity& seen) const {
    const auto found = strands_.find(seen.address);
    if (found == strands_.end()) return std::nullopt;
    const Strand& strand = found->second;
    if (strand.who_is_gone == seen) return strand.gone;
    for (const Kept& kept : strand.kept) {
      if (kept.message.identity() == seen) return kept.number;
    }
    return std::nullopt;
  }

  Limits limits_;
  std::map<Address, Strand> strands_;
  std::deque<Age> by_age_;  // those let go for their number are still in it
  std::uint64_t last_ = 0;
  std::optional<MessageIdentity> newest_;
};

}  // namespace squall
