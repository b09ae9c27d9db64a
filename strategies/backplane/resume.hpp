// Recovery around a backplane whose nodes hear everything: each node keeps what it has heard
// lately, and replays to a client that comes back what that has missed, wherever it was before.
//
// A client's position is the last message it has heard of: what its node named in the welcome, or
// what came since. All nodes hear the broker in one order, so any of them knows what follows. A
// welcome says whether that worked (Resumption): a node whose link to the broker has been down
// since, or whose history is too short, says no, and the client starts from where the node is now.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "strategies/backplane/history.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class Resume final : public Backplane {
 public:
  Resume(std::unique_ptr<Backplane> inner, const History::Limits& limits,
         const LocalSessions& sessions)
      : inner_(std::move(inner)), sessions_(sessions), history_(limits) {}

  void step(Time now, Input input, Actions& actions) override;
  void lose_all(Actions& actions) override;
  bool admits() const override { return true; }

 private:
  void welcome(EndpointId endpoint, Actions& actions);
  std::optional<Position> newest() const;
  std::vector<Address> addresses_of(EndpointId endpoint) const;

  std::unique_ptr<Backplane> inner_;
  const LocalSessions& sessions_;
  History history_;
  std::map<EndpointId, MessageIdentity> seen_;  // of those who wait for their welcome
};

}  // namespace squall
