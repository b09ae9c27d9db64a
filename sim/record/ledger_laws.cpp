// The ledger's end of run: its record, and the conservation laws of messages, copies and pairs.
// A law compares two counts that were kept apart on the way; neither is derived from the other.
#include <fmt/core.h>
#include <algorithm>
#include <string>

#include "sim/record/ledger.hpp"

namespace squall {
namespace {

// What becomes of a frame does not depend on anything that is still to come.
bool decided(const PushEntry& entry, const ConnectionRecord& connection, Time end) {
  return entry.arrival <= end || connection.dead != kNever || entry.socket > connection.closed;
}

struct Alive {  // at the end
  std::uint64_t copies, frames;
};

// Said first: laws that do not balance because of it say nothing about squall.
bool drain_too_short(std::vector<Violation>& violations, std::span<const UnderWay> under_way,
                     const Alive& alive) {
  std::uint64_t found = 0;
  std::vector<std::string> places;
  const auto add = [&](std::uint64_t count, const std::string& what) {
    if (count > 0) places.push_back(fmt::format("{} {}", count, what));
  };
  for (const UnderWay& place : under_way) {
    found += place.copies;
    add(place.copies, std::string(place.where));
  }
  add(alive.frames, "frames on the lines to the clients");
  if (found != alive.copies || places.empty()) return false;
  std::string list;
  for (const std::string& place : places) list += (list.empty() ? "" : ", ") + place;
  violations.push_back({std::string(kDrain), "still under way when it ends: " + list});
  return true;
}

}  // namespace

void Ledger::settle_decided(Time end) {
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    Tracked& tracked = messages_[i];
    close_gaps(tracked);
    if (!tracked.in_use || !tracked.extinct) continue;
    const auto known = [&](const PushEntry& entry) {
      return decided(entry, oracle_.connection(entry.connection), end);
    };
    if (std::ranges::all_of(tracked.entries, known)) {
      settle(MessageId{static_cast<std::uint32_t>(i)});
      continue;
    }
    frames_under_way_ += tracked.entries.size() -
                         static_cast<std::size_t>(std::ranges::count_if(tracked.entries, known));
  }
}

void Ledger::finish(RunRecord& record) {
  for (Tracked& tracked : messages_) {  // copies still alive: the drain was too short
    if (!tracked.in_use) continue;
    alive_ += tracked.alive;
    if (!tracked.born) continue;
    unsettled_entries_ += tracked.entries.size();
    pairs_.cell(tracked).unresolved.add(tracked.born, count_bits(tracked.owed));
  }
  settling_.finish(record);
  pairs_.finish(record);
  record.copies = said_.admitted;
  record.forks = forks_;
  record.benign = benign_;
  record.messages = said_;
  record.arrivals_hash = arrivals_hash_;
}

void Ledger::check(std::vector<Violation>& violations, std::span<const UnderWay> under_way) const {
  const bool too_short = drain_too_short(violations, under_way, {alive_, frames_under_way_});
  const std::uint64_t alive = too_short ? alive_ : 0;
  Law law(violations);
  law.equal("messages", {"offered", said_.offered},
            {"admitted + refused + never sent", said_.admitted + said_.refused + said_.never_sent});
  law.equal("copies", {"admitted + forks", said_.admitted + forks_},
            {"pushed + benign + dropped + under way", pushed_ + benign_ + dropped_ + alive});
  law.equal("histories", {"kept", keeps_}, {"let go", let_go_});
  law.equal("pushes", {"sessions tried", tried_},
            {"frames written + failed at once", entries_ + failures_});
  const Settling::Frames& frames = settling_.frames();
  law.equal("frames", {"written", entries_},
            {"arrived, lost, without a session or under way",
             frames.ended + (too_short ? unsettled_entries_ : 0)});
  pairs_.check(violations, too_short, frames.read);
}

}  // namespace squall
