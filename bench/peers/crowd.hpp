// The clients of one loop of the load client: they connect, speak when it is due, and listen.
//
// An open loop: message n is due at a time that nothing can move, and the latency of each delivery
// counts from then. All functions belong to the loop's thread, but for the counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/peers/dialect.hpp"
#include "sim/live/net/channel.hpp"
#include "sim/live/net/loop.hpp"
#include "sim/live/net/upgrade.hpp"
#include "sim/record/histogram.hpp"

namespace squall::bench {

// Some seconds of traffic at one rate, over all loops. Loop l of L says the messages l, l + L, ...
struct Step {
  std::uint32_t first = 0;       // number of the first message
  double gap_ns = 0;             // between the messages of all loops
  Time begin{0};                 // message `first` is due then
  Time measure_from{0}, end{0};  // what is due between them counts
  std::uint32_t loop = 0, loops = 1;

  Time due(std::uint32_t number) const {
    return begin + Duration{static_cast<std::int64_t>(gap_ns * (number - first))};
  }
};

struct CrowdOptions {
  const Dialect& dialect;
  std::vector<live::SocketAddress> servers;
  std::vector<Place> places;  // of this loop's clients
  std::uint32_t bytes = 128;
};

class Crowd {
 public:
  Crowd(live::Loop& loop, CrowdOptions options);
  ~Crowd();

  void connect();  // all of them, some at a time; then ready() tells
  void play(const Step& step);
  void close();

  // ---- of the last step, when the loop is quiet ----
  const Histogram& latency() const { return latency_; }    // ns, of messages that count
  const Histogram& lateness() const { return lateness_; }  // ns, of sending them

  // ---- from any thread ----
  std::uint32_t ready() const { return ready_.load(std::memory_order_relaxed); }
  std::uint64_t heard() const { return heard_.load(std::memory_order_relaxed); }  // of the step
  std::uint32_t sent() const { return sent_.load(std::memory_order_relaxed); }    // of the step
  std::uint32_t failures() const { return failures_.load(std::memory_order_relaxed); }

 private:
  struct Client;

  void dial(Client& client);
  void dialled(Client& client, live::Upgrade upgrade);
  void became_ready(Client& client);
  void connect_next();
  void speak();
  void heard(Client& client, live::Opcode opcode, std::span<const std::byte> payload, Time now);
  void write(Client& client, live::Opcode opcode, std::string_view payload);

  live::Loop& loop_;
  const CrowdOptions options_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t dialled_ = 0;
  Step step_;
  std::uint32_t next_ = 0;  // number of the next message of this loop
  std::uint32_t masks_ = 0;
  Histogram latency_, lateness_;
  std::atomic<std::uint32_t> ready_{0}, sent_{0}, failures_{0};
  std::atomic<std::uint64_t> heard_{0};
};

}  // namespace squall::bench
