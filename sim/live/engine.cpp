// One live run from beginning to end: servers, nodes, clients, the script, and the books.
// The calling thread conducts; loops play. It waits for times and answers, never for locks.
#include "sim/live/engine.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "sim/books/setup.hpp"
#include "sim/live/books.hpp"
#include "sim/live/clients.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/descriptors.hpp"
#include "sim/live/engine_facts.hpp"
#include "sim/live/node.hpp"
#include "sim/live/relay.hpp"
#include "sim/live/servers.hpp"

namespace squall::live {

using namespace std::chrono_literals;

Cluster::Cluster(const Plan& the_plan, const StrategySpec& the_spec,
                 const LiveOptions& the_options)
    : plan(the_plan),
      scenario(the_plan.scenario()),
      spec(the_spec),
      backplane(*backplane_named(the_spec.backplane)),
      options(the_options),
      timeline(lay_out(the_plan)),
      clock(std::chrono::steady_clock::now()),
      balancer(the_plan, the_spec),
      node_addresses(scenario.cluster.nodes.count),
      broker(scenario.cluster.nodes.count),
      registry(scenario.cluster.nodes.count) {}

Cluster::~Cluster() = default;

namespace {

using std::chrono::steady_clock;

constexpr auto kLinksPatience = std::chrono::seconds{20};  // until all links stand; RabbitMQ: 8 s
constexpr auto kHeadStart = std::chrono::milliseconds{50};

class Run {
 public:
  Run(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
      const LiveOptions& options)
      : plan_(scenario, seed), options_(options), cluster_(plan_, spec, options) {}

  RunRecord play() {
    require_descriptors(cluster_);
    start_servers();
    make_loops();
    start_nodes();
    begin();
    conduct();
    finish();
    return close_books();
  }

 private:
  // ---- before ----
  void start_servers() {
    const BackplaneNeeds& needs = cluster_.backplane.needs;
    const BrokerConfig& config = cluster_.scenario.cluster.broker;
    const EmbeddedBrokerOptions embedded{config.output_hard, config.output_soft,
                                         config.output_soft_for};
    const auto start = [&](Server& server, const std::string& what) {
      const std::string error = server.start(what, embedded, options_.stop);
      if (!error.empty()) throw CannotRun(error);
    };
    if (needs.broker) start(broker_, options_.broker);
    if (needs.registry) start(registry_, registry_of(options_.broker));
  }

  // Routes live in whatever speaks RESP; with another kind of broker they are embedded.
  static std::string registry_of(const std::string& broker) {
    const bool speaks_resp = broker.starts_with("redis:") || broker.starts_with("spawn:redis");
    return speaks_resp ? broker : "embedded";
  }

  void make_loops() {
    const std::size_t count = loop_count(cluster_);
    for (std::size_t i = 0; i < count; ++i) {
      cluster_.loops.push_back(std::make_unique<Loop>(cluster_.clock));
    }
    for (std::uint16_t n = 0; n < cluster_.node_addresses.size(); ++n) {
      cluster_.nodes.push_back(std::make_unique<Node>(cluster_, NodeId{n}));
    }
    for (std::size_t i = 0; i < count; ++i) {
      clients_.push_back(std::make_unique<Clients>(cluster_, i));
    }
    for (const auto& loop : cluster_.loops) loop->start(options_.own_descriptors);
  }

  // Runs `task` on the loop and waits until it is done.
  void on_loop(Loop& loop, const std::function<void()>& task) {
    std::mutex mutex;
    std::condition_variable ready;
    bool done = false;
    loop.post([&] {
      task();
      const std::lock_guard lock(mutex);
      done = true;
      ready.notify_one();
    });
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return done; });
  }

  Loop& loop_of(std::size_t node) {
    return cluster_.loop_of(NodeId{static_cast<std::uint16_t>(node)});
  }

  void start_nodes() {
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      std::string error;
      on_loop(loop_of(n), [&] { prepare_node(n, error); });
      if (!error.empty()) throw CannotRun(error);
    }
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      on_loop(loop_of(n), [&] { cluster_.nodes[n]->start(); });
    }
    wait_for_links();
  }

  void prepare_node(std::size_t n, std::string& error) {
    if (!cluster_.nodes[n]->listen(error)) return;
    const BackplaneNeeds& needs = cluster_.backplane.needs;
    if (needs.broker) {
      cluster_.broker[n] = broker_.address();
      const bool breaks = script_breaks(Stimulus::Kind::broker_down, &PartitionSide::broker);
      if (breaks) broker_relays_.push_back(relay(n, cluster_.broker[n], error));
    }
    if (needs.registry) {
      BrokerAddress address = registry_.address();
      const bool breaks = script_breaks(Stimulus::Kind::registry_down, &PartitionSide::registry);
      if (breaks) registry_relays_.push_back(relay(n, address, error));
      cluster_.registry[n].host = address.host;
      cluster_.registry[n].port = address.port;
      cluster_.registry[n].lease = cluster_.scenario.cluster.registry.lease;
    }
  }

  // Only where the script cuts a path to a server does a relay stand in it.
  bool script_breaks(Stimulus::Kind down, bool PartitionSide::*server) const {
    for (const Partition& partition : plan_.partitions()) {
      if (partition.a.*server || partition.b.*server) return true;
    }
    const bool ours = down == Stimulus::Kind::broker_down ? broker_.ours() : registry_.ours();
    return !ours && std::ranges::any_of(plan_.stimuli(), [&](const Stimulus& stimulus) {
      return stimulus.kind == down;
    });
  }

  std::unique_ptr<Relay> relay(std::size_t node, BrokerAddress& address, std::string& error) {
    auto made =
        std::make_unique<Relay>(loop_of(node), SocketAddress{address.host, address.port});
    made->listen(error);
    address.host = "127.0.0.1";
    address.port = made->port();
    return made;
  }

  void wait_for_links() {
    const auto deadline = steady_clock::now() + kLinksPatience;
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      while (true) {
        bool linked = false;
        std::string error;
        on_loop(loop_of(n), [&] {
          linked = cluster_.nodes[n]->linked();
          error = cluster_.nodes[n]->last_error();
        });
        if (linked) break;
        if (stopped()) throw CannotRun("stopped before the run began");
        if (steady_clock::now() > deadline || !error.empty()) {
          throw CannotRun("node n" + std::to_string(n + 1) + " has no link: " +
                          (error.empty() ? "no answer" : error));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }
  }

  // ---- the run ----
  void begin() {
    cluster_.clock.start_measure_at(steady_clock::now() + kHeadStart +
                                    cluster_.scenario.time.warmup);
    for (std::size_t i = 0; i < cluster_.loops.size(); ++i) {
      cluster_.loops[i]->post([this, i] {
        cluster_.loops[i]->facts().clear();  // the cluster stands: that is where the story begins
        schedule_faults(i);
        cluster_.loops[i]->at(-cluster_.scenario.time.warmup, [this, i] { clients_[i]->begin(); });
      });
    }
  }

  // The part of the script that concerns this loop's nodes and clients.
  void schedule_faults(std::size_t number) {
    Loop& loop = *cluster_.loops[number];
    for (const Stimulus& stimulus : plan_.stimuli()) {
      using Kind = Stimulus::Kind;
      switch (stimulus.kind) {
        case Kind::crash:
        case Kind::host_lost:
        case Kind::stop:
        case Kind::start:
        case Kind::drain:
        case Kind::undrain:
          if (stimulus.item % cluster_.loops.size() == number) {
            loop.at(stimulus.at, [this, &stimulus] { node_fault(stimulus); });
          }
          break;
        case Kind::disconnect:
          loop.at(stimulus.at, [this, number, &stimulus] { clients_[number]->disconnect(stimulus); });
          break;
        case Kind::join:
        case Kind::leave:
          loop.at(stimulus.at, [this, number, &stimulus] { clients_[number]->membership(stimulus); });
          break;
        default: break;  // servers and partitions: below; people: the timeline
      }
    }
    for (std::size_t n = number; n < cluster_.nodes.size(); n += cluster_.loops.size()) {
      schedule_for_node(loop, n);
    }
  }

  void schedule_for_node(Loop& loop, std::size_t n) {
    Node& node = *cluster_.nodes[n];
    const auto id = static_cast<std::uint16_t>(n);
    for (const Pause& pause : plan_.pauses(NodeId{id})) {
      loop.at(pause.range.begin, [&node] { node.pause(true); });
      loop.at(pause.range.end, [&node] { node.pause(false); });
    }
    for (const Partition& partition : plan_.partitions()) {
      for (const auto& [mine, theirs] :
           {std::pair{&partition.a, &partition.b}, std::pair{&partition.b, &partition.a}}) {
        if (std::ranges::find(mine->nodes, id) == mine->nodes.end()) continue;
        loop.at(partition.range.begin, [this, n, theirs] { cut(n, *theirs, true); });
        if (partition.range.end != kNever) {
          loop.at(partition.range.end, [this, n, theirs] { cut(n, *theirs, false); });
        }
      }
    }
  }

  void cut(std::size_t n, const PartitionSide& from, bool yes) {
    for (const std::uint16_t peer : from.nodes) cluster_.nodes[n]->partition(NodeId{peer}, yes);
    if (from.broker && !broker_relays_.empty()) broker_relays_[n]->stall(yes);
    if (from.registry && !registry_relays_.empty()) registry_relays_[n]->stall(yes);
  }

  void node_fault(const Stimulus& stimulus) {
    Node& node = *cluster_.nodes[stimulus.item];
    using Kind = Stimulus::Kind;
    switch (stimulus.kind) {
      case Kind::crash: node.crash(CloseReason::crash, stimulus.trigger); break;
      case Kind::host_lost: node.crash(CloseReason::host_loss, stimulus.trigger); break;
      case Kind::stop: node.crash(CloseReason::drain, stimulus.trigger); break;
      case Kind::start: node.start(); break;
      case Kind::drain: node.drain(stimulus.lasts, stimulus.trigger); break;
      case Kind::undrain: node.undrain(); break;
      default: break;
    }
  }

  // Servers are broken from here: killing and starting them takes a while.
  void conduct() {
    end_ = cluster_.scenario.time.measure + cluster_.scenario.time.drain;
    EngineFacts& facts = engine_facts_;
    bool at_start = false, at_end = false;
    auto stimulus = plan_.stimuli().begin();
    for (Time next_report = -cluster_.scenario.time.warmup; !stopped();) {
      const Time now = cluster_.clock.now();
      for (; stimulus != plan_.stimuli().end() && stimulus->at <= now; ++stimulus) {
        server_fault(*stimulus);
      }
      if (!at_start && now >= Time{0}) at_start = true, facts.window_begin = take_traffic();
      if (!at_end && now >= cluster_.scenario.time.measure) {
        at_end = true, facts.window_end = take_traffic();
      }
      if (now >= end_) return;
      if (now >= next_report) {
        report(now);
        next_report = now + 1s;
      }
      Time wake = std::min(end_, now + 20ms);
      if (stimulus != plan_.stimuli().end()) wake = std::min(wake, stimulus->at);
      std::this_thread::sleep_until(cluster_.clock.at(wake));
    }
    cut_short_ = true;
    end_ = cluster_.clock.now();
  }

  void server_fault(const Stimulus& stimulus) {
    using Kind = Stimulus::Kind;
    const auto all = [&](std::vector<std::unique_ptr<Relay>>& relays, bool refuse) {
      for (std::size_t n = 0; n < relays.size(); ++n) {
        on_loop(loop_of(n), [&] { relays[n]->refuse(refuse); });
      }
    };
    const bool broker = stimulus.kind == Kind::broker_down || stimulus.kind == Kind::broker_up;
    const bool registry = stimulus.kind == Kind::registry_down || stimulus.kind == Kind::registry_up;
    if (!broker && !registry) return;
    if (broker ? !cluster_.backplane.needs.broker : !cluster_.backplane.needs.registry) return;
    Server& server = broker ? broker_ : registry_;
    const bool down = stimulus.kind == Kind::broker_down || stimulus.kind == Kind::registry_down;
    if (!server.ours()) {
      all(broker ? broker_relays_ : registry_relays_, down);
    } else if (down) {
      server.kill();
    } else {
      const std::string error = server.start_again();
      if (!error.empty()) throw CannotRun(error);
    }
  }

  bool stopped() const { return options_.stop != nullptr && *options_.stop; }

  TrafficSample take_traffic() {
    TrafficSample sample;
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      on_loop(loop_of(n), [&] { sample.nodes.push_back(cluster_.nodes[n]->traffic()); });
    }
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      on_loop(*cluster_.loops[i], [&] { sample.clients += clients_[i]->traffic(); });
    }
    sample.cpu = process_cpu();
    return sample;
  }

  void report(Time now) {
    if (!options_.on_progress) return;
    LiveProgress progress{cluster_.spec.name, now, end_, 0, 0, 0};
    for (const auto& clients : clients_) {
      progress.connected += clients->ready();
      progress.sent += clients->sent();
      progress.delivered += clients->read();
    }
    options_.on_progress(progress);
  }

  // ---- after ----
  void finish() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      on_loop(*cluster_.loops[i], [&] { clients_[i]->finish(); });
    }
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      on_loop(loop_of(n), [&] { cluster_.nodes[n]->finish(); });
    }
    const auto close = [&](std::vector<std::unique_ptr<Relay>>& relays) {
      for (std::size_t n = 0; n < relays.size(); ++n) {
        on_loop(loop_of(n), [&] { relays[n]->finish(); });
      }
    };
    close(broker_relays_), close(registry_relays_);
    for (const auto& loop : cluster_.loops) loop->stop();
    for (const auto& loop : cluster_.loops) loop->join();
  }

  RunRecord close_books() {
    std::vector<const Facts*> logs;
    for (const auto& loop : cluster_.loops) logs.push_back(&loop->facts());
    Books books(cluster_);
    books.replay(make_index(logs), end_);
    RunRecord record = books.finish(end_);
    for (const auto& clients : clients_) {
      engine_facts_.lateness.merge(clients->lateness());
      engine_facts_.sent += clients->sent();
    }
    add_engine_facts(cluster_, engine_facts_, record);
    if (cut_short_) record.violations.push_back({"run cut short", "stopped"});
    return record;
  }

  const Plan plan_;
  const LiveOptions& options_;
  Server broker_, registry_;
  Cluster cluster_;
  std::vector<std::unique_ptr<Relay>> broker_relays_, registry_relays_;  // by node
  std::vector<std::unique_ptr<Clients>> clients_;                        // by loop
  EngineFacts engine_facts_;
  Time end_{0};
  bool cut_short_ = false;
};

}  // namespace

RunRecord play(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
               const LiveOptions& options) {
  return Run(scenario, with_placement(spec, scenario), seed, options).play();
}

}  // namespace squall::live
