// The ports that a balancer has towards one node. A connection holds one as long as it lives; and
// for a minute more where the balancer was the end that closed first (TIME_WAIT).
//
// Counts, and knows no node and no clock but what it is told. One thread.
#pragma once

#include <cstdint>
#include <deque>

#include "strategies/core/types.hpp"

namespace squall {

class SourcePorts {
 public:
  static constexpr Duration kTimeWait{60s};  // Linux: TCP_TIMEWAIT_LEN, which nobody can set

  bool any_left(std::uint32_t most, Time now) {
    while (!waiting_.empty() && waiting_.front() <= now) waiting_.pop_front();
    return used_ + waiting_.size() < most;
  }
  void take() { ++used_; }
  void give_back(bool closed_first, Time now) {
    --used_;
    if (closed_first) waiting_.push_back(now + kTimeWait);
  }

 private:
  std::uint32_t used_ = 0;
  std::deque<Time> waiting_;  // until when, in order
};

}  // namespace squall
