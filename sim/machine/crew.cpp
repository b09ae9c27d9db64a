// Telling and waiting. See crew.hpp.
// Work comes every few microseconds, so a helper looks for it a while before it goes to sleep.
#include "sim/machine/crew.hpp"

#include "sim/machine/threads.hpp"

namespace squall {
namespace {

// Some 100 us; none where threads have to take turns on a processor.
int looks_for(unsigned threads) {
  return threads <= std::thread::hardware_concurrency() ? 4'000 : 0;
}

void breathe() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

Crew::Crew(unsigned threads) : looks_(looks_for(threads)) {
  add_threads(helpers_, threads > 1 ? threads - 1 : 0,
              [this](std::size_t i) { help(static_cast<unsigned>(i) + 1); });
}

Crew::~Crew() {
  over_ = true;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Crew::start(const Work& work) {
  work_ = work;
  unfinished_.store(static_cast<unsigned>(helpers_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
}

void Crew::wait() const {
  for (int looks = 0; unfinished_.load(std::memory_order_acquire) > 0; ++looks) {
    if (looks < looks_)
      breathe();
    else
      std::this_thread::yield();
  }
}

void Crew::help(unsigned part) {
  std::uint64_t seen = 0;
  while (true) {
    for (int looks = 0; looks < looks_ && round_.load(std::memory_order_relaxed) == seen; ++looks) {
      breathe();
    }
    round_.wait(seen, std::memory_order_acquire);
    ++seen;  // the next round begins only when all have finished this one
    if (over_) return;
    if (part < work_.parts) work_.call(work_.task, part);
    unfinished_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace squall
