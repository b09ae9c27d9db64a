// A witness that follows one message: the one with a number, or the n-th pair that was lost.
//
// Which message that is may be known only when it is judged, so the sights of all unsettled ones
// are kept, by the place that a message has; they are forgotten when the place is given away. When
// the wanted one has settled, it asks the engine to stop: what comes later does not concern it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/record/witness.hpp"

namespace squall {

// Whether it says what became of a message for one recipient.
bool is_end(Sight::What what);

struct Wanted {
  std::optional<std::uint64_t> message = {};  // its number; else a lost pair
  std::optional<Mechanism> cause = {};        // of the lost pair
  std::optional<EndpointId> user = {};        // its recipient
  std::uint64_t nth = 1;
  bool to_the_end = false;  // never ask the engine to stop
};

struct Life {
  Message message{MessageId{0}, kNoEndpoint, Address::user(kNoEndpoint), 0, 0};
  std::uint64_t number = 0;
  std::vector<Sight> sights;            // as they were told: ends last
  EndpointId focus = kNoEndpoint;       // the recipient that was asked for, or lost it first
  std::vector<ConnectionRecord> lives;  // connections of sender and focus, in order of opening

  const Sight* lost(EndpointId who) const;  // nullptr: it was not
};

class Follower : public Witness {
 public:
  // `told`: somebody else's wish to stop.
  Follower(Wanted wanted, const std::atomic<bool>& told) : wanted_(wanted), told_(told) {}

  const std::atomic<bool>& stop() const { return stop_; }
  void see(const Message& message, const Sight& sight) override;
  void connection(ConnectionId id, const ConnectionRecord& life) override;

  std::optional<Life> take();  // once, when the engine is back; empty: there was none

 private:
  struct Place {
    std::uint64_t number = 0;
    std::vector<Sight> sights;
  };
  bool fits(const Sight& sight);
  void keep(const Message& message, const Sight& sight);

  Wanted wanted_;
  const std::atomic<bool>& told_;
  std::atomic<bool> stop_{false};
  std::vector<Place> places_;
  std::uint64_t lost_seen_ = 0;
  bool found_ = false;    // life_ is the wanted message's, and may still grow
  bool settled_ = false;  // ... and has its end
  Life life_;
};

}  // namespace squall
