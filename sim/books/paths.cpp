// Partitions, pauses and outages as the plan has them. See paths.hpp.
// Few of each in a script, and mostly none: they are searched, not indexed.
#include "sim/books/paths.hpp"

#include <algorithm>

namespace squall {
namespace {

bool on_side(const PartitionSide& side, const Place& place) {
  switch (place.kind) {
    case Place::Kind::node:
      return std::ranges::find(side.nodes, static_cast<std::uint16_t>(place.node)) !=
             side.nodes.end();
    case Place::Kind::broker: return side.broker;
    case Place::Kind::registry: return side.registry;
  }
  return false;
}

Time end_of_run(const Scenario& scenario) { return scenario.time.measure + scenario.time.drain; }

// Salts of silences, apart from each other; pairs of nodes come first.
constexpr std::uint64_t kPartitions = std::uint64_t{1} << 32;
constexpr std::uint64_t kSleepers = std::uint64_t{1} << 33;

}  // namespace

bool crosses(const Partition& partition, const Place& a, const Place& b) {
  return (on_side(partition.a, a) && on_side(partition.b, b)) ||
         (on_side(partition.a, b) && on_side(partition.b, a));
}

std::optional<Cut> cut_at(const Plan& plan, const Place& a, const Place& b, Time at) {
  const auto partitions = plan.partitions();
  std::optional<Cut> cut;
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    const Partition& p = partitions[i];
    if (!p.range.contains(at) || !crosses(p, a, b)) continue;
    if (!cut || p.range.begin < cut->since) {
      cut = {p.range.begin, cut ? std::max(cut->until, p.range.end) : p.range.end, p.trigger, i};
    } else {
      cut->until = std::max(cut->until, p.range.end);
    }
  }
  if (!cut) return cut;
  for (bool grown = true; grown;) {  // others that touch it
    grown = false;
    for (std::uint32_t i = 0; i < partitions.size(); ++i) {
      const Partition& p = partitions[i];
      if (p.range.begin > cut->until || p.range.end < cut->since || !crosses(p, a, b)) continue;
      if (p.range.begin < cut->since) {
        cut->since = p.range.begin, cut->trigger = p.trigger, cut->first = i, grown = true;
      }
      if (p.range.end > cut->until) cut->until = p.range.end, grown = true;
    }
  }
  if (cut->until > end_of_run(plan.scenario())) cut->until = kNever;
  return cut;
}

Duration until_silence_is_noticed(const Plan& plan, const Patience& patience, std::uint64_t salt) {
  const auto interval = static_cast<std::uint64_t>(patience.interval.count());
  const std::uint64_t bits = Rng(plan.seed(), Purpose::silence, salt).at(0);
  return patience.timeout + Duration{static_cast<std::int64_t>(below(bits, interval + 1))};
}

Patience of_peers(const NetConfig& net) { return {net.peer_timeout, net.peer_heartbeat}; }

Patience of_server_link(Duration keep_alive) { return {keep_alive, keep_alive / 3}; }

Time given_up(const Plan& plan, const Cut& cut, const Patience& patience, NodeId watcher) {
  const Duration silence = until_silence_is_noticed(plan, patience, kPartitions + cut.first);
  Time since = cut.since;
  if (watcher != kNoNode) {
    for (const Pause& own : plan.pauses(watcher)) {
      if (own.range.begin < since + silence && own.range.end > since) since = own.range.end;
    }
  }
  const Time end = since + silence;
  return end < cut.until && end <= end_of_run(plan.scenario()) ? end : kNever;
}

Time given_up(const Plan& plan, const Cut& cut, Duration keep_alive) {
  const Time limit = std::min(cut.until, end_of_run(plan.scenario()));
  const Time by_tcp = cut.since + kTcpGivesUp < limit ? cut.since + kTcpGivesUp : kNever;
  if (keep_alive == Duration{0}) return by_tcp;
  return std::min(by_tcp, given_up(plan, cut, of_server_link(keep_alive)));
}

Time gives_up_on_sleeper(const Plan& plan, NodeId watcher, NodeId sleeper, const Pause& pause) {
  Time since = pause.range.begin;
  for (const Pause& own : plan.pauses(watcher)) {
    if (own.range.begin < pause.range.end && own.range.end > since) since = own.range.end;
  }
  const std::uint64_t salt =
      kSleepers + index(sleeper) * plan.scenario().cluster.nodes.count + index(watcher);
  const Patience patience = of_peers(plan.scenario().cluster.net);
  const Time end = since + until_silence_is_noticed(plan, patience, salt);
  return end < pause.range.end ? end : kNever;
}

const Pause* pause_at(const Plan& plan, NodeId node, Time at) {
  for (const Pause& pause : plan.pauses(node)) {
    if (pause.range.contains(at)) return &pause;
  }
  return nullptr;
}

Time reachable_from(const Plan& plan, NodeId node, Place::Kind server, Time at) {
  using Kind = Stimulus::Kind;
  const Kind down = server == Place::Kind::broker ? Kind::broker_down : Kind::registry_down;
  const Kind up = server == Place::Kind::broker ? Kind::broker_up : Kind::registry_up;
  for (Time open = at;;) {
    bool is_up = true;
    Time back = kNever;
    for (const Stimulus& stimulus : plan.stimuli()) {
      if (stimulus.at <= open) {
        if (stimulus.kind == down) is_up = false;
        if (stimulus.kind == up) is_up = true;
      } else if (stimulus.kind == up) {
        back = std::min(back, stimulus.at);
      }
    }
    if (!is_up) {
      if (back == kNever) return kNever;
      open = back;
      continue;
    }
    const auto cut = cut_at(plan, node_place(node), {server, kNoNode}, open);
    if (!cut || cut->until == kNever) return cut ? kNever : open;
    open = cut->until;
  }
}

Duration renewal_interval(const RegistryConfig& registry) { return registry.lease * 5 / 12; }

std::uint32_t reconnect_stream(const Plan& plan, NodeId node, Place::Kind server) {
  const auto nodes = static_cast<std::uint32_t>(plan.scenario().cluster.nodes.count);
  const auto number = static_cast<std::uint32_t>(index(node));
  return server == Place::Kind::registry ? nodes + number : number;
}

}  // namespace squall
