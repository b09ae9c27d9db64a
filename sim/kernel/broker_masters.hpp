// The servers that the broker consists of: one, or the masters of a Redis Cluster.
//
// classic: a node is connected to one of them, and what it publishes there goes to all others over
// their bus, whoever listens. sharded: a topic has its place at one of them, by the slot of its
// name, and nodes are connected to all. Who passes what on: broker.hpp, broker_bus.cpp.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/kernel/topics.hpp"

namespace squall {

struct BrokerMaster {
  Time busy_until{kBeforeAll};
  std::deque<Time> turns;  // of what is published and not done: when it came; kNever: from outside
  Time card_busy{kBeforeAll};

  Time work(Time now, Duration cost) { return busy_until = std::max(busy_until, now) + cost; }
};

// CRC16 (XMODEM) of the name, mod 16,384: Redis Cluster's key slot.
constexpr std::uint32_t cluster_slot(std::string_view name) {
  std::uint32_t crc = 0;
  for (const char letter : name) {
    crc ^= std::uint32_t{static_cast<unsigned char>(letter)} << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x1021) & 0xFFFF : crc << 1 & 0xFFFF;
    }
  }
  return crc % 16384;
}

class BrokerMasters {
 public:
  BrokerMasters(const BrokerConfig& config, const Topics& topics)
      : all_(config.masters),
        topics_(topics),
        paths_(config.paths),
        shared_group_(config.group == ConsumerGroup::shared),
        sharded_(config.masters > 1 && config.pubsub == PubSub::sharded) {}

  std::uint16_t count() const { return static_cast<std::uint16_t>(all_.size()); }
  bool sharded() const { return sharded_; }
  bool has_bus() const { return all_.size() > 1 && !sharded_; }
  BrokerMaster& at(std::uint16_t number) { return all_[number]; }

  // Where this node's words on this topic go, and where it hears it. An application's: the first.
  std::uint16_t of(NodeId node, TopicId topic) const {
    if (all_.size() == 1) return 0;
    if (sharded_) return place_of(topic);
    return node == kNoNode ? 0 : static_cast<std::uint16_t>(index(node) % all_.size());
  }

  // Which of a link's connections a topic is heard on; each keeps its order.
  std::size_t connection(TopicId topic) const { return sharded_ ? place_of(topic) : 0; }
  // The same of one message: where there is one server, they take its paths in turn.
  std::size_t path(std::uint64_t sequence, TopicId topic) const {
    return all_.size() > 1 ? connection(topic) : sequence % paths_;
  }
  // How many nodes get what is said on this topic at this master.
  std::int64_t hearers_at(std::uint16_t master, TopicId topic) const {
    const auto all = topics_.hearers(topic);
    if (shared_group_) return all.empty() ? 0 : 1;
    if (!has_bus()) return std::ssize(all);
    return std::ranges::count_if(all, [&](NodeId node) { return of(node, topic) == master; });
  }

  void died(Time now) {
    for (BrokerMaster& master : all_) master = {.busy_until = now, .turns = {}, .card_busy = now};
  }

 private:
  // Slots are dealt out in equal ranges, as `redis-cli --cluster create` does.
  std::uint16_t place_of(TopicId topic) const {
    const std::uint32_t slot = cluster_slot(full_name(topics_.of(topic)));
    return static_cast<std::uint16_t>(slot * all_.size() / 16384);
  }

  std::vector<BrokerMaster> all_;
  const Topics& topics_;
  std::uint16_t paths_;
  bool shared_group_;
  bool sharded_;
};

}  // namespace squall
