// squall's nodes as servers of the load client: a cluster of the live engine without its clients.
//
// squall_nodes_main --redis PORT prints "pass WORD", which every client has to say, and "listening
// PORT PORT ...", one port per node, and serves until SIGTERM. The nodes live in one process, on as
// many threads as there are processors; they hear of each other through Redis only, as the peers
// do. What a run would write into its books is written down as in a run, and thrown away. What the
// load client will say depends on what the nodes can take, so no plan has it: here a message is
// believed when the load client might say it.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <thread>

#include "bench/peers/setting.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/links/broker_link.hpp"
#include "sim/live/node/node.hpp"
#include "sim/live/run/descriptors.hpp"
#include "strategies/presets.hpp"

namespace squall::bench {
namespace {

constexpr Duration kForget = 100ms;  // how long facts are kept
constexpr auto kPatience = 5s;

StrategySpec broadcast() {
  StrategySpec spec = preset_named("broadcast")->spec;
  spec.placement = "round_robin";
  return spec;
}

// From one of its clients, to the room that this one is in, as long as all are.
live::Cluster::Planned said_by_the_load_client(const Plan& plan, const Setting& setting) {
  return [&plan, bytes = setting.bytes](const Message& message) {
    if (index(message.sender) >= plan.endpoints() || message.size != bytes) return false;
    const auto memberships = plan.memberships(message.sender);
    return message.address == Address::room(memberships.front().room);
  };
}

void keep_forgetting(live::RunLoop& loop) {
  loop.facts().clear();
  loop.at(loop.now() + kForget, [&loop] { keep_forgetting(loop); });
}

// False, with a reason, when a node cannot do its work.
bool start_nodes(live::Cluster& cluster, const live::BrokerAddress& broker, std::string& error) {
  for (std::uint16_t n = 0; n < cluster.node_addresses.size(); ++n) {
    cluster.broker[n] = broker;
    cluster.loop_of(NodeId{n}).call([&] {
      if (cluster.nodes[n]->listen(error)) cluster.nodes[n]->start();
    });
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (bool linked = false; !linked && error.empty();) {
      std::this_thread::sleep_for(1ms);
      cluster.loop_of(NodeId{n}).call([&] {
        linked = cluster.nodes[n]->linked();
        error = cluster.nodes[n]->last_error();
      });
      if (std::chrono::steady_clock::now() > deadline) error = "Redis does not answer";
    }
    if (!error.empty()) return false;
  }
  return true;
}

int serve(const Setting& setting, const std::string& redis, const sigset_t& signals) {
  const Scenario scenario = scenario_of(setting);
  const Plan plan(scenario, kSeed);
  const live::LiveOptions options;
  live::Cluster cluster(plan, broadcast(), options);
  cluster.planned = said_by_the_load_client(plan, setting);
  cluster.connections = setting.clients;
  for (std::size_t i = 0; i < live::loop_count(cluster); ++i) {
    cluster.loops.push_back(std::make_unique<live::RunLoop>(cluster.clock));
  }
  for (std::uint16_t n = 0; n < setting.nodes; ++n) {
    cluster.nodes.push_back(std::make_unique<live::Node>(cluster, NodeId{n}));
  }
  for (const auto& loop : cluster.loops) {
    loop->start(false);
    loop->post([&loop] { keep_forgetting(*loop); });
  }
  std::string error;
  const live::BrokerAddress address = live::parse_broker_address(redis, error);
  if (!error.empty() || !start_nodes(cluster, address, error)) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  std::printf("pass %s\nlistening", cluster.run.pass.c_str());
  for (const live::SocketAddress& node : cluster.node_addresses) std::printf(" %u", node.port);
  std::printf("\n");
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  for (std::uint16_t n = 0; n < setting.nodes; ++n) {
    cluster.loop_of(NodeId{n}).call([&] { cluster.nodes[n]->finish(); });
  }
  for (const auto& loop : cluster.loops) loop->stop();
  for (const auto& loop : cluster.loops) loop->join();
  return 0;
}

}  // namespace
}  // namespace squall::bench

int main(int argc, char** argv) {
  squall::bench::Setting setting;
  std::uint16_t redis = 0;
  CLI::App app{"Nodes of squall, without clients"};
  app.add_option("--redis", redis, "its port on 127.0.0.1")->required();
  app.add_option("--clients", setting.clients, "the most that may come");
  app.add_option("--rooms", setting.rooms);
  CLI11_PARSE(app, argc, argv);
  sigset_t signals;  // blocked before any thread is made, so that all of them have it blocked
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return squall::bench::serve(setting, fmt::format("redis://127.0.0.1:{}", redis), signals);
}
