// Who goes, who stays, and when what stays leaves. See egress_queue.hpp.
// The arithmetic is that of any frame of a fan-out; only what follows from a full queue is not.
#include "sim/kernel/egress_queue.hpp"

#include <algorithm>

namespace squall {

void EgressQueue::let_go_of_what_left(Time now, const Before& before) {
  while (!frames_.empty() && frames_.front().socket <= now) {
    before_ = {frames_.front().out, frames_.front().read};
    frames_.pop_front();
  }
  if (frames_.empty()) before_ = before;
}

// What has begun to enter the kernel's buffer cannot be taken back.
std::size_t EgressQueue::first_that_waits(const Line& line, Time at) const {
  if (frames_.empty()) return 0;
  const Frame& front = frames_.front();
  return front.socket - line.time(front.bytes) < at ? 1 : 0;
}

Time EgressQueue::busy_before(std::size_t place) const {
  return place == 0 ? before_.out : frames_[place - 1].out;
}

// One frame fits into a queue that is empty, however large it is.
bool EgressQueue::fits(const Line& line, const Limits& limits, const Frame& frame,
                       Time busy) const {
  if (busy <= frame.turn) return true;
  return busy - frame.turn <=
         std::max(Duration{0}, line.time(limits.bytes + kSendBuffer - frame.bytes));
}

// That of the frame for the same room which waits: so nobody's turn comes later for it.
bool EgressQueue::takes_a_place(const Line& line, const Limits& limits, const Frame& frame,
                                Change& change) {
  if (limits.on_full != OnFull::coalesce || frame.room == kNoRoom) return false;
  const auto first = static_cast<std::ptrdiff_t>(first_that_waits(line, frame.turn));
  const auto same =
      std::ranges::find(frames_.begin() + first, frames_.end(), frame.room, &Frame::room);
  if (same == frames_.end()) return false;
  if (!fits(line, limits, frame, frames_.back().out - line.time(same->bytes))) return false;
  change.gone.push_back(*same);
  place_ = from_ = static_cast<std::size_t>(same - frames_.begin());
  const Time behind = same->behind;
  *same = frame;
  same->behind = behind;
  return true;
}

// At the end; of those that wait, the oldest go until there is room. If all of them are not enough,
// none goes.
bool EgressQueue::makes_room(const Line& line, const Limits& limits, const Frame& frame,
                             Change& change) {
  Time busy = busy_before(frames_.size());
  const std::size_t first = first_that_waits(line, frame.turn);
  const bool oldest = limits.on_full == OnFull::drop_oldest;
  if (!fits(line, limits, frame, oldest ? busy_before(first) : busy)) return false;
  from_ = frames_.size();
  for (std::size_t next = first; !fits(line, limits, frame, busy); ++next) {
    change.gone.push_back(frames_[next]);
    busy -= line.time(frames_[next].bytes);
    from_ = first;
  }
  const auto begin = frames_.begin() + static_cast<std::ptrdiff_t>(first);
  frames_.erase(begin, begin + static_cast<std::ptrdiff_t>(change.gone.size()));
  from_ = std::min(from_, frames_.size());
  place_ = frames_.size();
  frames_.push_back(frame);
  return true;
}

// From the line's work before, one after another.
void EgressQueue::work_out(const Line& line, Change& change) {
  for (std::size_t i = from_; i < frames_.size(); ++i) {
    Frame& frame = frames_[i];
    const Time said = frame.read;
    const Time read_before = i == 0 ? before_.read : frames_[i - 1].read;
    frame.out = std::max(busy_before(i), frame.turn) + line.time(frame.bytes);
    frame.socket = std::max(frame.turn, frame.out - line.buffer());
    // Never equal: two frames of one connection have an order.
    frame.read =
        std::max(std::max(read_before, frame.behind) + Duration{1}, frame.out + frame.delay);
    if (i != place_) change.moved.push_back({said, frame});
  }
}

EgressQueue::Change EgressQueue::add(const Line& line, const Limits& limits, Frame frame,
                                     const Before& before) {
  let_go_of_what_left(frame.turn, before);
  const bool beside = !frames_.empty() && before.read > frames_.back().read;
  if (beside) frame.behind = before.read;
  Change change;
  if (!takes_a_place(line, limits, frame, change) && !makes_room(line, limits, frame, change)) {
    return change;
  }
  work_out(line, change);
  change.taken = true;
  change.frame = frames_[place_];
  change.busy = frames_.back().out;
  change.last_read = std::max(beside ? before.read : kBeforeAll, frames_.back().read);
  return change;
}

}  // namespace squall
