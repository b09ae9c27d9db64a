// What the broker knows of topics: their numbers, and which nodes hear each.
//
// A topic has a number from its first mention on, because events carry numbers. Who hears it is a
// short list of nodes in ascending order, so that copies are made in the same order in every run.
// It is the broker's own knowledge: what a node believes or wants is elsewhere (broker.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/machine/lookup.hpp"
#include "strategies/core/topic.hpp"

namespace squall {

enum class TopicId : std::uint32_t {};
constexpr std::size_t index(TopicId id) { return static_cast<std::size_t>(id); }
inline constexpr TopicId kGlobalTopic{0};

// "squall:RUN", "squall:RUN:room:7": the name of a run has six letters (run_name.hpp).
inline std::string full_name(Topic topic) {
  const std::string run = "squall:abcdef";
  return topic.kind == Topic::Kind::global ? run : run + ":" + name(topic);
}

class Topics {
 public:
  Topics() { number(Topic::global()); }

  TopicId number(Topic topic) {
    if (const TopicId* const id = known(topic)) return *id;
    const auto id = static_cast<TopicId>(rows_.size());
    rows_.push_back({topic, std::ssize(full_name(topic)), {}, false});
    return numbers_[key(topic)] = id;
  }
  const TopicId* known(Topic topic) const { return numbers_.find(key(topic)); }
  Topic of(TopicId id) const { return rows_[index(id)].topic; }
  Bytes length(TopicId id) const { return rows_[index(id)].length; }  // of its name

  std::span<const NodeId> hearers(TopicId id) const { return rows_[index(id)].hearers; }
  bool hears(TopicId id, NodeId node) const {
    return std::ranges::binary_search(hearers(id), node);
  }
  void enter(TopicId id, NodeId node) {
    auto& list = rows_[index(id)].hearers;
    const auto place = std::ranges::lower_bound(list, node);
    if (place == list.end() || *place != node) list.insert(place, node);
  }
  void leave(TopicId id, NodeId node) { std::erase(rows_[index(id)].hearers, node); }
  void keep_log(TopicId id) { rows_[index(id)].logged = true; }
  bool has_log(TopicId id) const { return rows_[index(id)].logged; }

 private:
  static std::uint64_t key(Topic topic) {
    return static_cast<std::uint64_t>(topic.kind) << 32 | topic.id;
  }

  struct Row {
    Topic topic;
    Bytes length;
    std::vector<NodeId> hearers;
    bool logged = false;
  };
  std::vector<Row> rows_;  // by number
  Lookup<std::uint64_t, TopicId> numbers_;
};

}  // namespace squall
