// Why a run should stop early: SIGINT, SIGTERM or --timeout. All of them raise one flag that the
// engine looks at; the first keeps partial results, a second signal ends the process at once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace squall {

// Catches SIGINT and SIGTERM from now on (once per process).
void install_signal_handlers();

// The flag for play() and the farm. Process-wide, lock-free.
const std::atomic<bool>& stop_flag();

// Raises it for a reason of its own, which results will give: "stopped by --timeout". One that is
// up already keeps its reason.
void stop_because(const char* reason);
const char* reason_to_stop();  // nullptr: nobody has said one

// SIGINT or SIGTERM when one came, else 0.
int received_signal();

// Raises the stop flag when the time is over, unless it is destroyed before.
class Deadline {
 public:
  explicit Deadline(std::optional<std::chrono::nanoseconds> after);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() const { return passed_.load(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false;
  std::atomic<bool> passed_{false};
  std::thread thread_;
};

}  // namespace squall
