// A look at a run that is under way: what an onlooker is shown, and how he asks for it.
//
// An onlooker raises a wish; the engine fulfils it at its next convenience, on its own thread. It
// is asked and does not tell by itself, as virtual time knows no clock. No result depends on it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

// Of one second of measure, as far as it is known.
struct GlimpseSecond {
  std::uint64_t owed = 0, lost = 0;  // pairs born in it that are judged; 0 before the books close
  std::uint64_t delivered = 0;       // virtual time: of them; on sockets: messages read in it
  std::uint64_t connected = 0;       // at its start
};

struct Glimpse {
  Time now{0}, end{0};
  std::uint64_t connected = 0;          // endpoints that are ready
  std::vector<GlimpseSecond> seconds;   // those that have begun
  std::vector<std::uint64_t> sessions;  // by node; empty: nobody counts them
};

class Onlooker {
 public:
  virtual ~Onlooker() = default;
  bool wishes() const { return wishes_.load(std::memory_order_relaxed); }
  void wish() { wishes_.store(true, std::memory_order_relaxed); }
  void show(const Glimpse& glimpse) {
    wishes_.store(false, std::memory_order_relaxed);
    seen(glimpse);
  }

 private:
  virtual void seen(const Glimpse& glimpse) = 0;  // on the engine's thread: be quick

  std::atomic<bool> wishes_{true};
};

}  // namespace squall
