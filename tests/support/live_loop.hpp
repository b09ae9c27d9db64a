// A live loop on a thread of its own for tests, and waiting for what must happen on it.
//
// A test works through on_loop() and looks through eventually(); nothing sleeps, and the deadline
// decides only that a test has failed.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "sim/live/net/loop.hpp"

namespace squall::testing {

class LiveLoop {
 public:
  explicit LiveLoop(bool own_descriptors = false)
      : clock_(std::chrono::steady_clock::now()), loop_(clock_) {
    loop_.start(own_descriptors);
  }
  ~LiveLoop() {
    loop_.stop();
    loop_.join();
  }

  live::Loop& loop() { return loop_; }

  // Runs the task on the loop's thread and waits for what it returns.
  template <typename Task>
  auto on_loop(Task task) -> decltype(task()) {
    std::promise<decltype(task())> done;
    loop_.post([&] {
      if constexpr (std::is_void_v<decltype(task())>) {
        task();
        done.set_value();
      } else {
        done.set_value(task());
      }
    });
    return done.get_future().get();
  }

  // True as soon as the condition holds on the loop's thread; false after a minute without.
  bool eventually(std::function<bool()> condition) {
    const auto look = std::make_shared<Look>(Look{loop_, std::move(condition), {}});
    look->deadline = loop_.now() + std::chrono::minutes{1};
    auto held = look->held.get_future();
    loop_.post([look] { look->again(look); });
    return held.get();
  }

 private:
  struct Look {
    live::Loop& loop;
    std::function<bool()> condition;
    Time deadline;
    std::promise<bool> held{};

    void again(const std::shared_ptr<Look>& self) {
      if (condition()) return held.set_value(true);
      if (loop.now() > deadline) return held.set_value(false);
      loop.at(loop.now() + std::chrono::milliseconds{1}, [self] { self->again(self); });
    }
  };

  live::RunClock clock_;
  live::Loop loop_;
};

}  // namespace squall::testing
