// The one list of background threads of the process. See background.hpp.
// Those that have ended are joined when the next one starts, so the list stays short.
#include "sim/live/net/background.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace squall::live {
namespace {

struct Worker {
  std::shared_ptr<std::atomic<bool>> done;
  std::thread thread;
};

class Workers {
 public:
  ~Workers() { wait(); }

  void run(std::function<void()> task) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(workers_, [](Worker& worker) {
      if (!worker.done->load()) return false;
      worker.thread.join();
      return true;
    });
    auto done = std::make_shared<std::atomic<bool>>(false);
    std::thread thread([done, task = std::move(task)]() mutable {
      task();
      task = nullptr;  // what it owns ends on this thread
      done->store(true);
    });
    workers_.push_back({std::move(done), std::move(thread)});
  }

  void wait() {
    std::vector<Worker> all;
    {
      const std::scoped_lock lock(mutex_);
      all.swap(workers_);
    }
    for (Worker& worker : all) worker.thread.join();
  }

 private:
  std::mutex mutex_;
  std::vector<Worker> workers_;
};

Workers& workers() {
  static Workers all;
  return all;
}

}  // namespace

void run_in_background(std::function<void()> task) { workers().run(std::move(task)); }

void wait_for_background() { workers().wait(); }

}  // namespace squall::live
