// The state that the parts of the virtual-time engine share: the plan, the queue, the books.
//
// One World per run, one thread. The parts (clients, nodes, balancer, peers, broker, registry,
// director) own their own state and reach each other through here; engine.cpp hands them events.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/plan.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/kernel/event.hpp"
#include "sim/kernel/event_queue.hpp"
#include "sim/kernel/network.hpp"
#include "sim/kernel/pipe.hpp"
#include "sim/machine/crew.hpp"
#include "sim/machine/paged.hpp"
#include "sim/record/ledger.hpp"
#include "strategies/connection/client_link.hpp"
#include "strategies/core/backplane.hpp"

namespace squall {

class Clients;
class Nodes;
class Sessions;
class Processes;
class Handshakes;
class Heartbeats;
class FanOut;
class Balancer;
class Peers;
class Broker;
class Registry;
class Director;
class Memory;
class Supervisor;
class ClientAcks;

class World {
 public:
  World(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
        const PlayOptions& options);
  ~World();

  // What is played now: the script may set some of it, see set_now().
  const Scenario& scenario;
  const Window window;      // of what is counted: measure
  const StrategySpec spec;  // its placement filled in from the scenario
  const BackplaneRow& backplane;
  CostProfile costs;    // of now, as `scenario`
  const wire::Tls tls;  // between clients and nodes; everything else is plain
  Crew crew;
  Plan plan;
  Network network;
  Oracle oracle;
  ByteBook bytes;
  std::vector<Homes::Leave> unplanned_leaves;  // of processes that were killed; see memory.hpp
  Ledger ledger;
  EventQueue<Event> queue;
  Time now;
  Paged<Pipe> pipes;  // by connection
  Witness* const witness;
  const bool single_heartbeats;
  const ProtocolOverhead overhead;  // of the clients' protocol
  const Bytes answer;               // of a node to who has sent a message; 0: none

  std::unique_ptr<Memory> memory;
  std::unique_ptr<Supervisor> supervisor;
  std::unique_ptr<ClientAcks> client_acks;
  std::unique_ptr<Clients> clients;
  std::unique_ptr<Nodes> nodes;
  std::unique_ptr<Processes> processes;
  std::unique_ptr<Handshakes> handshakes;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Heartbeats> heartbeats;
  std::unique_ptr<FanOut> fan_out;
  std::unique_ptr<Balancer> balancer;
  std::unique_ptr<Peers> peers;
  std::unique_ptr<Broker> broker;
  std::unique_ptr<Registry> registry;
  std::unique_ptr<Director> director;

  std::optional<Inside> inside() const { return window.at(now); }
  Pipe& pipe(ConnectionId id) { return pipes[index(id)]; }
  // Streams of frames: of a message on its way down and up, of what else a client says and hears.
  std::uint64_t frames_down(MessageId id) const { return 4 * ledger.number(id); }
  std::uint64_t frames_up(MessageId id) const { return 4 * ledger.number(id) + 1; }
  static std::uint64_t frames_of(EndpointId endpoint) { return 4 * index(endpoint) + 2; }
  // A frame from the client or to it, on both sides of the balancer.
  WireCost client_frame(Bytes payload, bool from_client) const {
    return wire::websocket(payload, from_client, tls);
  }
  // Of a message from a client.
  WireCost said_frame(MessageId id) const {
    return client_frame(on_line(ledger.message(id).size + overhead.up), true);
  }
  // Of a message to a client: it says where in the broker's log it is, if that keeps one.
  WireCost message_frame(Bytes size) const {
    return client_frame(on_line(size + overhead.down + (spec.has_log() ? wire::kLogPlace : 0)),
                        false);
  }
  Bytes on_line(Bytes payload) const { return on_client_line(scenario.cluster.nodes, payload); }
  // It is booked when it arrives, or is found to be lost.
  void pass_client_frame(Bytes payload, bool from_client, NodeId node, bool arrives = true);
  // Of frames that came up to the node, or down to the client.
  void acknowledge(bool from_client, Bytes acknowledgements, Time at, NodeId node) {
    if (acknowledgements != 0) book_acknowledgements(from_client, acknowledgements, at, node);
  }
  // So many segments that were booked for frames of their own were those of others (flight.hpp).
  void share(Link link, Bytes segments, Time at, NodeId node, NodeId other = kNoNode) {
    if (segments == 0) return;
    const WireCost saved{0, 0, -segments * wire::kTcpIpHeader};
    bytes.sent(link, BytePurpose::control, saved, at, node, 1, other);
    bytes.received(link, saved);
  }
  // What is due after the end is never played, however late it is.
  void at(Time when, const Event& event) {
    if (counts_memory_ && waits_for_a_loop(event.kind)) count_waiting(event);
    queue.schedule(std::min(when, after_the_end_), event);
  }
  void after(Duration delay, const Event& event) { at(now + delay, event); }

  // One-way delays of handshakes, heartbeats, closes: as far as the balancer, or all the way to the
  // node.
  Duration client_delay(EndpointId endpoint);
  Duration client_delay(ConnectionId id);
  // A message's delays are keyed by its number, the same under every strategy.
  Rng downlink_rng(MessageId id) const {
    return Rng(plan.seed(), Purpose::downlink_latency, ledger.number(id));
  }
  Rng uplink_rng(MessageId id) const {
    return Rng(plan.seed(), Purpose::uplink_latency, ledger.number(id));
  }
  std::uint64_t draw(Purpose purpose, std::uint32_t entity);  // a fresh one at every call

  // A step of the script that sets something begins or ends.
  void set_now();

  // Whether this endpoint can be reached now; tells the oracle. Call when anything changed.
  void update_reach(EndpointId endpoint);

 private:
  World(std::unique_ptr<Scenario> changing, const Scenario& scenario, const StrategySpec& spec,
        std::uint64_t seed, const PlayOptions& options);

  const Scenario& as_written_;
  std::unique_ptr<Scenario> changing_;  // what `scenario` is, where the script sets something
  const Time after_the_end_;
  const bool counts_memory_;
  const bool balanced_;  // by the policy of the balancer, not by one of the strategy's own
  void count_waiting(const Event& event);
  void book_acknowledgements(bool from_client, Bytes acknowledgements, Time at, NodeId node);
  LedgerSetup with_wires(LedgerSetup setup, const PlayOptions& options);
  // Of a frame that came to nothing: how much of it went on the line before the path ended.
  Bytes on_the_line(const Message& message, const PushEntry& entry, Time until);

  std::vector<std::vector<std::uint32_t>> other_draws_;  // by purpose, entity
};

}  // namespace squall
