// Why was this pair lost? Deterministic and small; the rules are those of the semantics page.
//
//  1 A copy that was relevant to the recipient died: the one that died last is the cause.
//  2 Nobody sent a copy to the node of a connected recipient: coverage, by the lookup's outcome.
//  3 Otherwise the recipient was not there: its reconnect gap, with the blame of what opened it.
// A message that was in a history was there for whoever missed it with his connection. If he was
// not back before all had let go, or was told that his node does not know what he has missed, that
// is the cause, with the blame of the gap.
// Whom to blame: a loss that no fault had a part in, because the message had no way to its
// recipient anyway, is structural, whatever had happened before (homes.cpp).
#pragma once

#include "sim/record/ledger_setup.hpp"
#include "sim/record/oracle.hpp"
#include "sim/record/tracked.hpp"

namespace squall {

// Whether `a` ended hope later than `b`: by time, then further down the path.
inline bool later(const Death& a, const Death& b) {
  if (a.at != b.at) return a.at > b.at;
  return a.mechanism > b.mechanism;
}

// The cause of a lost pair, the rule that named it, and the session that the rule looked at.
struct Finding {
  Death death;
  Rule rule;
  ConnectionId evidence = kNoConnection;
};

class Attribution {
 public:
  Attribution(const Tracked& tracked, const Oracle& oracle, const LedgerSetup& setup)
      : tracked_(tracked), oracle_(oracle), setup_(setup) {}

  // `failure`: the recipient's own last push that failed, if any.
  Finding of(EndpointId who, const Death* failure) const;

 private:
  Finding first_finding(EndpointId who, const Death* failure) const;
  bool came_too_late(EndpointId who, const Death& death) const;
  bool was_written_again(const Death& death) const;
  bool relevant(EndpointId who, const Death& death) const;
  Death coverage(EndpointId who, const ConnectionRecord& session, const Death* lookup) const;
  Finding gap(EndpointId who) const;

  // ---- blame: what would have come without a fault ----
  bool hopeless(EndpointId who) const;
  bool no_way(EndpointId who) const;
  bool apart(EndpointId a, EndpointId b) const;
  TriggerId blame_of_seats(EndpointId who) const;
  TriggerId displaced(EndpointId who, Time at) const;

  const Tracked& tracked_;
  const Oracle& oracle_;
  const LedgerSetup& setup_;
};

}  // namespace squall
