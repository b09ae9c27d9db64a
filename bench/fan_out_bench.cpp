// Why a fan-out is one batch: the same deliveries with an event for each, and with one for all.
//
// A message reaches a node that has `members` of its room. Each frame leaves the node a little
// after the one before, travels for a time of its own, is compared with the client's last one, and
// its latency is recorded. `latency_sum` is exact: both rows do the same.
#include <benchmark/benchmark.h>

#include <vector>

#include "sim/kernel/event_queue.hpp"
#include "sim/record/histogram.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kClients = 1 << 20;
constexpr std::uint32_t kExactMessages = 16;  // played before the clock runs, for the counters
constexpr Duration kPerFrame = 2us;           // of the node's loop
constexpr Duration kBetweenMessages = 1s;

struct Delivery {
  std::uint32_t message, client;
};

class World {
 public:
  explicit World(std::uint32_t members) : members_(members), last_(kClients) {}

  // A frame is at its client, `after` the message was sent.
  void deliver(const Delivery& delivery, Duration after) {
    std::uint32_t& last = last_[delivery.client];
    out_of_order += delivery.message < last ? 1U : 0U;
    last = delivery.message;
    latency.record(after.count());
  }
  // Members of one room are spread over all clients.
  std::uint32_t member(std::uint32_t message, std::uint32_t rank) const {
    return static_cast<std::uint32_t>(below(rooms_.at(message), kClients) + rank * 7919U) %
           kClients;
  }
  Duration travel(const Delivery& delivery) const {
    const std::uint64_t bits = network_.at(std::uint64_t{delivery.message} << 32 | delivery.client);
    return Duration{10'000'000 + static_cast<std::int64_t>(below(bits, 40'000'000))};
  }
  std::uint32_t members() const { return members_; }

  Histogram latency;
  std::uint64_t out_of_order = 0;

 private:
  std::uint32_t members_;
  Rng rooms_{1, Purpose::room, 0}, network_{1, Purpose::downlink_latency, 0};
  std::vector<std::uint32_t> last_;
};

// Pushed one by one: every frame is an event when it leaves, and one when it arrives.
class Events {
 public:
  void play(World& world, std::uint32_t message) {
    const Time sent = message * kBetweenMessages;
    for (std::uint32_t rank = 0; rank < world.members(); ++rank) {
      queue_.schedule(sent + (rank + 1) * kPerFrame,
                      {{message, world.member(message, rank)}, false});
    }
    while (!queue_.empty()) {
      Time now;
      const Frame frame = queue_.pop(now);
      if (frame.arrives) {
        world.deliver(frame.delivery, now - sent);
      } else {
        queue_.schedule(now + world.travel(frame.delivery), {frame.delivery, true});
      }
    }
  }

 private:
  struct Frame {
    Delivery delivery;
    bool arrives;
  };
  EventQueue<Frame> queue_{Time{0}};
};

// When each frame leaves and arrives is known from the start: no event at all.
class Batch {
 public:
  void play(World& world, std::uint32_t message) {
    for (std::uint32_t rank = 0; rank < world.members(); ++rank) {
      const Delivery delivery{message, world.member(message, rank)};
      world.deliver(delivery, (rank + 1) * kPerFrame + world.travel(delivery));
    }
  }
};

template <typename Player>
void fan_out(benchmark::State& state) {
  World world(static_cast<std::uint32_t>(state.range(0)));
  Player player;
  std::uint32_t message = 0;
  while (message < kExactMessages) player.play(world, message++);
  state.counters["latency_sum"] = static_cast<double>(world.latency.sum());
  for (auto _ : state) player.play(world, message++);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* row) {
  for (const int members : {2, 10, 100, 10'000}) row->Arg(members);
}
BENCHMARK_TEMPLATE(fan_out, Events)->Name("fan_out/one_event_per_delivery")->Apply(sizes);
BENCHMARK_TEMPLATE(fan_out, Batch)->Name("fan_out/one_batch")->Apply(sizes);

}  // namespace
}  // namespace squall
