// Turns, timers and readiness. See loop.hpp.
// A turn is bounded, so that a loop that is never idle still flushes and still looks at its timers.
#include "sim/live/net/loop.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <filesystem>
#include <future>
#include <utility>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr int kReadyAtOnce = 256;   // events taken from the kernel in one call
constexpr int kTasksPerTurn = 256;  // handlers until what they wrote is flushed
constexpr std::size_t kBuffer = 128 * 1024;

// ThreadSanitizer knows a descriptor by its number alone: in two tables it would see races between
// sockets that have nothing to do with each other.
#if defined(__SANITIZE_THREAD__)
constexpr bool kTablesPerThread = false;
#else
constexpr bool kTablesPerThread = true;
#endif

std::uint64_t token(std::uint32_t slot, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | slot;
}

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
      readiness_(context_),
      buffer_(kBuffer) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  SQUALL_CHECK(epoll_ >= 0);
  readiness_.assign(epoll_);
  arm_readiness();
}

Loop::~Loop() {
  stop();
  join();
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
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = token(slot, slots_[slot].generation);
  SQUALL_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0);
  return slot;
}

void Loop::want(std::uint32_t slot, int descriptor, bool read, bool write) {
  epoll_event event{};
  event.events = (read ? std::uint32_t{EPOLLIN} : 0U) | (write ? std::uint32_t{EPOLLOUT} : 0U);
  event.data.u64 = token(slot, slots_[slot].generation);
  if (!read && !write) {  // hang-ups are reported whatever one asks for
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  } else if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) != 0) {
    SQUALL_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0);
  }
}

void Loop::forget(std::uint32_t slot, int descriptor) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  slots_[slot].who = nullptr;
  slots_[slot].dirty = false;
  ++slots_[slot].generation;  // events of the past that are still in hand go nowhere
  free_.push_back(slot);
}

void Loop::flush_later(std::uint32_t slot) {
  if (slots_[slot].dirty) return;
  slots_[slot].dirty = true;
  dirty_.push_back(slot);
}

void Loop::arm_readiness() {
  readiness_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](const boost::system::error_code& error) {
                          if (error) return;
                          serve_ready();
                          arm_readiness();
                        });
}

void Loop::serve_ready() {
  std::array<epoll_event, kReadyAtOnce> events;
  const int count = ::epoll_wait(epoll_, events.data(), kReadyAtOnce, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const auto slot = static_cast<std::uint32_t>(event.data.u64);
    const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32);
    const auto still = [&] {
      return slots_[slot].generation == generation && slots_[slot].who != nullptr;
    };
    if (still() && (event.events & EPOLLOUT) != 0) slots_[slot].who->writable();
    if (still() && (event.events & ~std::uint32_t{EPOLLOUT}) != 0) slots_[slot].who->readable();
  }
}

}  // namespace squall::live
