// Starting, attaching and breaking of broker and registry. See services.hpp.
// A relay costs a copy of every byte, so there is none unless the script needs it.
#include "sim/live/run/services.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "sim/books/spells.hpp"
#include "sim/live/net/background.hpp"
#include "sim/live/run/engine.hpp"

namespace squall::live {
namespace {

// Routes live in whatever speaks RESP; with another kind of broker they are embedded.
std::string registry_for(const std::string& broker) {
  const bool speaks_resp = broker.starts_with("redis:") || broker.starts_with("spawn:redis");
  return speaks_resp ? broker : "embedded";
}

}  // namespace

// Nor one whose replica lacks nothing, or everything.
void Services::refuse_without_replica(Verb verb, const std::string& what) const {
  const auto fails_over = [&](const ScriptStep& step) { return step.verb == verb; };
  if (std::ranges::none_of(cluster_.scenario.script, fails_over)) return;
  throw CannotRun("strategy " + cluster_.spec.name + what +
                  " needs a replica that is behind: only the embedded one has such a replica");
}

// Those of Redis have none, and what the links to the others ask for is a queue for each node.
void Services::refuse_shared_group() const {
  if (cluster_.scenario.cluster.broker.group == ConsumerGroup::own) return;
  if (cluster_.options.broker == "embedded") return;
  throw CannotRun("cluster.broker.group: only the embedded broker plays a shared group; use " +
                  std::string("--broker embedded"));
}

void Services::start() {
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  if (needs.broker) refuse_shared_group();
  if (needs.broker) start(broker_, cluster_.options.broker);
  if (cluster_.backplane.covers == Covers::topic) refuse_without_topics();
  if (cluster_.spec.has_log()) refuse_without_log();
  const bool embedded = cluster_.options.broker == "embedded";
  if (cluster_.spec.has_log() && !embedded) {
    refuse_without_replica(Verb::broker_failover,
                           " keeps its history at the broker, and broker_failover");
  }
  if (needs.registry && registry_for(cluster_.options.broker) != "embedded") {
    refuse_without_replica(Verb::registry_failover, " asks the registry, and registry_failover");
  }
  if (needs.registry) start(registry_, registry_for(cluster_.options.broker));
}

// Better no run than one in which every node hears everything.
void Services::refuse_without_topics() const {
  const BrokerAddress address = broker_.server.address();
  if (broker_link_for(address)->topics) return;
  throw CannotRun(fmt::format(
      "strategy {} subscribes to a topic per room and per user, and the link to {} hears one topic "
      "only; use the embedded broker, redis:// or redis://?mode=sharded",
      cluster_.spec.name, address.text()));
}

// Nor one in which nothing is kept.
void Services::refuse_without_log() const {
  const BrokerAddress address = broker_.server.address();
  if (broker_link_for(address)->logs) return;
  throw CannotRun(
      fmt::format("strategy {} keeps its history at the broker, and the link to {} has no log that "
                  "nodes can ask; use the embedded broker or redis://, or \"history\": \"node\" "
                  "where nodes hear everything",
                  cluster_.spec.name, address.text()));
}

void Services::start(Service& service, const std::string& what) {
  const BrokerConfig& config = cluster_.scenario.cluster.broker;
  const EmbeddedBrokerOptions limits{config.output_hard,
                                     config.output_soft,
                                     config.output_soft_for,
                                     cluster_.run.pass,
                                     config.persistent,
                                     &service == &registry_,
                                     config.group == ConsumerGroup::shared,
                                     longest_lag_of_registry(cluster_.scenario)};
  const std::string error = service.server.start(what, limits, cluster_.options.stop);
  if (!error.empty()) throw CannotRun(error);
  service.state = Service::State::up;
  service.seen = cluster_.clock.now();
  const BrokerConfig defaults;
  const bool asked = config.output_hard != defaults.output_hard ||
                     config.output_soft != defaults.output_soft ||
                     config.output_soft_for != defaults.output_soft_for;
  if (&service == &broker_ && config.persistent && what != "embedded") {
    cluster_.remarks.push_back("whether the logs of the " + service.server.description() +
                               " outlive an outage is its own business: broker.persistent of the "
                               "scenario does not hold there");
  }
  if (&service == &broker_ && asked && !service.server.takes_limits()) {
    cluster_.remarks.push_back("the " + service.server.description() +
                               " has output limits of its own: output_hard, output_soft and "
                               "output_soft_for of the scenario do not hold there");
  }
}

void Services::attach(NodeId node, std::string& error) {
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  const std::size_t n = index(node);
  using Kind = Stimulus::Kind;
  if (needs.broker) {
    cluster_.broker[n] = broker_.server.address();
    if (breaks(broker_, Kind::broker_down, &PartitionSide::broker)) {
      put_relay(broker_, node, cluster_.broker[n], error);
    }
  }
  if (!needs.registry) return;
  BrokerAddress address = registry_.server.address();
  if (breaks(registry_, Kind::registry_down, &PartitionSide::registry)) {
    put_relay(registry_, node, address, error);
  }
  RegistryLink::Options& link = cluster_.registry[n];
  link.host = address.host;
  link.port = address.port;
  link.user = address.user;
  link.password = address.password;
  link.lease = cluster_.scenario.cluster.registry.lease;
  link.keep_alive = cluster_.scenario.cluster.registry.keep_alive;
  link.prefix = cluster_.run.key_prefix();
}

bool Services::breaks(const Service& service, Stimulus::Kind down,
                      bool PartitionSide::*side) const {
  const auto cut_off = [&](const Partition& partition) {
    return partition.a.*side || partition.b.*side;
  };
  const auto goes_down = [&](const Stimulus& stimulus) { return stimulus.kind == down; };
  return std::ranges::any_of(cluster_.plan.partitions(), cut_off) ||
         (!service.server.ours() && std::ranges::any_of(cluster_.plan.stimuli(), goes_down));
}

void Services::put_relay(Service& service, NodeId node, BrokerAddress& address,
                         std::string& error) {
  service.relays.push_back(
      std::make_unique<Relay>(cluster_.loop_of(node), SocketAddress{address.host, address.port}));
  if (!service.relays.back()->listen(error)) return;
  address.host = "127.0.0.1";
  address.port = service.relays.back()->port();
}

void Services::partition(NodeId node, Place::Kind server, bool cut) {
  Service& service = server == Place::Kind::broker ? broker_ : registry_;
  if (!service.relays.empty()) service.relays[index(node)]->stall(cut);
}

void Services::fault(const Stimulus& stimulus) {
  using Kind = Stimulus::Kind;
  const bool broker = stimulus.kind == Kind::broker_down || stimulus.kind == Kind::broker_up;
  const bool registry = stimulus.kind == Kind::registry_down || stimulus.kind == Kind::registry_up;
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  if (!(broker && needs.broker) && !(registry && needs.registry)) return;
  Service& service = broker ? broker_ : registry_;
  const bool down = stimulus.kind == Kind::broker_down || stimulus.kind == Kind::registry_down;
  if (down) taken_down(service, stimulus);
  if (!service.server.ours()) {
    for (std::uint16_t n = 0; n < service.relays.size(); ++n) {
      std::string error;
      cluster_.loop_of(NodeId{n}).call([&] { error = service.relays[n]->refuse(down); });
      if (!error.empty()) throw CannotRun(error);
    }
    if (!down) back(service);
  } else if (down) {
    for (std::uint16_t n = 0; n < service.relays.size(); ++n) {
      cluster_.loop_of(NodeId{n}).call([&] { service.relays[n]->server_dies(); });
    }
    service.server.kill(failover_lag(cluster_.plan, stimulus.trigger));
  } else {
    const std::string error = service.server.begin_start_again();
    if (!error.empty()) throw CannotRun(error);
    service.state = Service::State::starting;
    watch(service);
  }
}

void Services::taken_down(Service& service, const Stimulus& stimulus) {
  using Kind = Stimulus::Kind;
  const Kind up = stimulus.kind == Kind::broker_down ? Kind::broker_up : Kind::registry_up;
  Time until = kNever;
  for (const Stimulus& other : cluster_.plan.stimuli()) {
    if (other.kind == up && other.at >= stimulus.at) until = std::min(until, other.at);
  }
  service.state = Service::State::down;
  cluster_.outages.push_back(
      {service.name, stimulus.trigger, stimulus.at, kNever, until - stimulus.at});
}

void Services::back(Service& service) {
  service.state = Service::State::up;
  service.seen = cluster_.clock.now();
  for (LiveOutage& outage : cluster_.outages) {
    if (outage.what == service.name && outage.end == kNever) outage.end = service.seen;
  }
}

void Services::watch() {
  watch(broker_);
  watch(registry_);
}

void Services::watch(Service& service) {
  const Time now = cluster_.clock.now();
  if (service.state == Service::State::starting) {
    std::string error;
    if (service.server.ready(error)) back(service);
    if (!error.empty()) throw CannotRun(error);
  } else if (service.state == Service::State::up) {
    const std::string how = service.server.accident();
    if (!how.empty()) {
      cluster_.accident_of(service.name, service.server.description(), how, service.seen);
      service.state = Service::State::down;
    }
    if (service.server.lives()) service.seen = now;
  }
}

void Services::finish() {
  if (cluster_.backplane.needs.broker && !broker_.server.ours()) {
    const BrokerAddress& address = broker_.server.address();
    const BrokerLinkRow* const row = broker_link_for(address);
    if (row != nullptr && row->forget != nullptr) {
      run_in_background([options = BrokerLinkOptions{address, cluster_.run.topic(), ""},
                         forget = row->forget] { forget(options); });
    }
  }
  for (Service* const service : {&broker_, &registry_}) {
    cluster_.strangers.connection(service->server.strangers());
    for (std::uint16_t n = 0; n < service->relays.size(); ++n) {
      cluster_.loop_of(NodeId{n}).call([&] { service->relays[n]->finish(); });
    }
  }
}

}  // namespace squall::live
