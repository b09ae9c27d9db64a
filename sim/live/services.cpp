// Starting, attaching and breaking of broker and registry. See services.hpp.
// A relay costs a copy of every byte, so there is none unless the script needs it.
#include "sim/live/services.hpp"

#include <algorithm>

#include "sim/live/engine.hpp"
#include "sim/live/net/background.hpp"

namespace squall::live {
namespace {

// Routes live in whatever speaks RESP; with another kind of broker they are embedded.
std::string registry_for(const std::string& broker) {
  const bool speaks_resp = broker.starts_with("redis:") || broker.starts_with("spawn:redis");
  return speaks_resp ? broker : "embedded";
}

}  // namespace

void Services::start() {
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  const BrokerConfig& config = cluster_.scenario.cluster.broker;
  const EmbeddedBrokerOptions embedded{config.output_hard, config.output_soft,
                                       config.output_soft_for, cluster_.run.pass};
  const auto start = [&](Server& server, const std::string& what) {
    const std::string error = server.start(what, embedded, cluster_.options.stop);
    if (!error.empty()) throw CannotRun(error);
  };
  if (needs.broker) start(broker_.server, cluster_.options.broker);
  if (needs.registry) start(registry_.server, registry_for(cluster_.options.broker));
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

void Services::partition(NodeId node, const PartitionSide& side, bool cut) {
  if (side.broker && !broker_.relays.empty()) broker_.relays[index(node)]->stall(cut);
  if (side.registry && !registry_.relays.empty()) registry_.relays[index(node)]->stall(cut);
}

void Services::fault(const Stimulus& stimulus) {
  using Kind = Stimulus::Kind;
  const bool broker = stimulus.kind == Kind::broker_down || stimulus.kind == Kind::broker_up;
  const bool registry = stimulus.kind == Kind::registry_down || stimulus.kind == Kind::registry_up;
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  if (!(broker && needs.broker) && !(registry && needs.registry)) return;
  Service& service = broker ? broker_ : registry_;
  const bool down = stimulus.kind == Kind::broker_down || stimulus.kind == Kind::registry_down;
  if (!service.server.ours()) {
    for (std::uint16_t n = 0; n < service.relays.size(); ++n) {
      std::string error;
      cluster_.loop_of(NodeId{n}).call([&] { error = service.relays[n]->refuse(down); });
      if (!error.empty()) throw CannotRun(error);
    }
  } else if (down) {
    service.server.kill();
  } else {
    const std::string error = service.server.start_again();
    if (!error.empty()) throw CannotRun(error);
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
