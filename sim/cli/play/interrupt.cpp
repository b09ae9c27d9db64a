// The signal handler (async-signal-safe: it only stores to lock-free atomics) and the deadline.
// What a stop means for results is decided in playing.cpp.
#include "sim/cli/play/interrupt.hpp"

#include <unistd.h>
#include <csignal>

namespace squall {
namespace {

std::atomic<bool> g_stop{false};
std::atomic<int> g_signal{0};
std::atomic<const char*> g_reason{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free);
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int signal_number) {
  if (g_signal.exchange(signal_number) != 0) ::_exit(128 + signal_number);
  g_stop.store(true);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>& stop_flag() { return g_stop; }

void stop_because(const char* reason) {
  const char* none = nullptr;
  g_reason.compare_exchange_strong(none, reason);
  g_stop.store(true);
}

const char* reason_to_stop() { return g_reason.load(); }

int received_signal() { return g_signal.load(); }

Deadline::Deadline(std::optional<std::chrono::nanoseconds> after) {
  if (!after) return;
  const auto end = std::chrono::steady_clock::now() + *after;
  thread_ = std::thread([this, end] {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, end, [this] { return cancelled_; })) return;
    passed_.store(true);
    stop_because("stopped by --timeout");
  });
}

Deadline::~Deadline() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace squall
