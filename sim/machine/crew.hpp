// The threads of one run: each() splits one piece of work among them and waits for all.
//
// Used inside one event, for work whose parts touch different memory: so the order of events, and
// with it every result, is the same for any number of threads. A pool for runs is sim/farm.
// Thread rule: each() is called by the thread that made the crew, and never from inside each().
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace squall {

class Crew {
 public:
  explicit Crew(unsigned threads);  // the caller's included; 0 counts as 1
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  unsigned size() const { return static_cast<unsigned>(helpers_.size()) + 1; }
  // Into how many parts `items` are worth splitting.
  unsigned parts_for(std::size_t items) const { return items < kWorthIt ? 1 : size(); }

  // What is written by one part only has to lie this far from what another writes: else the
  // processors wait for each other's cache lines.
  static constexpr std::size_t kApart = 128;

  // Calls task(part) for every part of [0, parts), parts <= size(); returns when all are done.
  template <typename Task>
  void each(unsigned parts, const Task& task) {
    if (parts > 1) {
      start({[](const void* what, unsigned part) { (*static_cast<const Task*>(what))(part); },
             &task, parts});
    }
    task(0U);
    if (parts > 1) wait();
  }

 private:
  // Below this a helper is told and waited for longer than it works.
  static constexpr std::size_t kWorthIt = 64;

  struct Work {
    void (*call)(const void*, unsigned) = nullptr;
    const void* task = nullptr;
    unsigned parts = 0;
  };
  void start(const Work& work);
  void wait() const;
  void help(unsigned part);

  const int looks_;  // for work, before going to sleep
  Work work_;
  std::atomic<std::uint64_t> round_{0};  // one more: there is work, or the end
  std::atomic<unsigned> unfinished_{0};
  bool over_ = false;
  std::vector<std::thread> helpers_;
};

// Part `part` of `parts` of [0, items): where it begins. That of part + 1 is its end.
inline std::size_t part_begin(std::size_t items, unsigned parts, unsigned part) {
  return items * part / parts;
}

}  // namespace squall
