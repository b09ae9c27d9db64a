// The first pass: both sides of every hop, brought together. See books.hpp.
// Pushes, flushes and reads of one connection come in the same order, because TCP keeps it.
#include <algorithm>

#include "sim/live/books/books.hpp"
#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr std::int64_t kNot = kNever.count();

}  // namespace

// A cluster has at most 1000 nodes: ten bits each.
std::uint64_t peer_hop(const Fact& fact, NodeId from, NodeId to) {
  return index_key(fact.a, static_cast<std::uint32_t>(fact.c) << 20 |
                               static_cast<std::uint32_t>(from) << 10 |
                               static_cast<std::uint32_t>(to));
}

namespace {

class Indexer {
 public:
  explicit Indexer(FactIndex& index) : index_(index) {}

  // Pushes follow their fan-out in the log of one loop; merged, they would be mixed with others.
  void collect(const Facts& log) {
    std::size_t fan_out = SIZE_MAX;
    for (const auto& chunk : log.chunks()) {
      for (const Fact& fact : chunk) {
        if (fact.kind == FactKind::pushed) {
          SQUALL_CHECK(fan_out != SIZE_MAX);
          index_.pushes.push_back({fact.a, fact.b, kNot, kNot, Mechanism::unattributed});
          ++index_.facts[fan_out].pushes;
          continue;
        }
        if (fact.kind == FactKind::push_failed && fan_out != SIZE_MAX &&
            fail_without_push(fact, fan_out)) {
          continue;
        }
        const auto first_push = static_cast<std::uint32_t>(index_.pushes.size());
        if (fact.kind == FactKind::fan_out) fan_out = index_.facts.size();
        read_side(fact);
        index_.facts.push_back({fact, first_push, 0});
      }
    }
  }

  void finish() {
    std::ranges::stable_sort(index_.facts, {}, [](const IndexedFact& f) { return f.fact.at; });
    std::ranges::sort(index_.arrived);
    std::ranges::sort(index_.peer_reads);
    std::ranges::sort(index_.broker_reads);
    std::ranges::sort(index_.publishes);
    std::ranges::sort(index_.forwards);
    by_connection();
    for (const IndexedFact& indexed : index_.facts) match(indexed.fact);
  }

 private:
  struct Line {  // a connection's frames, in order
    std::vector<std::uint32_t> pushes;
    std::size_t flushed = 0, read = 0;
    std::size_t failed = 0;  // the last that did
  };

  // What a copy's other end is compared with.
  void read_side(const Fact& fact) {
    if (fact.kind == FactKind::published) index_.publishes.push_back(fact.a);
    if (fact.kind == FactKind::arrived) index_.arrived.push_back(index_key(fact.a, fact.b));
    if (fact.kind == FactKind::broker_read)
      index_.broker_reads.push_back(index_key(fact.a, fact.node));
    if (fact.kind == FactKind::forwarded) {
      const auto to = static_cast<std::uint16_t>(fact.b);
      index_.forwards.push_back(peer_hop(fact, NodeId{fact.node}, NodeId{to}));
    }
    if (fact.kind == FactKind::peer_read) {
      index_.peer_reads.push_back(
          peer_hop(fact, NodeId{static_cast<std::uint16_t>(fact.b)}, NodeId{fact.node}));
    }
  }

  // A frame that could not even be queued is an entry of its fan-out, and ends at once.
  bool fail_without_push(const Fact& fact, std::size_t fan_out) {
    if (fact.c == 0) return false;
    index_.pushes.push_back({fact.a, fact.b, kNot, kNot, static_cast<Mechanism>(fact.detail)});
    ++index_.facts[fan_out].pushes;
    return true;
  }

  void by_connection() {
    for (std::uint32_t i = 0; i < index_.pushes.size(); ++i) {
      const PushFact& push = index_.pushes[i];
      if (push.failed != Mechanism::unattributed) continue;
      if (lines_.size() <= push.connection) lines_.resize(push.connection + 1);
      lines_[push.connection].pushes.push_back(i);
    }
  }

  void match(const Fact& fact) {
    if (fact.kind == FactKind::push_failed) fail(line(fact.b), fact);
    if (fact.kind == FactKind::took_place) take_place(line(fact.b), fact);
    if (fact.kind == FactKind::flushed) flush(line(fact.a), fact);
    if (fact.kind == FactKind::read) read(line(fact.b), fact);
  }

  Line& line(std::uint32_t connection) {
    if (lines_.size() <= connection) lines_.resize(connection + 1);
    return lines_[connection];
  }

  // Dropped from the queue to make room for others.
  void fail(Line& line, const Fact& fact) {
    for (std::size_t i = line.flushed; i < line.pushes.size(); ++i) {
      PushFact& push = index_.pushes[line.pushes[i]];
      if (push.message != fact.a || push.failed != Mechanism::unattributed) continue;
      push.failed = static_cast<Mechanism>(fact.detail);
      line.failed = i;
      return;
    }
  }

  // The kernel gets it in the turn of the one that failed last.
  void take_place(Line& line, const Fact& fact) {
    for (std::size_t i = line.failed + 1; i < line.pushes.size(); ++i) {
      const PushFact& push = index_.pushes[line.pushes[i]];
      if (push.message != fact.a || push.failed != Mechanism::unattributed) continue;
      line.pushes[line.failed] = line.pushes[i];
      line.pushes.erase(line.pushes.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }

  void flush(Line& line, const Fact& fact) {
    std::uint32_t left = fact.b;
    for (; left > 0 && line.flushed < line.pushes.size(); ++line.flushed) {
      PushFact& push = index_.pushes[line.pushes[line.flushed]];
      if (push.failed != Mechanism::unattributed) continue;
      push.flushed = fact.at;
      --left;
    }
  }

  void read(Line& line, const Fact& fact) {
    while (line.read < line.pushes.size()) {
      PushFact& push = index_.pushes[line.pushes[line.read++]];
      if (push.message != fact.a) continue;
      push.read = fact.at;
      return;
    }
  }

  FactIndex& index_;
  std::vector<Line> lines_;
};

}  // namespace

FactIndex make_index(std::span<const Facts* const> logs) {
  FactIndex index;
  Indexer indexer(index);
  for (const Facts* const log : logs) indexer.collect(*log);
  indexer.finish();
  return index;
}

bool was_heard(const FactIndex& index, std::uint32_t message) {
  const auto read = std::ranges::lower_bound(index.broker_reads, std::uint64_t{message} << 32);
  return read != index.broker_reads.end() && *read >> 32 == message;
}

}  // namespace squall::live
