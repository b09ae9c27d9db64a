// What came from somebody who is not of this run, and trouble that no such run can survive.
//
// A stranger is refused and counted, and changes nothing else: neither the books nor what ours are
// told. Trouble is the other case: a server that is none, a port that is lost. Both are safe to use
// from every thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "sim/record/run_record.hpp"

namespace squall::live {

class Strangers {
 public:
  void connection(std::uint64_t count = 1) { add(connections_, count); }  // to a port of ours
  void frame() { add(frames_, 1); }      // on a connection to a node: answered with close 1008
  void message() { add(messages_, 1); }  // on our topic, or under one of our keys

  StrangerRow row() const { return {connections_, frames_, messages_}; }

 private:
  using Count = std::atomic<std::uint64_t>;
  static void add(Count& count, std::uint64_t more) {
    count.fetch_add(more, std::memory_order_relaxed);
  }
  Count connections_{0}, frames_{0}, messages_{0};
};

// The first sentence counts. Whoever conducts the run looks from time to time, and ends it.
class Trouble {
 public:
  void say(std::string why) {
    const std::scoped_lock lock(mutex_);
    if (why_.empty()) why_ = std::move(why);
  }
  std::string why() const {
    const std::scoped_lock lock(mutex_);
    return why_;
  }

 private:
  mutable std::mutex mutex_;
  std::string why_;
};

}  // namespace squall::live
