// One event loop on one thread: an io_context, timers, readiness of sockets, and the end of a turn.
//
// A turn runs what is ready, then flushes every channel that was written to: many small messages
// to one socket become one system call. Asio says what is ready; reading and writing is the
// owner's, without Asio's buffers. All functions but post() and stop() belong to the loop's
// thread, or to the time before it starts.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "sim/live/net/run_clock.hpp"

namespace squall::live {

// Somebody whose file descriptor is watched.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void readable() = 0;
  virtual void writable() = 0;
  virtual void flush() = 0;  // the turn is over: hand to the kernel what was written
};

class Loop {
 public:
  explicit Loop(const RunClock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& context() { return context_; }
  const RunClock& clock() const { return clock_; }
  Time now() const { return clock_.now(); }

  // Calls `then` on the loop's thread at `time`, or at once when that is past. Never cancelled:
  // the callee looks whether it still matters.
  void at(Time time, std::function<void()> then);

  // The clock was moved by so much: timers keep their instant.
  void moved(Duration by);

  // Thread-safe.
  void post(std::function<void()> task);
  void call(const std::function<void()>& task);  // and waits until it is done
  void stop();

  // `own_descriptors`: the thread gets a table of file descriptors of its own, so that a process
  // holds more sockets than the limit of one table. Then a socket lives and dies on its thread.
  void start(bool own_descriptors);
  void join();
  // Instead of start(): one turn on the caller's thread, without waiting. For tests.
  void turn();

  // ---- readiness; `slot` is given by watch() ----
  std::uint32_t watch(int descriptor, Watched& who);
  void want(std::uint32_t slot, bool read, bool write);
  void forget(std::uint32_t slot);
  void flush_later(std::uint32_t slot);

  // Destroys it at the end of the turn: an owner may not destroy a channel that is calling it.
  void retire(std::shared_ptr<void> object) { retired_.push_back(std::move(object)); }

  // Where everybody on this thread reads into; valid until the next read.
  std::span<std::byte> buffer() { return buffer_; }

 private:
  struct Timer {
    Time time;
    std::uint64_t order;
    std::function<void()> then;
    bool operator>(const Timer& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };
  enum Readiness : std::uint8_t { to_read, to_write, gone };
  struct Slot {
    Watched* who = nullptr;
    std::uint32_t generation = 0;
    bool dirty = false;
    std::array<bool, 3> wanted{}, asked{};  // by Readiness: of us, and of Asio
    std::unique_ptr<boost::asio::posix::stream_descriptor> descriptor = nullptr;  // borrowed
  };

  void run();
  void end_turn();
  void arm_timer();
  void fire_timers();
  void ask(std::uint32_t slot, Readiness what);
  void ready(std::uint32_t slot, std::uint32_t generation, Readiness what);

  const RunClock& clock_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  Time armed_ = kNever;
  std::uint64_t timers_made_ = 0;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> dirty_;
  std::vector<std::shared_ptr<void>> retired_;
  std::vector<std::byte> buffer_;
  std::thread thread_;
  bool own_descriptors_ = false;
};

}  // namespace squall::live
