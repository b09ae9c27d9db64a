// Ends a run in which time hardly moves, or that makes connections without end.
//
// The loader refuses the loops that it can foresee (scenarios/model/load_limits.cpp); this is for
// the rest: events within one virtual second are counted, and connections within the run. Budgets
// follow the size of the scenario, and no sensible one comes near them.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/kernel/event.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Hurry {
 public:
  explicit Hurry(const World& world);

  // True when the budget is spent: the run has to end.
  bool spent_by(Time at, const Event& event) {
    if (event.kind == EventKind::queue_changes) return false;  // two a frame, and they are cheap
    if (at >= second_end_) next_second(at);
    ++events_;
    ++by_kind_[static_cast<std::size_t>(event.kind)];
    return events_ > most_events_ || connections() > most_connections_;
  }

  // Who spent it, in words.
  std::string sentence(const Event& last) const;

 private:
  void next_second(Time at);
  std::size_t connections() const { return world_.pipes.size(); }
  std::string author(const Event& event) const;

  const World& world_;
  std::uint64_t most_events_ = 0, most_connections_ = 0;
  std::uint64_t events_ = 0;  // of this second
  Time second_end_;
  std::array<std::uint64_t, kEventKinds> by_kind_{};
};

}  // namespace squall
