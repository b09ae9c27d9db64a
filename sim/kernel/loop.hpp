// One event loop of a node: a FIFO single server with known pauses, in closed form.
//
// Work is served in order of arrival, so a loop needs no event of its own: when an item arrives
// its start and finish are known. Keeps the operational laws (Denning, Buzen) as it goes.
#pragma once

#include <algorithm>
#include <deque>
#include <span>

#include "scenarios/model/plan.hpp"
#include "sim/record/window.hpp"
#include "strategies/core/check.hpp"

namespace squall {

// The instant at which `work` that begins at `start` is done, when the server stands still during
// the pauses (ascending, disjoint).
inline Time elapse(std::span<const Pause> pauses, Time start, Duration work) {
  Time finish = start + work;
  for (const Pause& pause : pauses) {
    if (pause.range.end <= start) continue;
    if (pause.range.begin >= finish) break;
    finish += pause.range.end - std::max(start, pause.range.begin);
  }
  return finish;
}

class Loop {
 public:
  Loop(Time now, Duration measure, std::span<const Pause> pauses)
      : pauses_(pauses), window_(measure), begin_(now), busy_until_(now), changed_(now) {}

  // Serves one item now; returns when it is done.
  Time work(Time now, Duration cost) {
    const Time start = std::max(now, busy_until_);
    return serve(now, start, elapse(pauses_, start, cost), cost);
  }

  // For a batch whose steps the caller computes: start(), then next() per step, then serve().
  Time start(Time now) const { return std::max(now, busy_until_); }
  Time next(Time at, Duration cost) const {
    return pauses_.empty() ? at + cost : elapse(pauses_, at, cost);
  }
  Time next(Time at, Duration cost, std::uint32_t times) const {
    if (pauses_.empty()) return at + cost * times;
    for (; times > 0; --times) at = next(at, cost);
    return at;
  }
  Time serve(Time now, Time start, Time finish, Duration cost) {
    if (finish - start > cost) {
      burst_ = finish;  // it waited for a pause to end, and others do, too
    } else if (now > busy_until_) {
      burst_ = kNever;
    }
    leave(now);
    pass(now);
    ++waiting_, ++arrivals_;
    sojourn_ += (finish - now).count();
    finishes_.push_back(finish);
    if (start > busy_until_) idle_ += start - busy_until_;
    executed_ += cost;
    paused_ += finish - start - cost;
    in_measure_.add(worked(start, finish));
    busy_until_ = finish;
    return finish;
  }

  // Items waiting or in service.
  std::size_t resident(Time now) {
    leave(now);
    return finishes_.size();
  }
  Time busy_until() const { return busy_until_; }

  // What is done now is done in one turn with other things that had been kept waiting: which turn,
  // told apart by an instant; kNever: none. See flight.hpp.
  Time burst(Time now) const { return now <= busy_until_ ? burst_ : kNever; }
  void begin_burst(Time now) {
    if (burst(now) == kNever) burst_ = now;
  }

  // The process dies: what is not done is gone.
  void purge(Time now) {
    leave(now);
    pass(now);
    for (const Time finish : finishes_) sojourn_ -= (finish - now).count();
    purged_ += finishes_.size();
    waiting_ -= static_cast<std::int64_t>(finishes_.size());
    finishes_.clear();
    if (busy_until_ <= now) return;
    in_measure_.take_back(worked(now, busy_until_));
    const Duration undone = running(now, busy_until_);
    executed_ -= undone;
    paused_ -= busy_until_ - now - undone;
    busy_until_ = now;
  }

  const CountedTime& busy() const { return in_measure_; }  // standing still is not busy
  const CountedTime& queue_ns() const { return queue_in_measure_; }
  // How much of [from, to), in which it was busy or paused, was work of measure.
  Lived worked(Time from, Time to) const {
    Lived time = window_.part(from, to);
    for (const Pause& pause : pauses_) {
      time = time - window_.part(std::max(from, pause.range.begin), std::min(to, pause.range.end));
    }
    return time;
  }

  // Arrivals = departures + purged + resident; Little's law; the server's time adds up.
  bool balanced(Time end) {
    leave(end);
    pass(end);
    __int128 remaining = 0;
    for (const Time finish : finishes_) remaining += (finish - end).count();
    return arrivals_ == departures_ + purged_ + finishes_.size() &&
           integral_ == sojourn_ - remaining && busy_until_ - begin_ == idle_ + executed_ + paused_;
  }

 private:
  // How much of [from, to) is outside of the pauses.
  Duration running(Time from, Time to) const {
    Duration time = std::max(Duration{0}, to - from);
    for (const Pause& pause : pauses_) {
      time -=
          std::max(Duration{0}, std::min(to, pause.range.end) - std::max(from, pause.range.begin));
    }
    return time;
  }
  void leave(Time now) {
    while (!finishes_.empty() && finishes_.front() <= now) {
      pass(finishes_.front());
      finishes_.pop_front();
      --waiting_, ++departures_;
    }
  }
  void pass(Time now) {
    if (now == changed_) return;
    integral_ += static_cast<__int128>(waiting_) * (now - changed_).count();
    queue_in_measure_.add(window_.part(changed_, now), waiting_);
    changed_ = now;
  }

  std::span<const Pause> pauses_;
  Window window_;
  Time begin_, busy_until_, changed_;
  Time burst_ = kNever;
  std::deque<Time> finishes_;
  std::int64_t waiting_ = 0;
  std::uint64_t arrivals_ = 0, departures_ = 0, purged_ = 0;
  __int128 integral_ = 0, sojourn_ = 0;
  Duration idle_{0}, executed_{0}, paused_{0};
  CountedTime in_measure_, queue_in_measure_;
};

}  // namespace squall
