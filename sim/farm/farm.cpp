// The worker threads of the farm: an atomic next index, and results stored by index.
// One engine run is sim/kernel/engine.hpp; here is only who plays which and when to stop.
#include "sim/farm/farm.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include "sim/machine/threads.hpp"

namespace squall {
namespace {

class Farm {
 public:
  Farm(const Scenario& scenario, std::span<const StrategySpec> strategies,
       std::span<const std::uint64_t> seeds, const FarmOptions& options)
      : scenario_(scenario),
        strategies_(strategies),
        seeds_(seeds),
        options_(options),
        total_(strategies.size() * seeds.size()),
        messages_(total_) {
    result_.records.resize(strategies.size());
    for (auto& row : result_.records) row.resize(seeds.size());
  }

  void work() {
    while (!stopping()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= total_) return;
      const FarmJob job = job_at(index);
      try {
        run(job);
      } catch (const std::exception& error) {
        fail(index, error.what());
      } catch (...) {
        fail(index, "an exception of unknown type");
      }
    }
  }

  FarmResult take() {
    for (std::size_t index = 0; index < total_; ++index) {
      const FarmJob job = job_at(index);
      if (!result_.records[job.strategy][job.seed]) result_.missing.push_back(job);
      if (messages_[index]) result_.failures.push_back({job, *messages_[index]});
    }
    return std::move(result_);
  }

  std::size_t total() const { return total_; }

 private:
  // Seed by seed: what is there after an early stop can still be compared in pairs.
  FarmJob job_at(std::size_t index) const {
    return {index % strategies_.size(), index / strategies_.size()};
  }

  bool told_to_stop() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }
  bool stopping() const { return told_to_stop() || failed_.load(std::memory_order_relaxed); }

  void run(const FarmJob& job) {
    PlayOptions play_options;
    play_options.max_events = options_.max_events;
    play_options.stop = options_.stop;
    play_options.threads = options_.threads_per_run;
    RunRecord record =
        options_.play(scenario_, strategies_[job.strategy], seeds_[job.seed], play_options);
    // It may have been cut short, and a half run must not look whole: the engine has to mark it.
    const bool worth_keeping = options_.keep_cut_short && record.measure > Duration{0};
    if (told_to_stop() && !worth_keeping) return;
    const std::lock_guard lock(progress_mutex_);
    auto& slot = result_.records[job.strategy][job.seed];
    slot = std::move(record);
    ++finished_;
    if (options_.on_finished) options_.on_finished({job, finished_, total_, *slot});
  }

  void fail(std::size_t index, std::string message) {
    messages_[index] = std::move(message);
    failed_.store(true, std::memory_order_relaxed);
  }

  const Scenario& scenario_;
  std::span<const StrategySpec> strategies_;
  std::span<const std::uint64_t> seeds_;
  const FarmOptions& options_;
  std::size_t total_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::vector<std::optional<std::string>> messages_;  // of failures, by grid index
  std::mutex progress_mutex_;                         // guards finished_, result_, on_finished
  std::size_t finished_ = 0;
  FarmResult result_;
};

}  // namespace

FarmResult play_all(const Scenario& scenario, std::span<const StrategySpec> strategies,
                    std::span<const std::uint64_t> seeds, const FarmOptions& options) {
  FarmOptions complete_options = options;
  if (!complete_options.play) {
    complete_options.play = [](const Scenario& what, const StrategySpec& how, std::uint64_t seed,
                               const PlayOptions& limits) { return play(what, how, seed, limits); };
  }
  Farm farm(scenario, strategies, seeds, complete_options);
  const std::size_t wanted = std::max<std::size_t>(1, options.threads);
  const std::size_t helpers = std::min(wanted, std::max<std::size_t>(1, farm.total())) - 1;
  std::vector<std::thread> threads;
  add_threads(threads, helpers, [&farm](std::size_t) { farm.work(); });
  farm.work();
  for (std::thread& thread : threads) thread.join();
  return farm.take();
}

}  // namespace squall
