// One live run from beginning to end: servers, nodes, clients, the script, and the books.
// The calling thread conducts; loops play. It waits for times and answers, never for locks.
#include "sim/live/run/engine.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <thread>

#include "scenarios/model/settings.hpp"
#include "sim/books/setup.hpp"
#include "sim/live/net/background.hpp"
#include "sim/live/node/node.hpp"
#include "sim/live/run/descriptors.hpp"
#include "sim/live/run/faults.hpp"
#include "sim/live/run/front.hpp"
#include "sim/live/run/run_end.hpp"
#include "sim/live/run/services.hpp"

namespace squall::live {

using namespace std::chrono_literals;

Cluster::Cluster(const Plan& the_plan, const StrategySpec& the_spec, const LiveOptions& the_options)
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

void Cluster::accident_of(const std::string& what, const std::string& who, const std::string& how,
                          Time alive) {
  outages.push_back({what, accident_trigger(scenario), alive, kNever, Duration{0}});
  if (!accident.empty()) return;
  accident = fmt::format(
      "the {} ({}) ended by {} at {}, and no script asked for it; what was lost for it is billed "
      "to `accident`",
      what, who, how, seconds(alive));
}

namespace {

using std::chrono::steady_clock;

constexpr auto kLinksPatience = std::chrono::seconds{20};  // until all links stand; RabbitMQ: 8 s
constexpr auto kHeadStart = std::chrono::milliseconds{50};

class Run {
 public:
  Run(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
      const LiveOptions& options)
      : plan_(scenario, seed, options.stop), options_(options), cluster_(plan_, spec, options) {}

  RunRecord play() {
    require_descriptors(cluster_, Ends::both);
    services_.start();
    make_loops();
    try {
      start_nodes();
      begin();
      conduct();
    } catch (...) {
      finish();  // sockets and servers go in the same order as after a whole run
      throw;
    }
    finish();
    tell_meter();
    return close_books(cluster_, make_index(logs_of(cluster_)), clients_, engine_facts_, end_);
  }

 private:
  // ---- before ----
  void make_loops() {
    const std::size_t count = loop_count(cluster_);
    for (std::size_t i = 0; i < count; ++i) {
      cluster_.loops.push_back(std::make_unique<RunLoop>(cluster_.clock));
    }
    for (std::uint16_t n = 0; n < cluster_.node_addresses.size(); ++n) {
      cluster_.nodes.push_back(std::make_unique<Node>(cluster_, NodeId{n}));
    }
    for (std::size_t i = 0; i < count; ++i) {
      clients_.push_back(std::make_unique<Clients>(cluster_, i));
    }
    for (const auto& loop : cluster_.loops) loop->start(options_.own_descriptors);
  }

  Loop& loop_of(std::size_t node) {
    return cluster_.loop_of(NodeId{static_cast<std::uint16_t>(node)});
  }

  void start_nodes() {
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      std::string error;
      loop_of(n).call([&] {
        if (!cluster_.nodes[n]->listen(error)) return;
        services_.attach(NodeId{static_cast<std::uint16_t>(n)}, error);
      });
      if (!error.empty()) throw CannotRun(error);
    }
    if (options_.nginx) front_ = std::make_unique<Front>(cluster_);
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      loop_of(n).call([&] { cluster_.nodes[n]->start(); });
    }
    wait_for_links();
  }

  void wait_for_links() {
    const auto deadline = steady_clock::now() + kLinksPatience;
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      while (true) {
        bool linked = false;
        std::string error;
        loop_of(n).call([&] {
          linked = cluster_.nodes[n]->linked();
          error = cluster_.nodes[n]->last_error();
        });
        if (linked) break;
        if (stopped()) throw CannotRun("stopped before the run began");
        if (steady_clock::now() > deadline || !error.empty()) {
          throw CannotRun(fmt::format("node n{} has no link: {}", n + 1,
                                      error.empty() ? "no answer" + asked_of(n) : error));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }
  }

  // " of redis://...", for people.
  std::string asked_of(std::size_t node) const {
    const BackplaneNeeds& needs = cluster_.backplane.needs;
    const RegistryLink::Options& registry = cluster_.registry[node];
    std::string all = needs.broker ? " of " + cluster_.broker[node].text() : "";
    if (needs.registry) all += fmt::format(" of {}:{}", registry.host, registry.port);
    return all;
  }

  // ---- the run ----
  void begin() {
    const Duration moved = cluster_.clock.start_measure_at(steady_clock::now() + kHeadStart +
                                                           cluster_.scenario.time.warmup);
    for (std::size_t i = 0; i < cluster_.loops.size(); ++i) {
      cluster_.loops[i]->post([this, i, moved] {
        cluster_.loops[i]->moved(moved);
        cluster_.loops[i]->facts().clear();  // the cluster stands: that is where the story begins
        for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
          if (&loop_of(n) == cluster_.loops[i].get()) cluster_.nodes[n]->run_begins();
        }
        faults_.schedule(i);
        cluster_.loops[i]->at(-cluster_.scenario.time.warmup, [this, i] { clients_[i]->begin(); });
      });
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
        services_.fault(*stimulus);
      }
      services_.watch();
      if (front_ != nullptr) front_->update();
      if (const std::string why = cluster_.trouble.why(); !why.empty()) throw CannotRun(why);
      if (!at_start && now >= -kAskedBefore) {
        at_start = true, facts.window_begin = take_traffic();
        if (options_.on_measure) options_.on_measure(true);
      }
      if (!at_end && now >= cluster_.scenario.time.measure) {
        at_end = true, facts.window_end = take_traffic();
        if (options_.on_measure) options_.on_measure(false);
      }
      if (now >= end_) return;
      if (now >= next_report) {
        report(now);
        next_report = now + 1s;
      }
      Time wake = std::min(end_, now + 20ms);
      if (!at_start) wake = std::min(wake, Time{-kAskedBefore});
      if (!at_end) wake = std::min(wake, Time{cluster_.scenario.time.measure});
      if (stimulus != plan_.stimuli().end()) wake = std::min(wake, stimulus->at);
      std::this_thread::sleep_until(cluster_.clock.at(wake));
    }
    const bool measuring = at_start && !at_end;
    end_ = cut_short(cluster_, end_, [&] {
      if (measuring) facts.window_end = take_traffic();
    });
  }

  bool stopped() const { return options_.stop != nullptr && *options_.stop; }

  TrafficSample take_traffic() {
    TrafficSample sample;
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) sample.nodes.push_back(take_traffic(n));
    sample.cpu = process_cpu();
    for (std::size_t i = 0; i < cluster_.node_loops(); ++i) {
      cluster_.loops[i]->call([&] { sample.node_cpu += thread_cpu(); });
    }
    return sample;
  }

  Node::LinkTraffic take_traffic(std::size_t node) {
    Node::LinkTraffic traffic;
    std::vector<std::shared_ptr<Channel>> channels;
    loop_of(node).call([&] {
      traffic = cluster_.nodes[node]->traffic();
      channels = cluster_.nodes[node]->client_channels();
    });
    traffic.clients += traffic_of(loop_of(node), std::move(channels));
    return traffic;
  }

  void report(Time now) {
    if (!options_.on_progress) return;
    LiveProgress progress;
    progress.strategy = cluster_.spec.name;
    progress.now = now, progress.end = end_;
    for (const SocketAddress& node : cluster_.node_addresses) {
      progress.node_ports.push_back(node.port);
    }
    if (cluster_.backplane.needs.broker) {
      progress.broker = cluster_.broker.front().text();
      progress.topic = cluster_.run.topic();
    }
    add_progress(cluster_, clients_, progress);
    options_.on_progress(progress);
  }

  // ---- after ----
  void tell_meter() {
    DilatedWork dilated;
    for (const auto& node : cluster_.nodes) dilated.merge(node->dilated());
    if (options_.dilate) cluster_.remarks.push_back(in_words(dilated));
    if (options_.meter == nullptr) return;
    options_.meter->cpu = engine_facts_.window_end.node_cpu - engine_facts_.window_begin.node_cpu;
    options_.meter->dilated = dilated;
  }

  void finish() {
    finish_clients(cluster_, clients_);
    for (std::size_t n = 0; n < cluster_.nodes.size(); ++n) {
      loop_of(n).call([&] { cluster_.nodes[n]->finish(); });
    }
    services_.finish();
    stop_loops(cluster_);
  }

  const Plan plan_;
  const LiveOptions& options_;
  Cluster cluster_;
  Services services_{cluster_};
  std::unique_ptr<Front> front_;                   // a real nginx, if asked for
  std::vector<std::unique_ptr<Clients>> clients_;  // by loop
  Faults faults_{cluster_, services_, clients_};
  EngineFacts engine_facts_;
  Time end_{0};
};

}  // namespace

RunRecord play(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
               const LiveOptions& options) {
  try {
    RunRecord record = as_played_by(spec, scenario, [&](const Scenario& own) {
      return Run(own, with_placement(spec, own), seed, options).play();
    });
    wait_for_background();  // libraries of brokers may still be saying goodbye
    return record;
  } catch (const PlanStopped&) {
    throw CannotRun("stopped before the run began");
  }
}

}  // namespace squall::live
