// The dilated work of a node: a single server that sleeps what each piece of work costs.
//
// One piece at a time, in order of arrival. A sleep ends late, and the next piece begins only then:
// what really was slept is measured beside what was asked. It sleeps by timers of the node's loop,
// so that many slow nodes live on few processors. Belongs to the thread of that loop.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "sim/live/live_options.hpp"
#include "sim/live/net/loop.hpp"

namespace squall::live {

// "1200 pieces of work were slept ...", for the reader of a run.
std::string in_words(const DilatedWork& dilated);

class WorkQueue {
 public:
  using Then = std::function<void()>;
  // Calls `then` at that time, if the process that asked still lives.
  using Alarm = std::function<void(Time when, Then then)>;

  // Pieces that come from 0 until `measure` are counted.
  WorkQueue(Loop& loop, Duration measure, Alarm alarm)
      : loop_(loop), measure_(measure), alarm_(std::move(alarm)) {}

  void add(Duration work, Then then);  // `then` is called when it is done
  void forget_all();                   // the process has died, and its alarms with it
  const DilatedWork& dilated() const { return dilated_; }

 private:
  struct Piece {
    Time came;
    Duration work;
    Then then;
  };
  void serve();
  void slept(Time began);
  void finish_first();

  Loop& loop_;
  Duration measure_;
  Alarm alarm_;
  std::deque<Piece> pieces_;  // the first one is being slept, if any is
  bool busy_ = false;
  DilatedWork dilated_;
};

}  // namespace squall::live
