// What lies between two places of the cluster, and how long it takes until somebody notices.
//
// The rules of partitions, silences and renewals that both engines follow, read off the plan:
// no connection is made through a partition; those that stand hold what is written until the path
// is open again, or until their own time-outs end them. A partition that outlives the run is for
// good. Draws nothing but what is keyed by the plan's seed.
#pragma once

#include <optional>

#include "scenarios/model/plan.hpp"

namespace squall {

// One end of a cluster link.
struct Place {
  enum class Kind : std::uint8_t { node, broker, registry } kind = Kind::node;
  NodeId node = kNoNode;
};
inline constexpr Place kBroker{Place::Kind::broker, kNoNode};
inline constexpr Place kRegistry{Place::Kind::registry, kNoNode};
inline Place node_place(NodeId node) { return {Place::Kind::node, node}; }

bool crosses(const Partition& partition, const Place& a, const Place& b);

// The partitions that cut a path, one into the other, as one.
struct Cut {
  Time since, until;    // until: kNever when no end of it is seen in the run
  TriggerId trigger;    // of the first
  std::uint32_t first;  // its number
};
std::optional<Cut> cut_at(const Plan& plan, const Place& a, const Place& b, Time at);

// A time-out begins with the last sign of life, up to one interval before the silence; so it is
// noticed after T + U(0, I) of it. `salt`: whose silence, and who notices.
struct Patience {
  Duration timeout, interval;
};
Duration until_silence_is_noticed(const Plan& plan, const Patience& patience, std::uint64_t salt);
Patience of_peers(const NetConfig& net);
// A client of a server asks for a sign of life three times in its keep-alive.
Patience of_server_link(Duration keep_alive);

// When an end of a link gives it up for this cut; kNever when the path opens before. A watcher that
// slept meanwhile begins to watch when it wakes: it has asked nobody for a sign of life.
Time given_up(const Plan& plan, const Cut& cut, const Patience& patience, NodeId watcher = kNoNode);
// The same for a link to a server, whose keep-alive may be none: then TCP's own limit ends it, as
// long as something that was written waits for its acknowledgement.
Time given_up(const Plan& plan, const Cut& cut, Duration keep_alive);
inline constexpr Duration kTcpGivesUp = 924'600ms;  // Linux, tcp_retries2 = 15

// When `watcher` gives up its link to a node that is paused from `pause.range.begin` on; kNever
// when it wakes before. Who slept himself meanwhile begins to watch when he wakes.
Time gives_up_on_sleeper(const Plan& plan, NodeId watcher, NodeId sleeper, const Pause& pause);

// The pause in which this node's process stands still.
const Pause* pause_at(const Plan& plan, NodeId node, Time at);

// The first instant from `at` on at which the server is up and no partition lies before it.
Time reachable_from(const Plan& plan, NodeId node, Place::Kind server, Time at);

// Between two renewals of an entry, where the node renews; Centrifugo: 25 s for a lease of 60 s.
Duration renewal_interval(const RegistryConfig& registry);

// Where the stream of waits before a node's attempts to reconnect begins: broker and registry have
// one each. The n-th wait is draw n of (Purpose::broker_reconnect, this).
std::uint32_t reconnect_stream(const Plan& plan, NodeId node, Place::Kind server);

}  // namespace squall
