// Counts by second, as differences: who comes adds one, who goes takes it away. See spread.hpp.
// The start of second s is the instant s: who opens a session at it is there, who ends one is not.
#include "sim/cli/explain/spread.hpp"

#include <algorithm>
#include <map>

#include "report/words/format.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClientsDrawn = 400;
constexpr std::size_t kRoomsNamed = 24;

struct Frames {
  std::size_t first = 0, count = 0;

  // The first frame whose instant is not before `at`.
  std::size_t from(Time at) const {
    const std::int64_t start = static_cast<std::int64_t>(first) * 1'000'000'000;
    if (at.count() <= start) return 0;
    if (at == kNever) return count;
    const std::int64_t place = (at.count() - start + 999'999'999) / 1'000'000'000;
    return std::min(count, static_cast<std::size_t>(place));
  }
};

Frames frames_of(const RunRecord& record, const FaultRow* fault) {
  const std::size_t all = record.seconds.size();
  if (fault == nullptr) return {0, std::min(all, kReplaySeconds)};
  const auto second = [&](Time at) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(at.count() / 1'000'000'000, 0, static_cast<std::int64_t>(all)));
  };
  const std::size_t first = second(fault->begin - 10s);
  const std::size_t end = std::max(first + 1, second(std::min(fault->end, record.measure) + 60s));
  return {first, std::min({end - first, kReplaySeconds, all - std::min(first, all)})};
}

// One more from `begin` to before `end`.
class Presence {
 public:
  explicit Presence(std::size_t count) : steps_(count + 1, 0) {}
  void add(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    ++steps_[begin], --steps_[end];
  }
  std::vector<std::uint64_t> counts() const {
    std::vector<std::uint64_t> all;
    std::int64_t now = 0;
    for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
      now += steps_[i];
      all.push_back(static_cast<std::uint64_t>(now));
    }
    return all;
  }

 private:
  std::vector<std::int64_t> steps_;
};

struct NodePresence {
  Presence live, ghosts, waiting;
};

// When the client of each session had its next one; kNever: it had none.
std::vector<Time> returns_of(const std::vector<ConnectionRecord>& lives) {
  std::vector<Time> back(lives.size(), kNever);
  std::map<EndpointId, std::vector<std::size_t>> of;
  for (std::size_t i = 0; i < lives.size(); ++i) of[lives[i].endpoint].push_back(i);
  for (const auto& [who, mine] : of) {
    for (std::size_t k = 0; k + 1 < mine.size(); ++k) back[mine[k]] = lives[mine[k + 1]].opened;
  }
  return back;
}

bool against_its_will(const ConnectionRecord& life) {
  return life.reason != CloseReason::none && life.reason != CloseReason::logout;
}

std::vector<std::vector<std::string>> states_of(const RunRecord& record, const Frames& frames) {
  std::vector<std::vector<std::string>> states(record.nodes,
                                               std::vector<std::string>(frames.count, "up"));
  for (const NodeSpell& spell : record.spells) {
    for (std::size_t i = frames.from(spell.begin); i < frames.from(spell.end); ++i) {
      states[index(spell.node)][i] = name(spell.what);
    }
  }
  return states;
}

void count_nodes(FaultReplay& replay, const RunRecord& record, const SpreadCount& spread,
                 const Names& names, const Frames& frames) {
  std::vector<NodePresence> nodes(
      record.nodes, {Presence(frames.count), Presence(frames.count), Presence(frames.count)});
  const std::vector<ConnectionRecord>& lives = spread.lives();
  const std::vector<Time> back = returns_of(lives);
  for (std::size_t i = 0; i < lives.size(); ++i) {
    const ConnectionRecord& life = lives[i];
    NodePresence& node = nodes[index(life.node)];
    const Time ends = life.ended();
    node.live.add(frames.from(life.opened), frames.from(ends));
    node.ghosts.add(frames.from(std::max(ends, life.opened)), frames.from(life.closed));
    if (against_its_will(life)) node.waiting.add(frames.from(ends), frames.from(back[i]));
  }
  const auto states = states_of(record, frames);
  for (std::uint16_t n = 0; n < record.nodes; ++n) {
    replay.nodes.push_back({names.node(NodeId{n}), nodes[n].live.counts(), nodes[n].ghosts.counts(),
                            nodes[n].waiting.counts(), states[n]});
  }
}

// Some of all, evenly.
void draw_clients(FaultReplay& replay, const RunRecord& record, const SpreadCount& spread,
                  const Frames& frames) {
  const std::size_t each =
      std::max<std::size_t>(1, (record.endpoints + kClientsDrawn - 1) / kClientsDrawn);
  replay.clients.resize((record.endpoints + each - 1) / each);
  replay.clients_all = record.endpoints;
  const auto seconds = [](Time at) {
    return static_cast<double>(std::min(at, Time{100h}).count()) / 1e9;
  };
  for (const ConnectionRecord& life : spread.lives()) {
    if (index(life.endpoint) % each != 0) continue;
    const Time closed = std::max(life.closed, life.dead);
    if (frames.from(life.opened) >= frames.count || frames.from(closed) == 0) continue;
    replay.clients[index(life.endpoint) / each].push_back(
        {static_cast<std::uint32_t>(index(life.node)), seconds(life.opened), seconds(life.dead),
         seconds(life.closed)});
  }
}

void count_pairs(FaultReplay& replay, const RunRecord& record, const Frames& frames) {
  for (std::size_t i = frames.first; i < frames.first + frames.count; ++i) {
    const SecondRow& second = record.seconds[i];
    replay.owed.push_back(second.owed);
    replay.delivered.push_back(second.delivered);
    replay.lost.push_back(second.lost);
    replay.connected.push_back(second.connected);
  }
}

// By name, most lost first; what is beyond `most` names is one series, so that sums stay.
std::vector<ReplaySeries> largest(std::map<std::string, std::vector<std::uint64_t>> sums,
                                  std::size_t most) {
  std::vector<ReplaySeries> all;
  for (auto& [name, pairs] : sums) all.push_back({name, std::move(pairs)});
  std::ranges::stable_sort(all, std::ranges::greater(), [](const ReplaySeries& one) {
    std::uint64_t sum = 0;
    for (const std::uint64_t pairs : one.pairs) sum += pairs;
    return sum;
  });
  if (all.size() <= most) return all;
  ReplaySeries rest{grouped(all.size() - most) + " others", std::move(all[most].pairs)};
  for (std::size_t i = most + 1; i < all.size(); ++i) {
    for (std::size_t k = 0; k < rest.pairs.size(); ++k) rest.pairs[k] += all[i].pairs[k];
  }
  all.resize(most);
  all.push_back(std::move(rest));
  return all;
}

void count_losses(FaultReplay& replay, const SpreadCount& spread, const Names& names,
                  const Frames& frames, const FaultRow* fault) {
  std::map<std::string, std::vector<std::uint64_t>> rooms, causes;
  replay.billed.assign(frames.count, 0);
  const auto add = [&](auto& sums, const std::string& name, std::size_t place) {
    auto& pairs = sums[name];
    pairs.resize(frames.count);
    ++pairs[place];
  };
  for (const SpreadCount::Loss& loss : spread.losses()) {
    if (loss.second < frames.first || loss.second >= frames.first + frames.count) continue;
    const std::size_t place = loss.second - frames.first;
    const bool direct = loss.to.kind == Address::Kind::user;
    add(rooms, direct ? "direct messages" : names.address(loss.to), place);
    add(causes, std::string(row(loss.mechanism).name), place);
    if (fault != nullptr && loss.trigger == fault->trigger) ++replay.billed[place];
  }
  replay.rooms = largest(std::move(rooms), kRoomsNamed);
  replay.causes = largest(std::move(causes), kMechanisms);
}

}  // namespace

void SpreadCount::see(const Message& message, const Sight& sight) {
  if (!sight.measured) return;
  if (sight.what == Sight::What::offered) {
    second_of_.resize(std::max<std::size_t>(second_of_.size(), sight.message + 1));
    second_of_[sight.message] = static_cast<std::uint32_t>(sight.at.count() / 1'000'000'000);
  } else if (sight.what == Sight::What::lost) {
    losses_.push_back({sight.message, second_of_[sight.message], sight.endpoint, message.address,
                       sight.death.mechanism, sight.death.trigger});
  }
}

void SpreadCount::connection(ConnectionId, const ConnectionRecord& life) {
  if (life.opened != kNever) lives_.push_back(life);
}

FaultReplay replay_of(const RunRecord& record, const SpreadCount& spread, const Names& names,
                      std::optional<std::size_t> fault) {
  const FaultRow* const row = fault ? &record.faults[*fault] : nullptr;
  const Frames frames = frames_of(record, row);
  FaultReplay replay;
  replay.first = static_cast<std::uint32_t>(frames.first);
  if (row != nullptr) {
    const std::string trigger = names.trigger(row->trigger);
    replay.fault = trigger.substr(trigger.find(':') + 1);
    replay.fault_begin = static_cast<double>(row->begin.count()) / 1e9;
    replay.fault_end = static_cast<double>(std::min(row->end, record.measure).count()) / 1e9;
  }
  count_pairs(replay, record, frames);
  count_losses(replay, spread, names, frames, row);
  count_nodes(replay, record, spread, names, frames);
  draw_clients(replay, record, spread, frames);
  return replay;
}

}  // namespace squall
