// A drain under way: the sessions of a node end one after another, evenly over its time.
//
// Where clients are asked to move first, they are asked in the first half of it: so who is asked
// last has as long to move.
//
// Only the latest drain of a node goes on. Whether a session is still there when its turn comes,
// and what is said to it, is the node's business.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

class Drain {
 public:
  enum class Way : std::uint8_t { close, ask_to_move };

  void begin(std::vector<ConnectionId> sessions, Duration over, Way way) {
    sessions_ = std::move(sessions);
    next_ = 0;
    if (way == Way::ask_to_move) over /= 2;
    gap_ = over / std::max<std::int64_t>(1, static_cast<std::int64_t>(sessions_.size()));
    ++number_;
  }

  std::uint32_t number() const { return number_; }
  bool goes_on(std::uint32_t number) const { return number == number_ && !done(); }
  bool done() const { return next_ == sessions_.size(); }
  std::uint32_t position() const { return next_; }  // of who is next
  ConnectionId take_next() { return sessions_[next_++]; }
  Duration gap() const { return gap_; }

 private:
  std::vector<ConnectionId> sessions_;
  std::uint32_t next_ = 0, number_ = 0;
  Duration gap_{0};
};

}  // namespace squall
