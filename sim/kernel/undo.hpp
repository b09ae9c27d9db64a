// What was written of late, and how to take it back: for a replica that never got it.
//
// Each step puts back what it found, so they are undone last to first. One thread.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "strategies/core/types.hpp"

namespace squall {

class Undo {
 public:
  // `longest`: nothing older is ever taken back; zero: nothing at all, and nothing is kept.
  explicit Undo(Duration longest) : longest_(longest) {}

  bool keeps() const { return longest_ > Duration{0}; }
  void keep(Time now, std::function<void()> put_back) {
    while (!steps_.empty() && steps_.front().at + longest_ <= now) steps_.pop_front();
    steps_.push_back({now, std::move(put_back)});
  }
  // All of the last `lag`.
  void take_back(Time now, Duration lag) {
    for (; !steps_.empty() && steps_.back().at + lag > now; steps_.pop_back()) {
      steps_.back().put_back();
    }
  }

 private:
  struct Step {
    Time at;
    std::function<void()> put_back;
  };
  Duration longest_;
  std::deque<Step> steps_;  // by time
};

}  // namespace squall
