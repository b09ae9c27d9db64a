// The books: from the offer of a message to the verdict about every pair.
//
// Books without an engine (tests/support/books.hpp): a room whose members are all connected to one
// node hears message after message. The counters are of the first 256 messages, exact for one
// standard library; bytes are what the ledger asks for, not what it keeps.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <vector>

#include "bench/support/allocations.hpp"
#include "tests/support/books.hpp"

namespace squall::testing {
namespace {

constexpr int kCounted = 256;  // messages

class Room {
 public:
  explicit Room(std::uint32_t members) {
    BooksSetup setup;
    setup.endpoints = members;
    setup.rooms = {std::vector<std::uint32_t>(members)};
    for (std::uint32_t i = 0; i < members; ++i) setup.rooms[0][i] = i;
    setup.measure = std::chrono::hours{24};
    books_ = std::make_unique<Books>(std::move(setup));
    for (std::uint32_t i = 0; i < members; ++i) {
      connections_.push_back(books_->connect(user(i), node(0), Time{0}));
    }
  }

  // Offered, written, accepted, pushed to everybody but the sender, settled.
  void say() {
    now_ += 1ms;
    const auto members = static_cast<std::uint32_t>(connections_.size());
    const std::uint32_t sender = spoken_++ % members;
    const MessageId id = books_->say(user(sender), Address::room(kRoom), now_);
    auto& entries = books_->ledger.push(id, node(0), now_ + 3ms);
    for (std::uint32_t rank = 0; rank < members; ++rank) {
      if (rank == sender) continue;
      const Time socket = now_ + 3ms + rank * 1us;
      entries.push_back({rank, connections_[rank], socket, socket + 20ms});
    }
    books_->ledger.pushed(id, now_ + 4ms, members - 1);
    books_->settle();
  }

  std::uint64_t delivered() {
    std::uint64_t sum = 0;
    for (const Cell& cell : books_->close(std::chrono::hours{24}).cells) sum += cell.live;
    return sum;
  }

 private:
  std::unique_ptr<Books> books_;
  std::vector<ConnectionId> connections_;
  Time now_ = 1s;
  std::uint32_t spoken_ = 0;
};

void ledger(benchmark::State& state) {
  const auto members = static_cast<std::uint32_t>(state.range(0));
  Room counted(members);
  const bench::Allocations asked = bench::allocations_of([&] {
    for (int i = 0; i < kCounted; ++i) counted.say();
  });
  const auto pairs = static_cast<double>(counted.delivered());
  state.counters["pairs"] = pairs;
  state.counters["allocations"] = static_cast<double>(asked.count);
  state.counters["bytes_per_pair"] = std::round(static_cast<double>(asked.bytes) / pairs * 10) / 10;

  Room room(members);
  for (auto _ : state) room.say();
  state.SetItemsProcessed(state.iterations() * (state.range(0) - 1));  // pairs
}

BENCHMARK(ledger)->Arg(2)->Arg(10)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace squall::testing
