// Turns, timers and readiness. See loop.hpp.
// A turn is bounded, so that a loop that is never idle still flushes and still looks at its timers.
#include "sim/live/net/loop.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <filesystem>
#include <future>
#include <utility>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr int kTasksPerTurn = 256;  // handlers until what they wrote is flushed
constexpr std::size_t kBuffer = 128 * 1024;

// ThreadSanitizer knows a descriptor by its number alone: in two tables it would see races between
// sockets that have nothing to do with each other.
#if defined(__SANITIZE_THREAD__)
constexpr bool kTablesPerThread = false;
#else
constexpr bool kTablesPerThread = true;
#endif

// A table of one's own begins as a copy. What other threads have open lives on in it when they
// close it: nobody would hear of the end. The loop itself has no socket yet.
void close_sockets_of_others() {
  std::vector<int> sockets;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/thread-self/fd")) {
    const int descriptor = std::stoi(entry.path().filename().string());
    struct stat kind = {};
    if (::fstat(descriptor, &kind) == 0 && S_ISSOCK(kind.st_mode)) sockets.push_back(descriptor);
  }
  for (const int descriptor : sockets) ::close(descriptor);
}

}  // namespace

Loop::Loop(const RunClock& clock)
    : clock_(clock),
      work_(boost::asio::make_work_guard(context_)),
      timer_(context_),
      buffer_(kBuffer) {}

Loop::~Loop() {
  stop();
  join();
  for (Slot& slot : slots_) {
    if (slot.descriptor) slot.descriptor->release();
  }
}

// ---- running -----------------------------------------------------------------------------------

void Loop::start(bool own_descriptors) {
  own_descriptors_ = own_descriptors;
  thread_ = std::thread([this] { run(); });
}

void Loop::run() {
  if (own_descriptors_ && kTablesPerThread) {
    SQUALL_CHECK(::unshare(CLONE_FILES) == 0);
    close_sockets_of_others();
  }
  while (context_.run_one() > 0) {
    for (int i = 0; i < kTasksPerTurn && context_.poll_one() > 0; ++i) {
    }
    end_turn();
  }
}

void Loop::turn() {
  for (int i = 0; i < kTasksPerTurn && context_.poll_one() > 0; ++i) {
  }
  end_turn();
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

void Loop::stop() { context_.stop(); }

void Loop::post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

void Loop::call(const std::function<void()>& task) {
  std::promise<void> done;
  post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

// Flushing may make others dirty (an owner that reacts); they have their turn at once.
void Loop::end_turn() {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    Slot& slot = slots_[dirty_[i]];
    if (!slot.dirty) continue;
    slot.dirty = false;
    if (slot.who != nullptr) slot.who->flush();
  }
  dirty_.clear();
  retired_.clear();
}

// ---- timers ------------------------------------------------------------------------------------

void Loop::at(Time time, std::function<void()> then) {
  timers_.push({time, timers_made_++, std::move(then)});
  if (time < armed_) arm_timer();
}

void Loop::moved(Duration by) {
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers;
  for (; !timers_.empty(); timers_.pop()) {
    Timer timer = std::move(const_cast<Timer&>(timers_.top()));
    timer.time -= by;
    timers.push(std::move(timer));
  }
  timers_ = std::move(timers);
  armed_ = kNever;
  if (!timers_.empty()) arm_timer();
}

void Loop::arm_timer() {
  armed_ = timers_.top().time;
  timer_.expires_at(clock_.at(armed_));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) fire_timers();
  });
}

void Loop::fire_timers() {
  armed_ = kNever;
  const Time now = this->now();
  while (!timers_.empty() && timers_.top().time <= now) {
    const std::function<void()> then = std::move(const_cast<Timer&>(timers_.top()).then);
    timers_.pop();
    then();
  }
  if (!timers_.empty() && timers_.top().time < armed_) arm_timer();
}

// ---- readiness ---------------------------------------------------------------------------------

std::uint32_t Loop::watch(int descriptor, Watched& who) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot].who = &who;
  slots_[slot].descriptor =
      std::make_unique<boost::asio::posix::stream_descriptor>(context_, descriptor);
  want(slot, true, false);
  return slot;
}

// A wait that is no longer wanted is left to end by itself: to cancel it costs more.
void Loop::want(std::uint32_t slot, bool read, bool write) {
  // Whoever writes hears that the other side is gone, also when he does not read.
  slots_[slot].wanted = {read, write, write && !read};
  for (const Readiness what : {to_read, to_write, gone}) ask(slot, what);
}

void Loop::ask(std::uint32_t slot, Readiness what) {
  Slot& one = slots_[slot];
  if (!one.wanted[what] || one.asked[what]) return;
  one.asked[what] = true;
  constexpr std::array kKinds{boost::asio::posix::stream_descriptor::wait_read,
                              boost::asio::posix::stream_descriptor::wait_write,
                              boost::asio::posix::stream_descriptor::wait_error};
  one.descriptor->async_wait(kKinds[what], [this, slot, generation = one.generation,
                                            what](const boost::system::error_code& error) {
    if (!error) ready(slot, generation, what);
  });
}

void Loop::ready(std::uint32_t slot, std::uint32_t generation, Readiness what) {
  const auto still = [&] { return slots_[slot].generation == generation; };
  if (!still()) return;  // it ended after Asio had found it ready
  slots_[slot].asked[what] = false;
  if (!slots_[slot].wanted[what]) return;
  what == to_write ? slots_[slot].who->writable() : slots_[slot].who->readable();
  if (still()) ask(slot, what);
}

void Loop::forget(std::uint32_t slot) {
  slots_[slot].descriptor->release();
  slots_[slot] = {.generation = slots_[slot].generation + 1};
  free_.push_back(slot);
}

void Loop::flush_later(std::uint32_t slot) {
  if (slots_[slot].dirty) return;
  slots_[slot].dirty = true;
  dirty_.push_back(slot);
}

}  // namespace squall::live
