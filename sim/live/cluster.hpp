// What the parts of a live run share: the plan, the clock, the loops, and who is where.
//
// Everything here is either constant while the run plays, or safe to use from every thread. Each
// node and each client belongs to one loop; they meet only through sockets.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/plan.hpp"
#include "sim/live/balancer.hpp"
#include "sim/live/links/broker_link.hpp"
#include "sim/live/links/registry_link.hpp"
#include "sim/live/live_options.hpp"
#include "sim/live/net/upgrade.hpp"
#include "sim/live/run/run_loop.hpp"
#include "sim/live/speech/envelope.hpp"
#include "sim/live/speech/run_name.hpp"
#include "sim/live/speech/speech.hpp"
#include "sim/live/speech/strangers.hpp"
#include "sim/live/timeline.hpp"
#include "sim/record/run_record.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/spec.hpp"

namespace squall::live {

class Node;

struct Cluster {
  Cluster(const Plan& plan, const StrategySpec& spec, const LiveOptions& options);
  ~Cluster();

  const Plan& plan;
  const Scenario& scenario;
  const StrategySpec spec;  // with its placement
  const BackplaneRow& backplane;
  const LiveOptions& options;
  const Timeline timeline;
  const Duration longest_connect = longest_connect_timeout(scenario);  // that any client waits
  ProtocolOverhead overhead = overhead_of(scenario);                   // of messages at clients
  const Bytes answer = answer_of(scenario);  // to who has sent one; 0: none
  const RunName run = RunName::draw();
  Strangers strangers;
  Trouble trouble;
  RunClock clock;
  Balancer balancer;

  std::vector<std::unique_ptr<RunLoop>> loops;
  std::vector<std::unique_ptr<Node>> nodes;
  std::vector<SocketAddress> node_addresses;  // where clients and peers dial
  bool has_front = false;                     // a real balancer, which clients dial instead
  SocketAddress front_address;
  std::vector<BrokerAddress> broker;            // by node: the server, or a relay to it
  std::vector<RegistryLink::Options> registry;  // by node
  std::atomic<std::uint32_t> connections{0};    // numbered over all loops

  // A run that is stopped from outside ends here: what the plan has later does not happen.
  std::atomic<std::int64_t> cut_at{kNever.count()};
  Time cut() const { return Time{cut_at.load(std::memory_order_relaxed)}; }
  // Of it, what was measured.
  Duration measured() const { return std::clamp(cut(), Duration{0}, scenario.time.measure); }

  // Of the conducting thread: when which server was away, and what the reader must be told.
  std::vector<LiveOutage> outages;
  std::vector<std::string> remarks;
  std::string accident;  // the first one: such a run is no witness
  // `who` was killed, by whomever, after `alive`.
  void accident_of(const std::string& what, const std::string& who, const std::string& how,
                   Time alive);

  // A node wants to be in the rotation, or out of it. In effect at once for the balancer of ours;
  // a real one is told by whoever reads `rotation_news`.
  void told(NodeId node, bool in_rotation) {
    balancer.told(node, in_rotation);
    ++rotation_news;
  }
  bool in_rotation(NodeId node) const { return balancer.in_rotation(node); }
  std::atomic<std::uint64_t> rotation_news{0};

  // Whether nodes have a history, and clients say where they stand.
  bool resumes() const { return spec.resumes(); }
  std::optional<Position> position_in(const Envelope& envelope, std::size_t first) const;

  // Whether the run has this very message: whoever made one up is a stranger. In every run of
  // squall the plan says so; bench/ has nodes whose clients are another program's.
  using Planned = std::function<bool(const Message&)>;
  Planned planned = [this](const Message& message) { return in_timeline(message); };
  bool in_timeline(const Message& message) const {
    const auto number = static_cast<std::size_t>(message.id);
    if (number >= timeline.messages.size()) return false;
    const Message& known = timeline.messages[number].message;
    return message.sender == known.sender && message.address == known.address &&
           message.size == known.size && message.sequence == known.sequence;
  }

  std::unique_ptr<Language> language = own_language(*this);  // of clients and nodes

  // Every loop has some of everybody, unless nodes and clients are to be kept apart.
  std::size_t node_loops() const { return options.apart ? 1 : loops.size(); }
  std::size_t first_client_loop() const { return options.apart ? 1 : 0; }
  std::size_t client_loops() const { return loops.size() - first_client_loop(); }
  RunLoop& loop_of(NodeId node) { return *loops[index(node) % node_loops()]; }
  std::size_t loop_number(EndpointId endpoint) const {
    return first_client_loop() + index(endpoint) % client_loops();
  }

  void note(RunLoop& loop, FactKind kind, std::uint32_t a, std::uint32_t b = 0,
            NodeId node = kNoNode, std::uint8_t detail = 0, TriggerId trigger = TriggerId{0}) {
    loop.facts().add({loop.now().count(), a, b, static_cast<std::uint16_t>(trigger),
                      static_cast<std::uint16_t>(node), kind, detail});
  }

  // Copies that backplanes hold when the run ends, for people who did not come.
  std::atomic<std::uint64_t> held{0};
};

}  // namespace squall::live
